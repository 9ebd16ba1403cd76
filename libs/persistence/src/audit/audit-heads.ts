import type { Vault } from '@tributary/platform';
import fs from 'node:fs';
import path from 'node:path';
import type { AuditHead } from './audit-chain.js';

/** A head of the chain as it was at an instant, kept outside the database and signed with a key that is not in it. */
export interface SignedHead extends AuditHead {
  /** RFC 3339. */
  readonly at: string;
  readonly signature: string;
}

/**
 * Signed heads of the audit log, one JSON text per line, in `<DATA_DIR>/audit-heads.jsonl`. Whoever can change the
 * database cannot take entries off its end without a head here that is further than the chain.
 */
export class AuditHeads {
  private readonly file: string;

  constructor(
    dataDir: string,
    private readonly vault: Vault,
  ) {
    this.file = path.join(dataDir, 'audit-heads.jsonl');
  }

  /** @throws Error naming the line that nobody with the key has written */
  read(): readonly SignedHead[] {
    if (!fs.existsSync(this.file)) return [];
    const lines = fs.readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line, at) => {
      const head = signedHead(line);
      if (head && this.vault.isSigned(textOf(head), head.signature)) return head;
      throw new Error(`Line ${at + 1} of ${this.file} was not written by this installation, or was changed.`);
    });
  }

  append(head: AuditHead, now: Date): void {
    const at = now.toISOString();
    const signature = this.vault.sign(textOf({ ...head, at }));
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    fs.appendFileSync(this.file, `${JSON.stringify({ ...head, at, signature })}\n`, { mode: 0o600, flush: true });
  }
}

const textOf = ({ position, hash, at }: AuditHead & { readonly at: string }): string =>
  JSON.stringify(['audit head', position, hash, at]);

function signedHead(line: string): SignedHead | null {
  try {
    const { position, hash, at, signature } = JSON.parse(line) as Record<string, unknown>;
    const known = typeof position === 'number' && typeof hash === 'string' && typeof at === 'string';
    return known && typeof signature === 'string' ? { position, hash, at, signature } : null;
  } catch {
    return null;
  }
}

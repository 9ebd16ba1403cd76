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
  /** Where they are. */
  readonly file: string;

  constructor(
    dataDir: string,
    private readonly vault: Vault,
  ) {
    this.file = path.join(dataDir, 'audit-heads.jsonl');
  }

  /**
   * One of each, in the order of the chain. A head whose key is gone counts if it was signed again under one that is here.
   * Several of one position: nothing was sealed in the hours between.
   * @throws Error naming the line that nobody with the key has written
   */
  read(): readonly SignedHead[] {
    const lines = this.lines();
    const proven = new Map<string, SignedHead>();
    for (const head of lines) {
      if (head && this.vault.isSigned(textOf(head), head.signature)) proven.set(textOf(head), head);
    }
    lines.forEach((head, at) => {
      if (head && proven.has(textOf(head))) return;
      throw new Error(
        `Line ${at + 1} of ${this.file} was not written by this installation, or was changed, or its key was taken out ` +
          'before "npm run vault:rotate" had seen this file: put that key back behind the first one and run it.',
      );
    });
    return [...proven.values()].toSorted((one, other) => one.position - other.position);
  }

  /**
   * Signs every head again under the first key, so that an older one can be taken out. Only adds lines, so that a process may
   * write its own meanwhile.
   * @returns how many
   */
  signAgain(): number {
    const heads = this.read().filter((head) => this.vault.sign(textOf(head)) !== head.signature);
    for (const { position, hash, at } of heads) this.write({ position, hash, at });
    return heads.length;
  }

  append(head: AuditHead, now: Date): void {
    this.write({ ...head, at: now.toISOString() });
  }

  private write(head: Omit<SignedHead, 'signature'>): void {
    const signature = this.vault.sign(textOf(head));
    fs.mkdirSync(path.dirname(this.file), { recursive: true });
    fs.appendFileSync(this.file, `${JSON.stringify({ ...head, signature })}\n`, { mode: 0o600, flush: true });
  }

  private lines(): readonly (SignedHead | null)[] {
    if (!fs.existsSync(this.file)) return [];
    return fs.readFileSync(this.file, 'utf8').split('\n').filter(Boolean).map(signedHead);
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

import type { DataSource } from 'typeorm';
import { type AuditHead, chain, chainedColumns, type ChainedRow, emptyChain } from './audit-chain.js';
import type { SignedHead } from './audit-heads.js';

/** What a look over the whole audit log found. */
export interface AuditFindings {
  readonly sealed: number;
  /** Written within the last moments. */
  readonly unsealed: number;
  /** Signed heads that the chain passes through. */
  readonly heads: number;
  /** Empty: nothing was edited, taken out, moved or cut off. */
  readonly faults: readonly string[];
}

interface Row extends ChainedRow {
  readonly position: string;
  readonly hash: string;
}

const batch = 5_000;

/** Walks the chain from its beginning and compares it with the signed heads. */
export async function verifyAuditLog(database: DataSource, heads: readonly SignedHead[]): Promise<AuditFindings> {
  const expected = new Map(heads.map((head) => [head.position, head]));
  const faults: string[] = [];
  let head: AuditHead = emptyChain;
  let matched = 0;
  for (;;) {
    const rows = await database.query<Row[]>(
      `SELECT ${chainedColumns}, position, hash FROM audit_log WHERE position > $1 ORDER BY position LIMIT ${batch}`,
      [head.position],
    );
    if (rows.length === 0) break;
    for (const row of rows) {
      const next = chain(head, row);
      const position = Number(row.position);
      if (position !== next.position) faults.push(gap(next.position, position - 1));
      else if (row.hash !== next.hash) faults.push(`Entry ${position} (sequence ${row.sequence}) was edited.`);
      // Go on from what stands there, so that one fault is told once.
      head = { position, hash: row.hash };
      const signed = expected.get(position);
      if (signed && signed.hash === row.hash) matched += 1;
      else if (signed) faults.push(`At ${signed.at} entry ${position} was another one: the chain was written anew.`);
    }
  }
  const furthest = heads.reduce((most, { position }) => Math.max(most, position), 0);
  if (furthest > head.position)
    faults.push(`Cut off: entries ${head.position + 1} to ${furthest} are missing at the end.`);
  const [row] = await database.query<{ count: number }[]>(
    'SELECT count(*)::int AS count FROM audit_log WHERE position IS NULL',
  );
  return { sealed: head.position, unsealed: row?.count ?? 0, heads: matched, faults };
}

function gap(from: number, to: number): string {
  return from === to ? `Entry ${from} was taken out.` : `Entries ${from} to ${to} were taken out.`;
}

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
  const expected = new Map<number, readonly SignedHead[]>();
  for (const signed of heads) expected.set(signed.position, [...(expected.get(signed.position) ?? []), signed]);
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
      for (const signed of expected.get(position) ?? []) {
        if (signed.hash === row.hash) matched += 1;
        else faults.push(`At ${signed.at} entry ${position} was another one: the chain was written anew.`);
      }
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

/** A worker signs one every hour. */
const oldestNewestHeadMs = 2 * 3_600_000;

/**
 * Whether the heads can show a cut end at all: without one, or without one of late, nothing would be missing.
 *
 * @param sealed how many entries are chained
 * @param file where the heads are kept
 * @returns null: they can
 */
export function headsFault(heads: readonly SignedHead[], sealed: number, file: string, now: Date): string | null {
  const newest = Math.max(...heads.map(({ at }) => Date.parse(at)));
  if (heads.length === 0 && sealed === 0) return null;
  if (heads.length === 0) {
    return (
      `Whether the end was cut off cannot be told: ${file} is missing or empty, although ${sealed} entries are chained. A worker ` +
      'writes a signed head there every hour: run this where its DATA_DIR is. If it is there, somebody took the file away: ' +
      'compare with a backup of it.'
    );
  }
  if (now.getTime() - newest <= oldestNewestHeadMs) return null;
  return (
    `Whether the end was cut off since ${new Date(newest).toISOString()} cannot be told: the newest head in ${file} is of then, ` +
    'although a worker signs one every hour. Either no worker ran (start one, it signs within a minute), or this is not its ' +
    'DATA_DIR, or somebody shortened the file: compare with a backup of it.'
  );
}

function gap(from: number, to: number): string {
  return from === to ? `Entry ${from} was taken out.` : `Entries ${from} to ${to} were taken out.`;
}

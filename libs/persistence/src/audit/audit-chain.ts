import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

/**
 * The audit log as a chain: each entry's hash covers the entry and the hash before it, so that no entry can be edited,
 * taken out or moved without breaking all that follow. Entries are written unchained, in the transaction of what they
 * tell, and get their place here, one sealer at a time, in the order in which they became visible.
 */
export interface AuditHead {
  /** 0: no entry is sealed yet. */
  readonly position: number;
  readonly hash: string;
}

/** Before the first entry. */
export const emptyChain: AuditHead = { position: 0, hash: '0'.repeat(64) };

/** An entry as the database writes it, so that a hash never depends on how a driver reads a value. */
export interface ChainedRow {
  readonly sequence: string;
  readonly app_id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject_id: string;
  readonly details: string;
}

/** Columns of a `ChainedRow`. */
export const chainedColumns = `sequence::text, app_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  actor, action, subject_id, details::text AS details`;

/** The head after one more entry. */
export function chain(head: AuditHead, row: ChainedRow): AuditHead {
  const position = head.position + 1;
  const { sequence, app_id: appId, at, actor, action, subject_id: subjectId, details } = row;
  const text = JSON.stringify([position, head.hash, sequence, appId, at, actor, action, subjectId, details]);
  return { position, hash: createHash('sha256').update(text).digest('hex') };
}

/** Any number: two sealers must not continue from the same head. */
const sealerLock = 7_310_420_264;

/** Seals entries that are not sealed yet. @returns how many */
export async function sealAuditLog(database: DataSource, limit: number): Promise<number> {
  return database.transaction(async (manager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [sealerLock]);
    const rows = await manager.query<ChainedRow[]>(
      `SELECT ${chainedColumns} FROM audit_log WHERE position IS NULL ORDER BY audit_log.sequence LIMIT $1`,
      [limit],
    );
    if (rows.length === 0) return 0;
    const [last] = await manager.query<{ position: string; hash: string }[]>(
      'SELECT position, hash FROM audit_log WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1',
    );
    let head = last ? { position: Number(last.position), hash: last.hash } : emptyChain;
    const heads = rows.map((row) => (head = chain(head, row)));
    await manager.query(
      `UPDATE audit_log AS entry SET position = sealed.position, hash = sealed.hash
       FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS sealed(sequence, position, hash)
       WHERE entry.sequence = sealed.sequence`,
      [rows.map(({ sequence }) => sequence), heads.map(({ position }) => position), heads.map(({ hash }) => hash)],
    );
    return rows.length;
  });
}

/** The end of the chain. */
export async function auditHead(database: DataSource): Promise<AuditHead> {
  const [last] = await database.query<{ position: string; hash: string }[]>(
    'SELECT position, hash FROM audit_log WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1',
  );
  return last ? { position: Number(last.position), hash: last.hash } : emptyChain;
}

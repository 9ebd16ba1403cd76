import { Injectable } from '@nestjs/common';
import { Vault, type VaultPlace } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { Refusal } from '../refusal.js';

/** The answer to the first request with a key. */
export interface KeptAnswer {
  readonly httpStatus: number;
  readonly answer: unknown;
}

interface Row {
  request_hash: string;
  http_status: number | null;
  answer_envelope: string | null;
}

/** A request that runs longer than this is taken for dead, and its key may be used again. */
const lockSeconds = 60;
/** An answer is given again for so many days. (Keys of payments, which are rows of their own, never end.) */
export const keptAnswerDays = 30;

/**
 * Optional idempotency of requests that move no money. (A payment's own row is its idempotency record.)
 * The record is inserted first: whoever gets the row in may work, everybody else waits or gets the kept answer.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
  ) {}

  /**
   * Claims a key.
   * @returns null if the caller may work now, else the answer of the first request
   * @throws Refusal `idempotency_in_progress`, `idempotency_mismatch`
   */
  async begin(appId: string, operation: string, key: string, requestHash: string): Promise<KeptAnswer | null> {
    const claimed = await this.database.query<unknown[]>(
      `INSERT INTO idempotency_records AS held (app_id, operation, key, request_hash, created_at, locked_until)
       VALUES ($1, $2, $3, $4, now(), now() + make_interval(secs => $5))
       ON CONFLICT (app_id, operation, key) DO UPDATE
       SET request_hash = excluded.request_hash, locked_until = excluded.locked_until
       WHERE held.http_status IS NULL AND held.locked_until < now()
       RETURNING key`,
      [appId, operation, key, requestHash, lockSeconds],
    );
    if (claimed.length > 0) return null;
    const [row] = await this.database.query<Row[]>(
      `SELECT request_hash, http_status, answer_envelope FROM idempotency_records
       WHERE app_id = $1 AND operation = $2 AND key = $3`,
      [appId, operation, key],
    );
    if (row && row.request_hash !== requestHash) {
      throw new Refusal('idempotency_mismatch', 'Use a new Idempotency-Key: this one belongs to another request.');
    }
    if (!row || row.http_status === null || row.answer_envelope === null) {
      throw new Refusal('idempotency_in_progress', 'Repeat the request in a moment: the first one is still running.', {
        retryAfterSeconds: 1,
      });
    }
    const answer = this.vault.unsealJson<unknown>(row.answer_envelope, place(appId, operation, key));
    return { httpStatus: row.http_status, answer };
  }

  /** Keeps the answer for whoever sends the request again. */
  async finish(appId: string, operation: string, key: string, { httpStatus, answer }: KeptAnswer): Promise<void> {
    await this.database.query(
      `UPDATE idempotency_records SET http_status = $4, answer_envelope = $5
       WHERE app_id = $1 AND operation = $2 AND key = $3`,
      [appId, operation, key, httpStatus, this.vault.sealJson(answer, place(appId, operation, key))],
    );
  }

  /** Deletes answers that are kept no longer. @returns how many; as many as the limit: there may be more */
  async forgetOld(limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `WITH old AS MATERIALIZED (
         SELECT app_id, operation, key FROM idempotency_records
         WHERE created_at < now() - $1 * interval '1 day' AND locked_until < now()
         ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       DELETE FROM idempotency_records AS held USING old
       WHERE held.app_id = old.app_id AND held.operation = old.operation AND held.key = old.key`,
      [keptAnswerDays, limit],
    );
    return count;
  }

  /** Frees a key whose request was refused. */
  async release(appId: string, operation: string, key: string): Promise<void> {
    await this.database.query(
      `DELETE FROM idempotency_records WHERE app_id = $1 AND operation = $2 AND key = $3 AND http_status IS NULL`,
      [appId, operation, key],
    );
  }
}

const place = (appId: string, operation: string, key: string): VaultPlace => ({
  appId,
  table: 'idempotency_records',
  row: JSON.stringify([operation, key]),
  column: 'answer_envelope',
});

import type { BankReport } from '@tributary/persistence';
import type { EntityManager } from 'typeorm';

/** Something that a hub is to be told. */
export type NewBankReport = Pick<BankReport, 'connectionId' | 'appId' | 'kind' | 'subject' | 'payload'>;

/** Writes it in the caller's transaction: the hub is told if and only if it happened. */
export async function addReport(
  manager: EntityManager,
  { connectionId, appId, kind, subject, payload }: NewBankReport,
): Promise<void> {
  await manager.query(
    `INSERT INTO bank_reports (connection_id, app_id, kind, subject, payload, attempts, next_attempt_at, refused, created_at)
     VALUES ($1, $2, $3, $4, $5, 0, now(), false, now())`,
    [connectionId, appId, kind, subject, JSON.stringify(payload)],
  );
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which housekeeping finds applied webhooks and kept answers that are old. */
export class Retention1790000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX inbox_applied ON inbox (applied_at) WHERE applied_at IS NOT NULL');
    await runner.query('CREATE INDEX idempotency_records_age ON idempotency_records (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idempotency_records_age');
    await runner.query('DROP INDEX inbox_applied');
  }
}

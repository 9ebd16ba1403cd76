import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Two people are two apps: one app has two live credentials, which one person may hold. */
export class TwoApps1790000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE payment_decisions ADD COLUMN proposed_by_app text, ADD COLUMN confirmed_by_app text',
    );
    await runner.query(`
      UPDATE payment_decisions AS decision SET
        proposed_by_app = coalesce((SELECT app_id FROM app_credentials WHERE client_id = proposed_by), ''),
        confirmed_by_app = (SELECT app_id FROM app_credentials WHERE client_id = confirmed_by)`);
    await runner.query('ALTER TABLE payment_decisions ALTER COLUMN proposed_by_app SET NOT NULL');
    // Not valid: what was confirmed before stays as it was, and on record.
    await runner.query(`
      ALTER TABLE payment_decisions ADD CONSTRAINT payment_decisions_two_apps CHECK (
        confirmed_by_app <> proposed_by_app AND (confirmed_by IS NULL) = (confirmed_by_app IS NULL)) NOT VALID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment_decisions DROP COLUMN proposed_by_app, DROP COLUMN confirmed_by_app');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests per caller and minute, for limits that all processes share; and since when an upstream does not do its part. */
export class Limits1790000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Unlogged: counts of a minute may be lost with the server.
    await runner.query(`
      CREATE UNLOGGED TABLE rate_counts (
        key text NOT NULL,
        minute timestamptz NOT NULL,
        hits integer NOT NULL,
        PRIMARY KEY (key, minute)
      )`);
    await runner.query('ALTER TABLE connections ADD COLUMN degraded_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connections DROP COLUMN degraded_at');
    await runner.query('DROP TABLE rate_counts');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What daily performance needs: days by activity, and which seconds were answered and which were met with silence. */
export class UpstreamStatistics1790000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connection_minutes ADD COLUMN answered_seconds bigint NOT NULL DEFAULT 0');
    await runner.query(
      'CREATE INDEX connection_minutes_answered ON connection_minutes (connection_id, minute) WHERE answered_seconds <> 0',
    );
    await runner.query(`
      CREATE TABLE connection_silences (
        connection_id text NOT NULL REFERENCES connections,
        second timestamptz NOT NULL,
        calls integer NOT NULL,
        PRIMARY KEY (connection_id, second)
      )`);
    await runner.query(`
      CREATE TABLE connection_days (
        connection_id text NOT NULL REFERENCES connections,
        day date NOT NULL,
        activity text NOT NULL,
        calls integer NOT NULL,
        errors integer NOT NULL,
        answered integer NOT NULL,
        answered_ms bigint NOT NULL,
        PRIMARY KEY (connection_id, day, activity)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connection_days, connection_silences');
    await runner.query('ALTER TABLE connection_minutes DROP COLUMN answered_seconds');
  }
}

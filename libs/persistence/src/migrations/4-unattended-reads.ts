import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often each consent was used today without its PSU, by what the upstream counts. */
export class UnattendedReads1790000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE unattended_reads (
        consent_id text NOT NULL REFERENCES consents ON DELETE CASCADE,
        endpoint text NOT NULL,
        app_id text NOT NULL REFERENCES apps,
        day date NOT NULL,
        calls integer NOT NULL,
        PRIMARY KEY (consent_id, endpoint)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unattended_reads');
  }
}

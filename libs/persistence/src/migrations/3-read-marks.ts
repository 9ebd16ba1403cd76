import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far reads came, so that a later one can go on there. */
export class ReadMarks1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE data_reads ADD COLUMN mark jsonb, ADD COLUMN whole_as_of timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE data_reads DROP COLUMN mark, DROP COLUMN whole_as_of');
  }
}

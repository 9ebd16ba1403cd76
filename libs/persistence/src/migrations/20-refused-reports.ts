import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a hub refused a report, which stood before the words of the failure until now. */
export class RefusedReports1790000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bank_reports ADD COLUMN refused boolean NOT NULL DEFAULT false');
    await runner.query(`UPDATE bank_reports SET refused = true, failure = substr(failure, length('refused: ') + 1)
      WHERE starts_with(failure, 'refused: ')`);
    await runner.query('ALTER TABLE bank_reports ALTER COLUMN refused DROP DEFAULT');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE bank_reports SET failure = 'refused: ' || failure WHERE refused`);
    await runner.query('ALTER TABLE bank_reports DROP COLUMN refused');
  }
}

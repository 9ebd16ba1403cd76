import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which the events of one consent or payment are found among all of its app. */
export class EventSubjects1790000022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX outbox_subject ON outbox (app_id, subject_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_subject');
  }
}

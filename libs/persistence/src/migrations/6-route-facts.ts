import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an upstream says of one bank among many: what works now, what it wants, when it is away; and how old its list is. */
export class RouteFacts1790000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE institution_routes ADD COLUMN services jsonb, ADD COLUMN required_fields jsonb,
        ADD COLUMN maintenance jsonb`);
    await runner.query('ALTER TABLE connections ADD COLUMN banks_listed_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connections DROP COLUMN banks_listed_at');
    await runner.query(`
      ALTER TABLE institution_routes DROP COLUMN services, DROP COLUMN required_fields, DROP COLUMN maintenance`);
  }
}

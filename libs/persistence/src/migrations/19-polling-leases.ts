import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A worker's right to follow the payments of one connection, until the lease ends. */
export class PollingLeases1790000019000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE polling_leases (
        connection_id text NOT NULL REFERENCES connections,
        holder text NOT NULL,
        until timestamptz NOT NULL,
        PRIMARY KEY (connection_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE polling_leases');
  }
}

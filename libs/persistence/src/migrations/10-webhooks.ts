import type { MigrationInterface, QueryRunner } from 'typeorm';

const owned = ['webhook_endpoints', 'webhook_deliveries', 'webhook_attempts'];

const statements = [
  `
    CREATE TABLE webhook_endpoints (
      id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      url text NOT NULL,
      description text,
      types text[],
      secrets_envelope text NOT NULL,
      enabled boolean NOT NULL,
      disabled_because text,
      failures_in_row integer NOT NULL,
      resume_at timestamptz,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (id)
    )`,
  `
    CREATE INDEX webhook_endpoints_app ON webhook_endpoints (app_id, id)`,
  `
    CREATE TABLE webhook_deliveries (
      endpoint_id text NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
      event_id text NOT NULL REFERENCES outbox ON DELETE CASCADE,
      app_id text NOT NULL,
      status text NOT NULL,
      attempts integer NOT NULL,
      next_attempt_at timestamptz,
      give_up_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (endpoint_id, event_id)
    )`,
  `
    CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
  `
    CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id)`,
  `
    CREATE TABLE webhook_attempts (
      sequence bigserial NOT NULL,
      endpoint_id text NOT NULL,
      event_id text NOT NULL,
      app_id text NOT NULL,
      at timestamptz NOT NULL,
      http_status integer,
      fault text,
      duration_ms integer NOT NULL,
      PRIMARY KEY (sequence),
      FOREIGN KEY (endpoint_id, event_id) REFERENCES webhook_deliveries ON DELETE CASCADE
    )`,
  `
    CREATE INDEX webhook_attempts_delivery ON webhook_attempts (event_id, endpoint_id, sequence)`,
  // In the statement that writes the events, so that an endpoint's delivery is there if and only if its event is.
  `
    CREATE FUNCTION plan_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO webhook_deliveries (endpoint_id, event_id, app_id, status, attempts, next_attempt_at, give_up_at, created_at)
      SELECT endpoint.id, event.id, event.app_id, 'pending', 0, now(), now() + interval '3 days', now()
      FROM fresh AS event JOIN webhook_endpoints AS endpoint
        ON endpoint.app_id = event.app_id AND endpoint.enabled
       AND (endpoint.types IS NULL OR event.type = ANY (endpoint.types));
      RETURN NULL;
    END $$`,
  `
    CREATE TRIGGER plan_deliveries AFTER INSERT ON outbox REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION plan_deliveries()`,
  ...owned.flatMap((table) => [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY tenant ON ${table} USING (app_id = (SELECT current_setting('tributary.tenant', true))
       OR (SELECT current_setting('tributary.tenant', true)) = '*')`,
  ]),
];

/** Where apps want their events sent, what is still to be sent, and what came of each attempt. */
export class Webhooks1790000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER plan_deliveries ON outbox');
    await runner.query('DROP FUNCTION plan_deliveries()');
    for (const table of owned.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

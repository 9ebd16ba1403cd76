import type { MigrationInterface, QueryRunner } from 'typeorm';

const audited = ['status', 'outcome', 'evidence', 'proposed_by', 'confirmed_by', 'applied'];

/**
 * What people decide about a payment whose outcome nobody can tell, and what is needed to say in time that something goes
 * stale or ends: how often a payment was reported as stale, for which last day a consent was announced as ending, the last
 * number of an account's events, and how far a connection's webhooks are trusted.
 */
export class Decisions1790000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payments ADD COLUMN stale_stage integer NOT NULL DEFAULT 0');
    await runner.query(
      `CREATE INDEX payments_in_doubt ON payments (id) WHERE NOT final AND (state = 'unknown' OR stale_stage > 0)`,
    );
    await runner.query('ALTER TABLE consents ADD COLUMN expiry_announced_for date');
    await runner.query('ALTER TABLE accounts ADD COLUMN events integer NOT NULL DEFAULT 0');
    await runner.query(`
      CREATE TABLE webhook_trust (
        connection_id text NOT NULL REFERENCES connections,
        trust double precision NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (connection_id)
      )`);
    await runner.query(`
      CREATE TABLE payment_decisions (
        id text NOT NULL,
        payment_id text NOT NULL REFERENCES payments,
        app_id text NOT NULL,
        status text NOT NULL,
        outcome text NOT NULL,
        evidence text NOT NULL,
        proposed_by text NOT NULL,
        proposed_at timestamptz NOT NULL,
        confirmed_by text,
        confirmed_at timestamptz,
        applied boolean,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT payment_decisions_two_people CHECK (confirmed_by <> proposed_by)
      )`);
    await runner.query('CREATE INDEX payment_decisions_payment ON payment_decisions (payment_id, id)');
    await runner.query(
      `CREATE UNIQUE INDEX payment_decisions_open ON payment_decisions (payment_id) WHERE status IN ('proposed', 'confirmed')`,
    );
    await runner.query('ALTER TABLE payment_decisions ENABLE ROW LEVEL SECURITY');
    await runner.query('ALTER TABLE payment_decisions FORCE ROW LEVEL SECURITY');
    await runner.query(`
      CREATE POLICY tenant ON payment_decisions USING (app_id = (SELECT current_setting('tributary.tenant', true))
        OR (SELECT current_setting('tributary.tenant', true)) = '*')`);
    await this.audit(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_decisions');
    await runner.query('DROP TABLE webhook_trust');
    await runner.query('ALTER TABLE accounts DROP COLUMN events');
    await runner.query('ALTER TABLE consents DROP COLUMN expiry_announced_for');
    await runner.query('DROP INDEX payments_in_doubt');
    await runner.query('ALTER TABLE payments DROP COLUMN stale_stage');
  }

  private async audit(runner: QueryRunner): Promise<void> {
    const call = `audit('payment_id', 'app_id', 'id', ${audited.map((column) => `'${column}'`).join(', ')})`;
    const changed = audited.map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`).join(' OR ');
    await runner.query(
      `CREATE TRIGGER audit_rows AFTER INSERT OR DELETE ON payment_decisions FOR EACH ROW EXECUTE FUNCTION ${call}`,
    );
    await runner.query(
      `CREATE TRIGGER audit_changes AFTER UPDATE OF ${audited.join(', ')} ON payment_decisions
       FOR EACH ROW WHEN (${changed}) EXECUTE FUNCTION ${call}`,
    );
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is put down, by table: the columns whose change says what was done. Never one with a secret in it; that a secret
 * was changed shows as the change of a version or a key id.
 */
const audited = {
  app_credentials: { subject: 'client_id', owner: 'app_id', columns: ['revoked_at'] },
  apps: { subject: 'id', owner: 'id', columns: ['name', 'redirect_uris', 'scopes'] },
  bank_authorisations: {
    subject: 'id',
    owner: 'app_id',
    columns: ['status', 'psu_id', 'account_references', 'token_id', 'decided_by'],
  },
  bank_payments: { subject: 'id', owner: 'app_id', columns: ['iso_status', 'reason', 'confirmed_at', 'final'] },
  bank_tokens: { subject: 'id', owner: 'app_id', columns: ['one_time', 'valid_until', 'spent_at', 'revoked_at'] },
  connections: {
    subject: 'id',
    owner: null,
    columns: ['provider', 'name', 'environment', 'settings', 'version', 'bank_app_id', 'deleted_at'],
  },
  consents: { subject: 'id', owner: 'app_id', columns: ['status', 'access', 'valid_until', 'reference'] },
  payments: {
    subject: 'id',
    owner: 'app_id',
    columns: ['send_state', 'state', 'iso_status', 'iso_reason', 'upstream_status', 'reference', 'final'],
  },
  signing_keys: { subject: 'kid', owner: null, columns: ['retired_at'] },
  webhook_endpoints: { subject: 'id', owner: 'app_id', columns: ['url', 'types', 'enabled', 'disabled_because'] },
} as const;

/**
 * The audit log. A trigger on each table writes, in the transaction of the change, who (setting `tributary.actor` of the
 * connection) did what to which row: whoever changes it, with whatever statement. Entries are sealed into a chain by a job.
 */
export class AuditLog1790000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_log (
        sequence bigserial NOT NULL,
        app_id text NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject_id text NOT NULL,
        details jsonb NOT NULL,
        position bigint,
        hash text,
        PRIMARY KEY (sequence),
        CONSTRAINT audit_log_position UNIQUE (position)
      )`);
    await runner.query('CREATE INDEX audit_log_subject ON audit_log (subject_id, sequence)');
    await runner.query('CREATE INDEX audit_log_unsealed ON audit_log (sequence) WHERE position IS NULL');
    await runner.query('ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY');
    await runner.query('ALTER TABLE audit_log FORCE ROW LEVEL SECURITY');
    await runner.query(`
      CREATE POLICY tenant ON audit_log USING (app_id = (SELECT current_setting('tributary.tenant', true))
        OR (SELECT current_setting('tributary.tenant', true)) = '*')`);
    await this.protect(runner);
    await runner.query(`
      CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        subject_column text := TG_ARGV[0];
        owner_column text := TG_ARGV[1];
        before jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
        after jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
        whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN before ELSE after END;
        details jsonb;
      BEGIN
        SELECT coalesce(jsonb_object_agg(name, CASE TG_OP
            WHEN 'INSERT' THEN after -> name
            ELSE jsonb_build_array(before -> name, after -> name) END), '{}')
          INTO details FROM unnest(TG_ARGV[2:]) AS name
          WHERE before -> name IS DISTINCT FROM after -> name AND coalesce(after -> name, before -> name) <> 'null';
        INSERT INTO audit_log (app_id, at, actor, action, subject_id, details)
        VALUES (CASE owner_column WHEN '' THEN '-' ELSE whole ->> owner_column END, clock_timestamp(),
                coalesce(nullif(current_setting('tributary.actor', true), ''), session_user),
                TG_TABLE_NAME || '.' || lower(TG_OP), whole ->> subject_column, details);
        RETURN NULL;
      END $$`);
    for (const [table, { subject, owner, columns }] of Object.entries(audited)) {
      const call = `audit('${subject}', '${owner ?? ''}', ${columns.map((column) => `'${column}'`).join(', ')})`;
      const changed = columns.map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`).join(' OR ');
      await runner.query(
        `CREATE TRIGGER audit_rows AFTER INSERT OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${call}`,
      );
      // Only where one of these columns is written, and changed: planning the next poll costs nothing.
      await runner.query(
        `CREATE TRIGGER audit_changes AFTER UPDATE OF ${columns.join(', ')} ON ${table}
         FOR EACH ROW WHEN (${changed}) EXECUTE FUNCTION ${call}`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(audited)) {
      await runner.query(`DROP TRIGGER audit_rows ON ${table}`);
      await runner.query(`DROP TRIGGER audit_changes ON ${table}`);
    }
    await runner.query('DROP FUNCTION audit()');
    await runner.query('DROP TABLE audit_log');
    await runner.query('DROP FUNCTION seal_only()');
  }

  /** An entry changes once in its life: when it gets its place in the chain. */
  private async protect(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION seal_only() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE unsealed audit_log := NEW;
      BEGIN
        unsealed.position := NULL;
        unsealed.hash := NULL;
        IF OLD.position IS NOT NULL OR unsealed IS DISTINCT FROM OLD THEN
          RAISE EXCEPTION 'audit_log is append-only';
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query('CREATE TRIGGER seal_only BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION seal_only()');
    await runner.query(
      'CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change()',
    );
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `
    CREATE TABLE apps (
      id text NOT NULL,
      name text NOT NULL,
      redirect_uris text[] NOT NULL,
      scopes text[] NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (id)
    )`,
  `
    CREATE TABLE app_credentials (
      client_id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      secret_hash text NOT NULL,
      created_at timestamptz NOT NULL,
      revoked_at timestamptz,
      PRIMARY KEY (client_id)
    )`,
  `
    CREATE INDEX app_credentials_app ON app_credentials (app_id)`,
  `
    CREATE TABLE idempotency_records (
      app_id text NOT NULL REFERENCES apps,
      operation text NOT NULL,
      key text NOT NULL,
      request_hash text NOT NULL,
      http_status integer,
      answer_envelope text,
      created_at timestamptz NOT NULL,
      locked_until timestamptz NOT NULL,
      PRIMARY KEY (app_id, operation, key)
    )`,
  `
    CREATE TABLE signing_keys (
      kid text NOT NULL,
      public_jwk jsonb NOT NULL,
      private_envelope text NOT NULL,
      created_at timestamptz NOT NULL,
      retired_at timestamptz,
      PRIMARY KEY (kid)
    )`,
  `
    CREATE TABLE connections (
      id text NOT NULL,
      provider text NOT NULL,
      name text NOT NULL,
      environment text NOT NULL,
      settings jsonb NOT NULL,
      secrets_envelope text NOT NULL,
      version integer NOT NULL,
      deleted_at timestamptz,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (id)
    )`,
  `
    CREATE TABLE connection_minutes (
      connection_id text NOT NULL REFERENCES connections,
      minute timestamptz NOT NULL,
      calls integer NOT NULL,
      errors integer NOT NULL,
      total_ms integer NOT NULL,
      last_success_at timestamptz,
      last_failure_at timestamptz,
      PRIMARY KEY (connection_id, minute)
    )`,
  `
    CREATE TABLE institutions (
      id text NOT NULL,
      identity text NOT NULL,
      name text NOT NULL,
      bic text,
      country text NOT NULL,
      logo_url text,
      created_at timestamptz NOT NULL,
      CONSTRAINT institutions_identity UNIQUE (identity),
      PRIMARY KEY (id)
    )`,
  `
    CREATE TABLE institution_routes (
      institution_id text NOT NULL REFERENCES institutions,
      connection_id text NOT NULL REFERENCES connections,
      provider text NOT NULL,
      reference text NOT NULL,
      capabilities text[] NOT NULL,
      sca_approaches text[] NOT NULL,
      payment_schemes text[] NOT NULL,
      max_consent_days integer,
      status text NOT NULL,
      live boolean NOT NULL,
      PRIMARY KEY (institution_id, connection_id)
    )`,
  `
    CREATE INDEX institution_routes_connection ON institution_routes (connection_id)`,
  `
    CREATE TABLE consents (
      id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      institution_id text NOT NULL REFERENCES institutions,
      connection_id text NOT NULL REFERENCES connections,
      provider text NOT NULL,
      psu_id text NOT NULL,
      psu_corporate_id text,
      status text NOT NULL,
      upstream_status text,
      asked_access text[] NOT NULL,
      access text[] NOT NULL,
      accounts jsonb,
      recurring boolean NOT NULL,
      valid_until date NOT NULL,
      frequency_per_day integer NOT NULL,
      redirect_uri text NOT NULL,
      app_state text,
      sca_preference text,
      reference text,
      continuation_envelope text,
      authorisation_id text,
      version integer NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (id)
    )`,
  `
    CREATE INDEX consents_app ON consents (app_id, id)`,
  `
    CREATE INDEX consents_reference ON consents (connection_id, reference)`,
  `
    CREATE INDEX consents_ending ON consents (valid_until) WHERE status IN ('awaitingAuthorisation', 'authorised')`,
  `
    CREATE TABLE consent_events (
      sequence bigserial NOT NULL,
      consent_id text NOT NULL REFERENCES consents,
      app_id text NOT NULL,
      at timestamptz NOT NULL,
      source text NOT NULL,
      status text NOT NULL,
      upstream_status text,
      applied boolean NOT NULL,
      why text NOT NULL,
      PRIMARY KEY (sequence)
    )`,
  `
    CREATE INDEX consent_events_consent ON consent_events (consent_id, sequence)`,
  `
    CREATE TABLE authorisations (
      id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      connection_id text NOT NULL REFERENCES connections,
      subject_type text NOT NULL,
      subject_id text NOT NULL,
      approach text NOT NULL,
      sca_status text NOT NULL,
      upstream_status text NOT NULL,
      next_step_envelope text,
      open boolean NOT NULL,
      reference text,
      continuation_envelope text,
      next_poll_at timestamptz,
      polls integer NOT NULL,
      answering_until timestamptz,
      expires_at timestamptz NOT NULL,
      version integer NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (id)
    )`,
  `
    CREATE INDEX authorisations_subject ON authorisations (subject_id)`,
  `
    CREATE INDEX authorisations_due ON authorisations (connection_id, next_poll_at) WHERE next_poll_at IS NOT NULL`,
  `
    CREATE TABLE callbacks (
      state_hash text NOT NULL,
      app_id text NOT NULL,
      connection_id text NOT NULL,
      provider text NOT NULL,
      authorisation_id text NOT NULL REFERENCES authorisations,
      expires_at timestamptz NOT NULL,
      used_at timestamptz,
      PRIMARY KEY (state_hash)
    )`,
  `
    CREATE TABLE grants (
      subject_id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      tokens_envelope text NOT NULL,
      version integer NOT NULL,
      updated_at timestamptz NOT NULL,
      PRIMARY KEY (subject_id)
    )`,
  `
    CREATE TABLE accounts (
      id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      institution_id text NOT NULL REFERENCES institutions,
      connection_id text NOT NULL REFERENCES connections,
      provider text NOT NULL,
      psu_id text NOT NULL,
      identity text NOT NULL,
      identifiers jsonb NOT NULL,
      currency text NOT NULL,
      name text,
      product text,
      type text,
      usage text,
      owner_name text,
      bic text,
      status text NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT accounts_identity UNIQUE (app_id, institution_id, psu_id, identity),
      PRIMARY KEY (id)
    )`,
  `
    CREATE TABLE consent_accounts (
      consent_id text NOT NULL REFERENCES consents,
      account_id text NOT NULL REFERENCES accounts,
      app_id text NOT NULL,
      reference text NOT NULL,
      continuation_envelope text,
      access text[],
      PRIMARY KEY (consent_id, account_id)
    )`,
  `
    CREATE INDEX consent_accounts_account ON consent_accounts (account_id)`,
  `
    CREATE TABLE data_reads (
      subject_id text NOT NULL,
      kind text NOT NULL,
      app_id text NOT NULL,
      as_of timestamptz NOT NULL,
      PRIMARY KEY (subject_id, kind)
    )`,
  `
    CREATE TABLE balances (
      account_id text NOT NULL REFERENCES accounts,
      position integer NOT NULL,
      app_id text NOT NULL,
      type text NOT NULL,
      amount_minor bigint NOT NULL,
      currency text NOT NULL,
      credit_debit text NOT NULL,
      as_of text,
      PRIMARY KEY (account_id, position)
    )`,
  `
    CREATE TABLE transactions (
      id text NOT NULL,
      account_id text NOT NULL REFERENCES accounts,
      app_id text NOT NULL,
      identity text NOT NULL,
      reference text,
      status text NOT NULL,
      booked_on date,
      value_on date,
      occurred_at text,
      day date,
      amount_minor bigint NOT NULL,
      currency text NOT NULL,
      direction text NOT NULL,
      details jsonb NOT NULL,
      supersedes text,
      raw_envelope text NOT NULL,
      content_hash text NOT NULL,
      added_number bigint NOT NULL,
      change_number bigserial NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT transactions_identity UNIQUE (account_id, identity),
      PRIMARY KEY (id)
    )`,
  `
    CREATE INDEX transactions_changes ON transactions (account_id, change_number)`,
  `
    CREATE INDEX transactions_day ON transactions (account_id, day, id)`,
  `
    CREATE TABLE account_documents (
      account_id text NOT NULL REFERENCES accounts,
      kind text NOT NULL,
      position integer NOT NULL,
      app_id text NOT NULL,
      content jsonb NOT NULL,
      PRIMARY KEY (account_id, kind, position)
    )`,
  `
    CREATE TABLE payments (
      id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      operation text NOT NULL,
      idempotency_key text NOT NULL,
      request_hash text NOT NULL,
      institution_id text NOT NULL REFERENCES institutions,
      connection_id text NOT NULL REFERENCES connections,
      provider text NOT NULL,
      psu_id text NOT NULL,
      psu_corporate_id text,
      consent_id text,
      "order" jsonb NOT NULL,
      amount_minor bigint NOT NULL,
      currency text NOT NULL,
      sca_preference text,
      redirect_uri text NOT NULL,
      app_state text,
      send_state text NOT NULL,
      send_attempts integer NOT NULL,
      send_lease_until timestamptz,
      sent_at timestamptz,
      reference text,
      iso_status text,
      iso_reason text,
      upstream_status text,
      step_open boolean NOT NULL,
      state text NOT NULL,
      final boolean NOT NULL,
      authorisation_id text,
      continuation_envelope text,
      next_poll_at timestamptz,
      polls integer NOT NULL,
      answer_envelope text,
      version integer NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT payments_idempotency UNIQUE (app_id, operation, idempotency_key),
      PRIMARY KEY (id)
    )`,
  `
    CREATE INDEX payments_app ON payments (app_id, id)`,
  `
    CREATE INDEX payments_due ON payments (connection_id, next_poll_at) WHERE next_poll_at IS NOT NULL`,
  `
    CREATE UNIQUE INDEX payments_reference ON payments (connection_id, reference) WHERE reference IS NOT NULL`,
  `
    CREATE TABLE payment_observations (
      sequence bigserial NOT NULL,
      payment_id text NOT NULL REFERENCES payments,
      app_id text NOT NULL,
      at timestamptz NOT NULL,
      source text NOT NULL,
      upstream_status text NOT NULL,
      iso_status text,
      applied boolean NOT NULL,
      why text NOT NULL,
      latency_ms integer,
      raw_envelope text,
      PRIMARY KEY (sequence)
    )`,
  `
    CREATE INDEX payment_observations_payment ON payment_observations (payment_id, sequence)`,
  `
    CREATE TABLE inbox (
      connection_id text NOT NULL REFERENCES connections,
      event_key text NOT NULL,
      subject_type text NOT NULL,
      subject_reference text NOT NULL,
      notice_envelope text NOT NULL,
      received_at timestamptz NOT NULL,
      applied_at timestamptz,
      attempts integer NOT NULL,
      next_attempt_at timestamptz NOT NULL,
      PRIMARY KEY (connection_id, event_key)
    )`,
  `
    CREATE INDEX inbox_due ON inbox (next_attempt_at) WHERE applied_at IS NULL`,
  `
    CREATE TABLE outbox (
      id text NOT NULL,
      app_id text NOT NULL REFERENCES apps,
      type text NOT NULL,
      subject_id text NOT NULL,
      sequence integer NOT NULL,
      data jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (id)
    )`,
  `
    CREATE INDEX outbox_app ON outbox (app_id, id)`,
];

/** Tables that only grow: who edits or deletes a row of them gets an error, the owner of the table included. */
const appendOnly = ['consent_events', 'payment_observations'];

/** The tables of the foundation. Instants are timestamptz, money is minor units, our ids are text. */
export class Foundation1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`);
    for (const table of appendOnly) {
      await runner.query(
        `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} EXECUTE FUNCTION refuse_change()`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = statements.flatMap((statement) => /CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []).reverse();
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP FUNCTION refuse_change()');
  }
}

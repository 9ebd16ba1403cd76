import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows of the foundation get the value that they have meant all along. */
const steps: readonly { readonly up: string; readonly down: string }[] = [
  added('payments', 'kind', 'text', `'single'`),
  added('payments', 'items', 'jsonb'),
  added('payments', 'item_statuses', 'jsonb'),
  added('payments', 'disclosure', 'jsonb'),
  added('payments', 'sign_in_basket', 'boolean', 'false'),
  added('payments', 'cancellation_authorisation_id', 'text'),
  {
    up: 'DROP INDEX payments_app',
    down: 'CREATE INDEX payments_app ON payments (app_id, id)',
  },
  {
    up: 'CREATE INDEX payments_app ON payments (app_id, kind, id)',
    down: 'DROP INDEX payments_app',
  },
  added('consents', 'combined_service', 'boolean', 'false'),
  added('consents', 'sign_in_basket', 'boolean', 'false'),
  added('consents', 'disclosure', 'jsonb'),
  added('authorisations', 'psu_id', 'text'),
  added('authorisations', 'psu_corporate_id', 'text'),
  added('authorisations', 'disclosure', 'jsonb'),
  {
    up: `
      CREATE TABLE signing_baskets (
        id text NOT NULL,
        app_id text NOT NULL REFERENCES apps,
        institution_id text NOT NULL REFERENCES institutions,
        connection_id text NOT NULL REFERENCES connections,
        provider text NOT NULL,
        psu_id text NOT NULL,
        psu_corporate_id text,
        status text NOT NULL,
        upstream_status text,
        redirect_uri text NOT NULL,
        app_state text,
        sca_preference text,
        reference text,
        continuation_envelope text,
        disclosure jsonb,
        authorisation_id text,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id)
      )`,
    down: 'DROP TABLE signing_baskets',
  },
  {
    up: `
      CREATE TABLE basket_members (
        basket_id text NOT NULL REFERENCES signing_baskets,
        member_id text NOT NULL,
        app_id text NOT NULL,
        PRIMARY KEY (basket_id, member_id)
      )`,
    down: 'DROP TABLE basket_members',
  },
  {
    up: 'CREATE INDEX basket_members_member ON basket_members (member_id)',
    down: 'DROP INDEX basket_members_member',
  },
];

function added(table: string, column: string, type: string, meantSoFar?: string): { up: string; down: string } {
  const required = meantSoFar === undefined ? '' : ` NOT NULL DEFAULT ${meantSoFar}`;
  const settled = meantSoFar === undefined ? '' : `; ALTER TABLE ${table} ALTER COLUMN ${column} DROP DEFAULT`;
  return {
    up: `ALTER TABLE ${table} ADD COLUMN ${column} ${type}${required}${settled}`,
    down: `ALTER TABLE ${table} DROP COLUMN ${column}`,
  };
}

/** Bulk and recurring payments, cancellations and signers with an SCA of their own, signing baskets, costs. */
export class PaymentKinds1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const step of steps) await runner.query(step.up);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const step of steps.toReversed()) await runner.query(step.down);
  }
}

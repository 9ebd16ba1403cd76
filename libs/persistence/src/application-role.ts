import type { QueryRunner } from 'typeorm';

/**
 * The role that api and worker act as (`SET ROLE` at connect), whoever they log in as. It owns no table and cannot pass
 * row security.
 */
export const applicationRole = 'tributary_app';

/** Tables that only grow. */
const appendOnly = ['audit_log', 'bank_payment_statuses', 'consent_events', 'payment_observations'];

/** Lets the role use every table and sequence of ours, new ones included. Run after each migration. */
export async function grantToApplication(runner: QueryRunner): Promise<void> {
  await runner.query(`GRANT USAGE ON SCHEMA public TO ${applicationRole}`);
  await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${applicationRole}`);
  await runner.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${applicationRole}`);
  await runner.query(`REVOKE UPDATE, DELETE ON ${appendOnly.join(', ')} FROM ${applicationRole}`);
  // A place in the chain; a trigger lets it be given once.
  await runner.query(`GRANT UPDATE (position, hash) ON audit_log TO ${applicationRole}`);
  // Changing the key that seals them; a trigger lets nothing else of the row change.
  await runner.query(`GRANT UPDATE (raw_envelope) ON payment_observations TO ${applicationRole}`);
}

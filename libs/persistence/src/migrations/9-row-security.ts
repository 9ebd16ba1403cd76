import type { MigrationInterface, QueryRunner } from 'typeorm';
import { applicationRole } from '../application-role.js';

/** Every table of which a row belongs to an app, with the column that says to whom. */
const ownedTables = `
  SELECT c.relname AS name, CASE c.relname WHEN 'apps' THEN 'id' ELSE 'app_id' END AS owner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relkind = 'r'
    AND (c.relname = 'apps' OR EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'app_id' AND NOT a.attisdropped))`;

/**
 * Row security, forced on the owner of the tables too, and the role that api and worker act as: it owns nothing and
 * cannot get around a policy. The tenant comes from the setting `tributary.tenant` of the connection; where it is missing
 * nothing is seen.
 */
export class RowSecurity1790000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The role belongs to the whole server: another database of it may have made it, perhaps at this moment.
    await runner.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${applicationRole}') THEN
          CREATE ROLE ${applicationRole} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
        END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END $$`);
    await runner.query(`
      DO $$ BEGIN
        IF NOT pg_has_role(current_user, '${applicationRole}', 'MEMBER') THEN
          GRANT ${applicationRole} TO CURRENT_USER;
        END IF;
      END $$`);
    await runner.query(`
      DO $$ DECLARE owned record; BEGIN
        FOR owned IN ${ownedTables} LOOP
          EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned.name);
          EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned.name);
          -- The subqueries are answered once per statement, not once per row.
          EXECUTE format(
            'CREATE POLICY tenant ON %I USING (%I = (SELECT current_setting(''tributary.tenant'', true))
              OR (SELECT current_setting(''tributary.tenant'', true)) = ''*'')', owned.name, owned.owner);
        END LOOP;
      END $$`);
    // PostgreSQL shows a role only its own transactions; the owner sees those of its own login and of its members.
    await runner.query(`
      CREATE FUNCTION oldest_writer_start() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
      SET search_path = pg_catalog AS $$
        SELECT coalesce(min(xact_start), now()) FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$ DECLARE owned record; BEGIN
        FOR owned IN ${ownedTables} LOOP
          EXECUTE format('DROP POLICY tenant ON %I', owned.name);
          EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', owned.name);
          EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', owned.name);
        END LOOP;
      END $$`);
    await runner.query('DROP FUNCTION oldest_writer_start()');
    // The role stays: other databases of the server may use it.
  }
}

import type { DataSource } from 'typeorm';

/** Settings of the server with which an acknowledged payment may be gone after a crash (PostgreSQL, "Reliability"). */
const durable = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

/**
 * What makes this database unfit for money, one sentence each that says what to do. Empty: nothing.
 * Row security is worth nothing for a login that owns the tables or may pass it, though we act as another role.
 */
export async function databaseFaults(database: DataSource): Promise<readonly string[]> {
  const [row] = await database.query<Record<string, string | boolean>[]>(
    `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
            current_setting('synchronous_commit') AS synchronous_commit, session_user::text AS login,
            login.rolsuper AS superuser, login.rolbypassrls AS bypasses,
            EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                    AND c.relowner = login.oid) AS owns
     FROM pg_roles AS login WHERE login.rolname = session_user`,
  );
  const faults = durable.flatMap((name) =>
    row?.[name] === 'off'
      ? [`PostgreSQL runs with ${name}=off: a crash would lose acknowledged payments. Switch it on.`]
      : [],
  );
  const rights = [
    ...(row?.['superuser'] === true ? ['is a superuser'] : []),
    ...(row?.['bypasses'] === true ? ['has BYPASSRLS'] : []),
    ...(row?.['owns'] === true ? ['owns the tables'] : []),
  ];
  if (rights.length > 0) {
    faults.push(
      `DATABASE_URL: the login "${String(row?.['login'])}" ${rights.join(' and ')}. Use one that is only a member of ` +
        'tributary_app; the README says how to make it.',
    );
  }
  return faults;
}

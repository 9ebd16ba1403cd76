import type { DataSource } from 'typeorm';

/** Today as banks' dates count it here: UTC, by the database's clock. YYYY-MM-DD. */
export async function bankToday(database: DataSource): Promise<string> {
  const [clock] = await database.query<{ today: string }[]>(`SELECT (now() AT TIME ZONE 'UTC')::date AS today`);
  return clock?.today ?? '';
}

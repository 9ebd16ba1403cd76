import { Client } from 'pg';
import { errorCode } from '../error-code.js';

/** What a server says to a connection: it takes it, it knows another password, or nothing usable (yet). */
export async function ping(url: string): Promise<'ready' | 'wrong password' | 'not ready'> {
  try {
    await withClient(url, (client) => client.query('select 1'));
    return 'ready';
  } catch (error) {
    // SQLSTATE class 28: invalid authorization specification.
    return errorCode(error)?.startsWith('28') ? 'wrong password' : 'not ready';
  }
}

/** Makes a database unless it exists. `url` leads to any other database of the server. */
export async function createDatabase(url: string, name: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount) return;
    try {
      await client.query(`create database ${client.escapeIdentifier(name)}`);
    } catch (error) {
      // Another process made it in between: duplicate_database, or unique_violation in the catalogue.
      if (!['42P04', '23505'].includes(errorCode(error) ?? '')) throw error;
    }
  });
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000, ssl: false });
  client.on('error', () => undefined); // A connection that breaks also rejects the query that is waiting.
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, whenThere } from '@tributary/platform';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { createDataSource } from './data-source.js';
import { everyTenant } from './tenancy.js';
import { tenantPool } from './tenant-pool.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open = (url: string) =>
  createDataSource({ url, poolSize: 2, applicationName: 'connection-loss', acts: 'everyTenant' });

/*
 * Negative control, carried out once: without the listener in `tenantPool`, the server's last word (57P01) is an `error`
 * event that nobody hears, and the process of the test ends.
 */
it('a connection that dies in our hands, or in the pool, fails its next statement and nothing else', async () => {
  const TenantPool = tenantPool({ tenant: everyTenant, actor: 'spec' });
  const pool = new TenantPool({ connectionString: database.url, max: 2, application_name: 'connection-loss' });
  pool.on('error', () => undefined);
  const killer = new Client({ connectionString: database.url });
  await killer.connect();
  const [held, idle] = await Promise.all([pool.connect(), pool.connect()]);
  idle.release();
  const { rows } = await killer.query<{ killed: number }>(
    `SELECT count(*)::int AS killed FROM
       (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'connection-loss' AND datname = current_database()) AS ended`,
  );
  expect(rows).toEqual([{ killed: 2 }]);
  await pause(100);
  await expect(held.query('SELECT 1')).rejects.toThrow();
  held.release(true);
  await expect(pool.query('SELECT 2 AS two')).resolves.toMatchObject({ rows: [{ two: 2 }] });
  await Promise.all([pool.end(), killer.end()]);
});

it('a start waits for a server that is not there yet', async () => {
  const port = await freePort();
  const real = new URL(database.url);
  const source = open(Object.assign(new URL(database.url), { hostname: '127.0.0.1', port: String(port) }).href);
  const said: string[] = [];
  const sockets = new Set<net.Socket>();
  const proxy = net.createServer((client) => {
    const server = net.connect(Number(real.port), real.hostname);
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined));
    client.pipe(server).pipe(client);
  });
  const opening = whenThere(
    () => source.initialize(),
    (why) => {
      said.push(why);
      proxy.listen(port, '127.0.0.1');
    },
  );
  await opening;
  expect(said).toEqual(['ECONNREFUSED']);
  await expect(source.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  await source.destroy();
  for (const socket of sockets) socket.destroy();
  proxy.close();
});

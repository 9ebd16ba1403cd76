// One PostgreSQL for the whole test run, in a temporary folder. Specs make databases in it with createTestDatabase().
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PREFIX = 'tributary-test-';
const built = new URL('../dist/libs/platform/src/embedded-postgres.js', import.meta.url);

export default async function setUp() {
  if (process.env.TEST_DATABASE_ADMIN_URL) return; // a server of your own
  if (!existsSync(built)) {
    throw new Error('The tests use the compiled supervisor: run "npm run build" first, or "npm test", which does it.');
  }
  const { isAbandonedPostgres, startEmbeddedPostgres } = await import(built.href);
  await removeAbandoned(isAbandonedPostgres, startEmbeddedPostgres);

  const dir = mkdtempSync(path.join(os.tmpdir(), PREFIX));
  // mkdtemp makes it 0700; as root, PostgreSQL runs as another user who must get in.
  chmodSync(dir, 0o755);
  const server = await startEmbeddedPostgres({ dir, durable: false, log: (line) => console.log(line) });
  process.env.TEST_DATABASE_ADMIN_URL = server.url;
  const stop = async () => {
    await server.stop();
    for (const each of new Set([server.home, dir])) rmSync(each, { recursive: true, force: true });
  };
  globalThis.stopTestDatabase = stop;
  // jest ends on Ctrl-C without calling the teardown.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      void stop().finally(() => process.exit(130));
    });
  }
}

/** A test run that was killed could not stop its server: the next one does. */
async function removeAbandoned(isAbandonedPostgres, startEmbeddedPostgres) {
  const folders = readdirSync(os.tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const dir of folders.map((name) => path.join(os.tmpdir(), name))) {
    if (!existsSync(path.join(dir, 'cluster', 'owner')) || !isAbandonedPostgres(dir)) continue;
    const server = await startEmbeddedPostgres({ dir, durable: false });
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

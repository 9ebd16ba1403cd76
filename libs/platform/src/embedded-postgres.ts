import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { EmbeddedPostgresError } from './postgres/account.js';
import { type Binaries, findBinaries } from './postgres/binaries.js';
import { ensureCluster, readPassword, SUPERUSER } from './postgres/cluster.js';
import { createDatabase } from './postgres/connection.js';
import { clusterDirectory, dataDirectory, findHome, type Home } from './postgres/home.js';
import { claim, isAbandoned, release } from './postgres/owner.js';
import { readPidFile } from './postgres/postmaster.js';
import { askToStop, findRunning, type Log, type Server, startServer, stopServer } from './postgres/server.js';
import { isRunning } from './process-stamp.js';

export { EmbeddedPostgresError } from './postgres/account.js';

/** How to start. */
export interface EmbeddedPostgresOptions {
  /** Folder for data, password and log. Made when missing. */
  readonly dir: string;
  /** False only for tests: a crash of the machine may then damage the data. */
  readonly durable?: boolean;
  /** Hears what is done and waited for, one line at a time. */
  readonly log?: (line: string) => void;
}

/** A PostgreSQL server of our own that accepts connections. */
export interface EmbeddedPostgres {
  /** `postgres://tributary:<password>@127.0.0.1:<port>/tributary?sslmode=disable`; a secret. */
  readonly url: string;
  /** True if the server ran already. */
  readonly adopted: boolean;
  /** True if the database was made by this call. */
  readonly fresh: boolean;
  /** Of the server as it is now: {@link restart} changes it. */
  readonly pid: number;
  /** Where the files are: `dir`, or elsewhere if PostgreSQL could not reach it. Remove this to remove the data. */
  readonly home: string;
  /** Starts the server again at the same address after it was killed, and waits until it accepts connections. */
  restart(): Promise<void>;
  /** Stops the server and waits for it; does nothing if another living process owns it. */
  stop(): Promise<void>;
}

const DATABASE = 'tributary';
const ATTEMPTS = 5;

/**
 * Starts the PostgreSQL that comes with this project, or adopts the one that already serves `dir`.
 *
 * After `kill -9` of our process the server lives on; the next start adopts it and owns it from then on. After
 * `kill -9` of both, PostgreSQL recovers from its log. When this process ends in any other way, the server is stopped.
 * It listens on a free port of 127.0.0.1 only and takes a random password (SCRAM), kept in `cluster/password`, 0600.
 *
 * Out of scope: upgrades from one major version to the next, replication, access from other machines.
 *
 * @throws EmbeddedPostgresError when it cannot run here; the message names `DATABASE_URL` as the way out.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const durable = options.durable ?? true;
  const home = findHome(path.resolve(options.dir), log);
  const binaries = findBinaries(home, log);
  const fresh = await ensureCluster(home, binaries, durable);
  if (fresh) log(`Made a new database in ${clusterDirectory(home.directory)}`);
  const password = readPassword(home);
  const urlOf = (port: number, database: string): string =>
    // PGSSLMODE in somebody's shell must not make the driver ask for TLS here.
    `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;

  const find = (port?: number) => findOrStart(home, binaries, (at) => urlOf(at, 'postgres'), { durable, log, port });
  const { server: first, adopted } = await find();
  let server = first;

  const owned = !adopted || isAbandoned(home);
  const stopAtExit = (): void => askToStop(server.pid, binaries.pgCtl, dataDirectory(home.directory));
  if (owned) {
    claim(home);
    process.once('exit', stopAtExit);
  }
  if (adopted)
    log(`Using the PostgreSQL that runs already (process ${server.pid}${owned ? '' : ', of another process'})`);
  return {
    url: urlOf(server.port, DATABASE),
    adopted,
    fresh,
    get pid() {
      return server.pid;
    },
    home: home.directory,
    async restart() {
      while (isRunning(server.pid)) await pause(10);
      ({ server } = await find(first.port));
    },
    async stop() {
      if (!owned) return;
      process.off('exit', stopAtExit);
      await stopServer(home, binaries, server.pid, log);
      release(home);
    },
  };
}

/**
 * Whether a server may still run in `dir` although the process that owned it is gone. Starting and stopping it there ends
 * it; this is how a test run cleans up after one that was killed.
 */
export function isAbandonedPostgres(dir: string): boolean {
  const home = findHome(path.resolve(dir), () => undefined);
  return isAbandoned(home) && readPidFile(dataDirectory(home.directory)) !== undefined;
}

/** Another process may start the same server at the same moment: then our start fails, and theirs is found. */
async function findOrStart(
  home: Home,
  binaries: Binaries,
  url: (port: number) => string,
  { durable, log, port }: { readonly durable: boolean; readonly log: Log; readonly port: number | undefined },
): Promise<{ server: Server; adopted: boolean }> {
  let problem = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const running = await findRunning(home, url, log);
    const server = running ?? (await startServer(home, binaries, { port: port ?? (await freePort()), durable, log }));
    if (typeof server === 'string') {
      problem = server;
    } else {
      try {
        await createDatabase(url(server.port), DATABASE);
        return { server, adopted: running !== undefined };
      } catch (error) {
        // The owner of a server that we found may stop it at this moment.
        if (!running) throw error;
        problem = String(error);
      }
    }
    await pause(200 * attempt);
  }
  throw new EmbeddedPostgresError(`PostgreSQL did not start. It said:\n${problem}`);
}

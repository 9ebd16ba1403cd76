import fs from 'node:fs';
import path from 'node:path';
import { type EmbeddedPostgres, freePort, settingsTable, startEmbeddedPostgres } from '@tributary/platform';
import { type AdminClientFound, findAdminClient } from './admin-client.js';
import { migrateWhenReachable } from './database.js';
import { probeHost, systemEnvironment, vaultEnvironment } from './environment.js';
import { choosePort } from './port.js';
import { forgetRun, recordRun, takeDataFolder } from './previous-run.js';
import { projectRoot } from './project-root.js';
import { StackProcess } from './stack-process.js';

/** How a stack is brought up. */
export interface StackOptions {
  /** Where everything is kept that this installation writes. */
  readonly dataDir: string;
  /** Ports of 127.0.0.1; 0 or none picks a free one. */
  readonly ports?: { readonly api?: number; readonly worker?: number; readonly sandbox?: number };
  /** A PostgreSQL of your own; without it an embedded one is started in `dataDir`. */
  readonly databaseUrl?: string;
  /** A Redis of your own for the queues; without it they live in PostgreSQL. */
  readonly redisUrl?: string;
  /** Further settings for the processes, by the name of the environment variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many workers; 1 if not given. */
  readonly workers?: number;
  /** False starts no simulators. */
  readonly sandbox?: boolean;
  /**
   * Whether a process that crashes is started again, with growing pauses; `at-once`: without, for proofs that crash them on
   * purpose. The embedded PostgreSQL is started again by `restart` only.
   */
  readonly restartCrashed?: boolean | 'at-once';
  /** Whether errors name lines of the sources; true if not given. Without, processes start faster: for proofs that start many. */
  readonly sourceMaps?: boolean;
  /** Ends a start that is still under way; `startStack` then cleans up and throws. */
  readonly signal?: AbortSignal;
  /** Hears what is done and waited for. */
  readonly log?: (line: string) => void;
  /** Scripts to run instead of the built ones, by program name. */
  readonly programs?: Partial<Record<Program, string>>;
}

const POSTGRES = 'postgres';

type Program = 'api' | 'worker' | 'sandbox';

/** A running installation. */
export interface Stack {
  readonly apiUrl: string;
  /** How browsers reach the API: the start of every callback address. */
  readonly publicUrl: string;
  /** Health and metrics of the first worker. */
  readonly workerUrl: string;
  /** Empty without a sandbox. */
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly admin: AdminClientFound;
  /** Where the logs are, one file per process. */
  readonly logDir: string;
  /** Where the embedded PostgreSQL keeps its files; `undefined` with a database of your own. */
  readonly databaseHome: string | undefined;
  /** Names for `kill` and `restart`: `sandbox`, `api`, `worker`, `worker-2`, ...; besides them `postgres`, where it is embedded. */
  readonly processes: readonly string[];
  /** Sends a signal to one process. */
  kill(process: string, signal: NodeJS.Signals): void;
  /** The number of a process, while it runs. */
  pid(process: string): number | undefined;
  /** Waits until a process answers. */
  ready(process: string): Promise<void>;
  /** Stops one process if it runs, starts it and waits until it is ready. */
  restart(process: string): Promise<void>;
  /** Stops api and workers (they drain), then the sandbox, then PostgreSQL. With `force` nothing drains. */
  stop(force?: boolean): Promise<void>;
}

/**
 * Brings up a whole installation: database, schema, simulators, api and workers, each ready when this returns.
 *
 * The environment of this process is not read: settings come from the options, so that a demo or a test never touches
 * an installation that happens to be configured in the shell.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const log = options.log ?? (() => undefined);
  const dataDir = path.resolve(options.dataDir);
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  await takeDataFolder(dataDir, log, options.signal);

  const ports = {
    api: await choosePort(options.ports?.api, settingsTable.port.env),
    worker: await choosePort(options.ports?.worker, settingsTable.workerPort.env),
    sandbox: options.sandbox === false ? 0 : await choosePort(options.ports?.sandbox, settingsTable.sandboxPort.env),
  };
  const given = options.env ?? {};
  const urlAt = (port: number): string => `http://${probeHost(given)}:${port}`;
  const admin = findAdminClient(dataDir, given);
  const processes: StackProcess[] = [];
  let postgres: EmbeddedPostgres | undefined;
  const record = (): void =>
    recordRun(
      dataDir,
      processes.flatMap(({ pid }) => pid ?? []),
    );

  const stop = async (force = false): Promise<void> => {
    await Promise.all(processes.filter((each) => !isSandbox(each)).map((each) => each.stop(force)));
    await Promise.all(processes.filter(isSandbox).map((each) => each.stop(force)));
    await postgres?.stop();
    forgetRun(dataDir);
  };

  try {
    if (!options.databaseUrl) {
      log('Starting PostgreSQL');
      postgres = await startEmbeddedPostgres({ dir: path.join(dataDir, 'postgres'), log });
    }
    const databaseUrl = options.databaseUrl ?? postgres?.url ?? '';
    const migrations = await migrateWhenReachable(databaseUrl, log);
    if (migrations.length > 0) log(`Prepared the database (${migrations.length} migrations)`);

    options.signal?.throwIfAborted();

    const publicUrl = given['PUBLIC_URL'] ?? `http://localhost:${ports.api}`;
    const ours = {
      ...systemEnvironment(),
      ...given,
      ...vaultEnvironment(dataDir, given),
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      REDIS_URL: options.redisUrl ?? '',
      ADMIN_CLIENT_ID: admin.clientId,
      ADMIN_CLIENT_SECRET: admin.clientSecret,
      PUBLIC_URL: publicUrl,
      // Simulators listen on loopback, which outgoing calls refuse otherwise.
      WEBHOOK_ALLOW_PRIVATE: given['WEBHOOK_ALLOW_PRIVATE'] ?? (ports.sandbox ? '1' : '0'),
      UPSTREAM_ALLOW_PRIVATE: given['UPSTREAM_ALLOW_PRIVATE'] ?? (ports.sandbox ? '1' : '0'),
    };
    const add = (program: Program, name: string, port: number, env: NodeJS.ProcessEnv): void => {
      const added = new StackProcess({
        name,
        script: options.programs?.[program] ?? path.join(projectRoot(), 'dist/programs', `${program}.js`),
        env,
        readyUrl: `${urlAt(port)}/health/${program === 'sandbox' ? 'live' : 'ready'}`,
        logFile: path.join(dataDir, 'logs', `${name}.log`),
        restart: options.restartCrashed ?? false,
        sourceMaps: options.sourceMaps ?? true,
        log,
        onStart: record,
      });
      processes.push(added);
      added.start();
    };
    // The sandbox plays the banks: it gets none of our secrets.
    if (ports.sandbox)
      add('sandbox', 'sandbox', ports.sandbox, {
        ...systemEnvironment(),
        ...(given['HOST'] ? { HOST: given['HOST'] } : {}),
        SANDBOX_PORT: String(ports.sandbox),
        ...(given['SANDBOX_TLS_PORT'] ? { SANDBOX_TLS_PORT: given['SANDBOX_TLS_PORT'] } : {}),
      });
    add('api', 'api', ports.api, { ...ours, PORT: String(ports.api) });
    for (let number = 1; number <= (options.workers ?? 1); number += 1) {
      const port = number === 1 ? ports.worker : await freePort();
      add('worker', number === 1 ? 'worker' : `worker-${number}`, port, { ...ours, WORKER_PORT: String(port) });
    }
    log(`Starting ${processes.map(({ name }) => name).join(', ')}`);
    await Promise.all(processes.map((each) => each.ready(options.signal)));

    const find = (name: string): StackProcess => {
      const found = processes.find((each) => each.name === name);
      if (!found) throw new Error(`There is no process "${name}" in this stack.`);
      return found;
    };
    return {
      publicUrl,
      apiUrl: urlAt(ports.api),
      workerUrl: urlAt(ports.worker),
      sandboxUrl: ports.sandbox ? urlAt(ports.sandbox) : '',
      databaseUrl,
      admin,
      logDir: path.join(dataDir, 'logs'),
      databaseHome: postgres?.home,
      processes: processes.map(({ name }) => name),
      kill: (name, signal) => {
        if (name === POSTGRES && postgres) process.kill(postgres.pid, signal);
        else find(name).signal(signal);
      },
      pid: (name) => (name === POSTGRES ? postgres?.pid : find(name).pid),
      ready: (name) => find(name).ready(),
      restart: async (name) => {
        if (name === POSTGRES && postgres) return postgres.restart();
        const restarted = find(name);
        await restarted.stop();
        restarted.start();
        await restarted.ready();
      },
      stop,
    };
  } catch (error) {
    await stop(true);
    throw error;
  }
}

function isSandbox({ name }: StackProcess): boolean {
  return name === 'sandbox';
}

import { createDataSource } from '@tributary/persistence';
import {
  createLogger,
  createMetrics,
  exitWithParent,
  loadSettings,
  RepeatedFault,
  requireDatabaseUrl,
  serverPatienceMs,
  SettingsError,
  systemClock,
  Vault,
  VaultError,
  whenThere,
} from '@tributary/platform';
import { Queues } from '@tributary/queues';
import type { BankingParts } from './banking.module.js';
import { openGuarded } from './production-guard.js';

/** What a process of ours stands on; opened before the use cases live, closed after them. */
export interface ProcessParts extends BankingParts {
  readonly queues: Queues;
}

interface RunningProcess {
  /** Takes nothing new, finishes what is running. */
  stop(): Promise<void>;
}

/**
 * The life of a process: settings, vault, database and queues are opened, `start` brings up what it is for, a signal (or
 * the end of the launcher that started it) stops it in the reverse order. A wrong setting ends it with one plain line.
 */
export async function runProcess(
  name: 'api' | 'worker',
  { queueConnections }: { readonly queueConnections: number },
  start: (parts: ProcessParts) => Promise<RunningProcess>,
): Promise<void> {
  try {
    const parts = await open(name, queueConnections);
    const running = await start(parts);
    stopOnSignal(parts, running);
  } catch (error) {
    const expected = error instanceof SettingsError || error instanceof VaultError || !(error instanceof Error);
    process.stderr.write(`The ${name} cannot start. ${expected ? String(error) : error.stack}\n`);
    process.exit(1);
  }
}

async function open(name: 'api' | 'worker', queueConnections: number): Promise<ProcessParts> {
  const settings = loadSettings();
  const databaseUrl = requireDatabaseUrl(settings);
  const vault = Vault.fromSettings(settings);
  const logger = createLogger({ level: settings.logLevel, name });
  const dataSource = createDataSource({
    url: databaseUrl,
    poolSize: settings.databasePoolSize,
    applicationName: `tributary-${name}`,
    acts: name === 'api' ? 'tenant' : 'everyTenant',
  });
  const waiting = (why: string): void => {
    logger.warn({ event: 'database.awaited', why }, 'waiting for the database');
  };
  const queueFaults = new RepeatedFault((error, repeated) => {
    logger.warn({ event: 'queue.error', err: error, repeated }, 'the queue server did not do its part');
  });
  const queueOptions = {
    redisUrl: settings.redisUrl,
    databaseUrl,
    poolSize: queueConnections,
    patienceMs: serverPatienceMs,
    onError: (error: Error) => queueFaults.came(error),
  };
  const connecting = whenThere(() => dataSource.initialize(), waiting);
  const [queues] = await Promise.all([
    whenThere(() => openGuarded(settings, connecting, () => Queues.open(queueOptions)), waiting),
    connecting,
  ]);
  return { settings, vault, clock: systemClock, logger, metrics: createMetrics(name), dataSource, queues };
}

function stopOnSignal({ logger, queues, dataSource }: ProcessParts, running: RunningProcess): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping: finishing what is running, taking nothing new');
    await running.stop();
    await queues.close();
    await dataSource.destroy();
    logger.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exitCode = 1;
      });
    });
  }
  exitWithParent();
}

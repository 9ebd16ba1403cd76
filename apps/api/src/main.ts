import { FirstAdmin } from '@tributary/banking';
import { createDataSource } from '@tributary/persistence';
import {
  createLogger,
  createMetrics,
  exitWithParent,
  loadSettings,
  requireDatabaseUrl,
  SettingsError,
  systemClock,
  Vault,
  VaultError,
} from '@tributary/platform';
import { Queues } from '@tributary/queues';
import { createApplication } from './application.js';

async function main(): Promise<void> {
  const settings = loadSettings();
  const databaseUrl = requireDatabaseUrl(settings);
  const vault = Vault.fromSettings(settings);
  const logger = createLogger({ level: settings.logLevel, name: 'api' });
  const metrics = createMetrics('api');
  const dataSource = createDataSource({
    url: databaseUrl,
    poolSize: settings.databasePoolSize,
    applicationName: 'tributary-api',
  });
  await dataSource.initialize();
  const queues = await Queues.open({
    redisUrl: settings.redisUrl,
    databaseUrl,
    poolSize: 4,
    onError: (error) => logger.warn({ err: error }, 'queue'),
  });
  const app = await createApplication({ settings, vault, clock: systemClock, logger, metrics, dataSource, queues });

  const made = await app.get(FirstAdmin).ensure();
  if (made) {
    // The one time that it is seen; the logger would hide it, as it should.
    process.stdout.write(
      `First administrator: client id ${made.clientId}, client secret ${made.clientSecret}. Keep it: it is not shown again.\n`,
    );
  }

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping: answering what is running, taking nothing new');
    await app.close();
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

  await app.listen(settings.port, settings.host);
  logger.info({ port: settings.port, host: settings.host }, `api listens; documentation at ${settings.publicUrl}/docs`);
}

try {
  await main();
} catch (error) {
  const expected = error instanceof SettingsError || error instanceof VaultError;
  process.stderr.write(
    `The api cannot start. ${expected || !(error instanceof Error) ? String(error) : error.stack}\n`,
  );
  process.exit(1);
}

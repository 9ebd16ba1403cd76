import { databaseFaults } from '@tributary/persistence';
import { keyFileFaults, type Settings, SettingsError } from '@tributary/platform';
import type { Queues } from '@tributary/queues';
import type { DataSource } from 'typeorm';

/**
 * Opens the queues. In production, a process does not start on servers or with files that could lose a payment or give a
 * secret away.
 *
 * @throws SettingsError naming everything that is wrong at once
 */
export async function openGuarded(
  settings: Settings,
  connecting: Promise<DataSource>,
  openQueues: () => Promise<Queues>,
): Promise<Queues> {
  const production = settings.nodeEnv === 'production';
  const faults = production
    ? [...(await databaseFaults(await connecting)), ...keyFileFaults(settings.vaultKeyFile)]
    : [];
  // Queues in PostgreSQL make their tables when they are opened: a login that is refused would own them, and keep the right one out.
  if (faults.length > 0 && settings.redisUrl === undefined) throw new SettingsError(faults);
  const queues = await openQueues();
  if (production) faults.push(...(await queues.faults()));
  if (faults.length > 0) throw new SettingsError(faults);
  return queues;
}

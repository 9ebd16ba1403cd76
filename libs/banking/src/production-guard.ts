import { databaseFaults } from '@tributary/persistence';
import { keyFileFaults, type Settings, SettingsError } from '@tributary/platform';
import type { Queues } from '@tributary/queues';
import type { DataSource } from 'typeorm';

/**
 * In production, a process does not start on servers or with files that could lose a payment or give a secret away.
 *
 * @throws SettingsError naming everything that is wrong at once
 */
export async function guardProduction(settings: Settings, dataSource: DataSource, queues: Queues): Promise<void> {
  if (settings.nodeEnv !== 'production') return;
  const faults = [
    ...(await databaseFaults(dataSource)),
    ...(await queues.faults()),
    ...keyFileFaults(settings.vaultKeyFile),
  ];
  if (faults.length > 0) throw new SettingsError(faults);
}

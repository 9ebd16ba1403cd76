import fs from 'node:fs';
import path from 'node:path';
import { requireDatabaseUrl, type Settings, startEmbeddedPostgres } from '@tributary/platform';

/** The database of an installation, for a command that is run beside it. */
export interface InstalledDatabase {
  readonly url: string;
  /** Stops it where the command had to start it. */
  stop(): Promise<void>;
}

/**
 * The database that the settings name; without one, the embedded one that `npm start` made in DATA_DIR, whether it runs or not.
 * @throws SettingsError where there is neither: a new one would be empty, and whatever is asked of it would be well
 */
export async function installedDatabase(settings: Settings): Promise<InstalledDatabase> {
  const dir = path.join(settings.dataDir, 'postgres');
  if (settings.databaseUrl === undefined && fs.existsSync(dir)) return startEmbeddedPostgres({ dir });
  return { url: requireDatabaseUrl(settings), stop: () => Promise.resolve() };
}

/**
 * `npm run migrate`: brings the database of `DATABASE_URL` to the newest schema. Run it before new versions of api and
 * worker start; running it twice, or from two places at once, does no harm.
 */
import { migrate } from '@tributary/persistence';
import { loadSettings, requireDatabaseUrl, SettingsError } from '@tributary/platform';

try {
  const ran = await migrate(requireDatabaseUrl(loadSettings()));
  console.log(ran.length > 0 ? `Migrated: ${ran.join(', ')}` : 'The database is up to date.');
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exitCode = 1;
}

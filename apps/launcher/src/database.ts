import { migrate } from '@tributary/persistence';
import { whenThere } from '@tributary/platform';

/** Brings the database to the newest schema, and waits up to a minute for a server that is still starting. */
export async function migrateWhenReachable(url: string, log: (line: string) => void): Promise<readonly string[]> {
  const { host } = new URL(url);
  try {
    return await whenThere(
      () => migrate(url),
      (why) => log(`Waiting for the database at ${host} (${why})`),
    );
  } catch (error) {
    throw new Error(`The database at ${host} could not be prepared: ${String(error)}. Check DATABASE_URL.`, {
      cause: error,
    });
  }
}

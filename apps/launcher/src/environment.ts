import path from 'node:path';
import { settingsTable, Vault } from '@tributary/platform';

type Given = Readonly<Record<string, string>>;

const SETTINGS: ReadonlySet<string> = new Set(Object.values(settingsTable).map(({ env }) => env));

/** Our environment without any setting, and without `PG*` variables, which the database driver would obey. */
export function systemEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !SETTINGS.has(name) && !name.startsWith('PG'));
  return Object.fromEntries(kept);
}

/** The settings in our environment, to be handed to a stack. */
export function givenSettings(): Record<string, string> {
  const given = Object.entries(process.env).filter(([name, value]) => SETTINGS.has(name) && value);
  return Object.fromEntries(given.map(([name, value]) => [name, value ?? '']));
}

/** The key that was given, or the one in the data folder, made when missing. */
export function vaultEnvironment(dataDir: string, given: Given): Record<string, string> {
  if (given['VAULT_KEY'] || given['VAULT_KEY_FILE']) return {};
  const file = path.join(dataDir, 'vault.key');
  Vault.open({ generateInto: file });
  return { VAULT_KEY_FILE: file };
}

/** Where we reach a server that listens on `HOST`. */
export function probeHost(given: Given): string {
  const host = given['HOST'] ?? '';
  if (['', '0.0.0.0', '::', 'localhost'].includes(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

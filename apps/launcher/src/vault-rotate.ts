/**
 * `npm run vault:rotate`: wraps every stored secret anew under the first key of VAULT_KEY (or VAULT_KEY_FILE).
 *
 * 1. Make a new key, put it before the old one (`new,old`), restart api and workers: they seal with the new one, open both.
 * 2. Run this. It may be interrupted and run again, and nobody needs to stop meanwhile.
 *    Where DATA_DIR is that of the workers, since the heads of the audit log are signed with the same key.
 * 3. When it ends with status 0, take the old key out and restart once more.
 */
import { AuditHeads, createDataSource, rotateVault } from '@tributary/persistence';
import { loadSettings, SettingsError, Vault, VaultError } from '@tributary/platform';
import { installedDatabase } from './installed-database.js';

try {
  const settings = loadSettings();
  const vault = Vault.fromSettings(settings);
  const installed = await installedDatabase(settings);
  const options = {
    url: installed.url,
    poolSize: 2,
    applicationName: 'tributary-vault-rotate',
    acts: 'everyTenant',
  } as const;
  const database = await createDataSource(options).initialize();
  const columns = await rotateVault(database, vault, ({ column, rewrapped, unreadable }) => {
    if (rewrapped + unreadable > 0) console.log(`${column}: ${rewrapped} wrapped anew, ${unreadable} unreadable`);
  });
  await database.destroy();
  await installed.stop();
  const heads = new AuditHeads(settings.dataDir, vault).signAgain();
  if (heads > 0) console.log(`${heads} heads of the audit log were signed again.`);
  const unreadable = columns.reduce((sum, column) => sum + column.unreadable, 0);
  const rewrapped = columns.reduce((sum, column) => sum + column.rewrapped, 0);
  console.log(`${rewrapped} secrets are now under the first key; ${unreadable} are under a key that was not given.`);
  if (unreadable > 0) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof SettingsError || error instanceof VaultError ? error.message : error);
  process.exitCode = 1;
}

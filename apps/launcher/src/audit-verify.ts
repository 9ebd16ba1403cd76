/**
 * `npm run audit:verify`: walks the chain of the audit log and compares it with the signed heads in DATA_DIR. Ends with
 * status 1 if an entry was edited, taken out, moved or cut off, or if the heads cannot show that (none, or none of late).
 */
import { AuditHeads, createDataSource, headsFault, verifyAuditLog } from '@tributary/persistence';
import { loadSettings, SettingsError, Vault, VaultError } from '@tributary/platform';
import { installedDatabase } from './installed-database.js';

try {
  const settings = loadSettings();
  const witness = new AuditHeads(settings.dataDir, Vault.fromSettings(settings));
  const heads = witness.read();
  const installed = await installedDatabase(settings);
  const options = {
    url: installed.url,
    poolSize: 2,
    applicationName: 'tributary-audit-verify',
    acts: 'everyTenant',
  } as const;
  const database = await createDataSource(options).initialize();
  const { sealed, unsealed, heads: matched, faults: found } = await verifyAuditLog(database, heads);
  await database.destroy();
  await installed.stop();
  const silence = headsFault(heads, sealed, witness.file, new Date());
  const faults = silence === null ? found : [...found, silence];
  for (const fault of faults) console.error(fault);
  console.log(
    `${sealed} entries are chained, ${unsealed} wait for the next minute; ${matched} of ${heads.length} signed heads match.`,
  );
  if (faults.length > 0) process.exitCode = 1;
  else console.log('Nothing was edited, taken out or cut off.');
} catch (error) {
  console.error(error instanceof SettingsError || error instanceof VaultError ? error.message : error);
  process.exitCode = 1;
}

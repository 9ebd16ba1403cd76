export { type Clock, systemClock } from './clock.js';
export { isId, newId } from './id.js';
export { constantTimeEqual, hashSecret, randomSecret, sha256Hex, verifySecret } from './secret-hash.js';
export { type Setting, SettingsError } from './setting.js';
export { loadSettings, type LogLevel, requireDatabaseUrl, type Settings, settingsTable } from './settings.js';
export { Vault, VaultError, type VaultPlace, type VaultSource } from './vault.js';
export { createLogger, type Logger, type LoggerOptions, NestLogger } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export { exitWithParent } from './parent.js';
export { redactText } from './text-redaction.js';
export {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.js';
export { freePort } from './free-port.js';
export { commandOf, parentOf, processStamp } from './process-stamp.js';
export { errorCode } from './error-code.js';
export { type AddressGuard, isPublicAddress, publicAddresses, publicConnect } from './public-address.js';
export { keyFileFaults } from './vault-key.js';
export { RepeatedFault } from './repeated-fault.js';
export { notThereYet, serverPatienceMs, whenThere } from './server-wait.js';
export { type Failpoint, failpoint, failpoints, failpointVariable } from './failpoint.js';

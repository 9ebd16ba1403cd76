import { createPrivateKey } from 'node:crypto';
import type { ProviderDeps, SettingsFault } from '../port/index.js';
import type { TokenIoSettings } from './settings.js';
import { algorithmOf, derivedKeyId } from './signature.js';

/** What the schema cannot say: which key Token.io takes, and that Basic is for the sandbox. */
export function reviewSettings(
  settings: TokenIoSettings,
  environment: ProviderDeps['environment'],
): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  const { key, basicSecret } = settings;
  if (basicSecret !== undefined && environment === 'production') {
    faults.push({ pointer: '/basicSecret', code: 'sandbox_only', message: 'is for the sandbox only: use a key' });
  }
  if (key === undefined) return faults;
  const privateKey = createPrivateKey(key.privateKeyPem);
  if (algorithmOf(privateKey) === null) {
    faults.push({ pointer: '/key/privateKeyPem', code: 'algorithm', message: 'must be an Ed25519, P-256 or RSA key' });
  } else if (key.id === undefined && derivedKeyId(privateKey) === null) {
    faults.push({
      pointer: '/key/id',
      code: 'required',
      message: 'is required: only the id of an Ed25519 key follows from it',
    });
  }
  return faults;
}

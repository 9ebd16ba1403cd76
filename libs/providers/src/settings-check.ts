import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type ErrorObject } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { default as ajvFormats } from 'ajv-formats';
import type { ProviderDeps, SettingsFault } from './port/index.js';
import type { RegisteredProvider } from './registry.js';

/** One thing that is wrong with a connection's settings; `code` is the JSON Schema keyword that failed, or the provider's. */
export type SettingsFinding = SettingsFault;

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
// The package is CommonJS: under Node its default export is the plug-in itself, in the types it is one level deeper.
ajvFormats.default(ajv);
ajv.addFormat(
  'pem-certificate',
  reads((text) => new X509Certificate(text)),
);
ajv.addFormat(
  'pem-private-key',
  reads((text) => createPrivateKey(text)),
);
ajv.addFormat(
  'pem-public-key',
  reads((text) => createPublicKey(text)),
);
ajv.addFormat('pem-rsa-private-key', isRsa(createPrivateKey));
ajv.addFormat('pem-rsa-public-key', isRsa(createPublicKey));

const compiled = new WeakMap<RegisteredProvider, ValidateFunction>();

/** What is wrong with `settings` (secrets included) for this provider; empty when nothing is. */
export function validateSettings(
  definition: RegisteredProvider,
  settings: unknown,
  environment: ProviderDeps['environment'] = 'sandbox',
): readonly SettingsFinding[] {
  let validate = compiled.get(definition);
  if (!validate) {
    validate = ajv.compile(definition.settings);
    compiled.set(definition, validate);
  }
  // What the provider has to say is about settings that are well formed.
  if (validate(settings)) return definition.review?.(settings, environment) ?? [];
  return (validate.errors ?? []).map(finding);
}

const expectations: Readonly<Record<string, string>> = {
  'pem-certificate': 'a certificate in PEM form (-----BEGIN CERTIFICATE-----)',
  'pem-private-key': 'an unencrypted private key in PEM form (PKCS #8, -----BEGIN PRIVATE KEY-----)',
  'pem-public-key': 'a public key in PEM form (-----BEGIN PUBLIC KEY-----)',
  'pem-rsa-private-key':
    'an unencrypted private RSA key of 2048 bits or more in PEM form (PKCS #8, -----BEGIN PRIVATE KEY-----)',
  'pem-rsa-public-key': 'a public RSA key of 2048 bits or more in PEM form (-----BEGIN PUBLIC KEY-----)',
  uri: 'an absolute URL',
};

function finding(error: ErrorObject): SettingsFinding {
  const { keyword, params, instancePath } = error;
  const named: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  const pointer = typeof named === 'string' ? `${instancePath}/${escapePointer(named)}` : instancePath;
  return { pointer, code: keyword, message: explain(error) };
}

function explain({ keyword, params, message = 'is not valid' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not a setting of this provider';
    case 'enum':
      return `must be one of ${JSON.stringify(params['allowedValues'])}`;
    case 'format':
      return `must be ${expectations[String(params['format'])] ?? `a valid ${String(params['format'])}`}`;
    default:
      return message;
  }
}

function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Of what an RSA signature needs today (NIST SP 800-131A revision 2, section 3). */
const fewestRsaBits = 2048;

function isRsa(read: (text: string) => KeyObject): (text: string) => boolean {
  return (text) => {
    try {
      const { asymmetricKeyType, asymmetricKeyDetails } = read(text);
      return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= fewestRsaBits;
    } catch {
      return false;
    }
  };
}

function reads(read: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  };
}

import { generateKeyPairSync } from 'node:crypto';
import type { TribeSettings } from './settings.js';

/** A certificate that nobody trusts; the key that belonged to it was thrown away. */
const certificatePem = `-----BEGIN CERTIFICATE-----
MIIBZzCCARmgAwIBAgIUXMlBROI+mFRJcX7hhVVfjJmNpiYwBQYDK2VwMCgxFDAS
BgNVBAoMC0V4YW1wbGUgVFBQMRAwDgYDVQQDDAdFeGFtcGxlMCAXDTI2MTEyMTA0
MTU1NloYDzIxMjYxMDI4MDQxNTU2WjAoMRQwEgYDVQQKDAtFeGFtcGxlIFRQUDEQ
MA4GA1UEAwwHRXhhbXBsZTAqMAUGAytlcAMhAMmIleZKXPhGQiol00gDLFyaAxrf
jX1PzCg5AUnUgPlfo1MwUTAdBgNVHQ4EFgQUtmH+zsqebJ8sqp3q5134nQ1lHFEw
HwYDVR0jBBgwFoAUtmH+zsqebJ8sqp3q5134nQ1lHFEwDwYDVR0TAQH/BAUwAwEB
/zAFBgMrZXADQQDNV+gxC8JOy7NPITJZ7mrFwZXkOih3LFuVQbTlB+rC8JqRMDGT
mlTTq+b8oZN8ltspcNYEekhsSVvCn239d6QK
-----END CERTIFICATE-----`;

let made: { readonly privateKeyPem: string; readonly publicKeyPem: string } | undefined;

/** Made when first looked at: an RSA key takes its time. */
function keys() {
  if (made) return made;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  made = {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
  return made;
}

/** Settings that the schema takes and nobody could call with, for the capabilities of the catalogue. */
export const exampleSettings: TribeSettings = {
  tpp: {
    baseUrl: 'https://tpp-api.example.com/tpp/v2',
    authorizeUrl: 'https://tpp-api.example.com/oauth/authorize',
    tokenUrl: 'https://tpp-api.example.com/oauth/token',
    clientId: 'example',
    certificatePem,
    get privateKeyPem() {
      return keys().privateKeyPem;
    },
    get tobPublicKeyPem() {
      return keys().publicKeyPem;
    },
  },
  bank: {
    baseUrl: 'https://bank-api.example.com/bank/v2',
    apiKey: 'example',
    get privateKeyPem() {
      return keys().privateKeyPem;
    },
    get tobPublicKeyPem() {
      return keys().publicKeyPem;
    },
    institution: { name: 'Example Bank', bic: 'EXAMGB2LXXX', country: 'GB' },
  },
};

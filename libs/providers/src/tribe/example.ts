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

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const tobPublicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Settings that the schema takes and nobody could call with, for the capabilities of the catalogue. */
export const exampleSettings: TribeSettings = {
  tpp: {
    baseUrl: 'https://tpp-api.example.com/tpp/v2',
    authorizeUrl: 'https://tpp-api.example.com/oauth/authorize',
    tokenUrl: 'https://tpp-api.example.com/oauth/token',
    clientId: 'example',
    certificatePem,
    privateKeyPem,
    tobPublicKeyPem,
  },
  bank: {
    baseUrl: 'https://bank-api.example.com/bank/v2',
    apiKey: 'example',
    privateKeyPem,
    tobPublicKeyPem,
    institution: { name: 'Example Bank', bic: 'EXAMGB2LXXX', country: 'GB' },
  },
};

import type { TellConnectSettings } from './settings.js';

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
-----END CERTIFICATE-----
`;

/** Settings that the schema takes and nobody could call with, for the capabilities of the catalogue. */
export const exampleSettings: TellConnectSettings = {
  baseUrl: 'https://pockit.example.com/v1',
  clientId: 'example',
  clientSecret: 'example',
  applicationId: '00000000-0000-4000-8000-000000000000',
  certificatePem,
  institution: { name: 'Pockit', country: 'GB' },
};

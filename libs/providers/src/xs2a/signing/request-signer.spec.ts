import { createHash, verify, X509Certificate } from 'node:crypto';
import type { SeenRequest } from '../../../../../test/upstream.js';
import { pem } from '../../../../../test/certificates.js';
import {
  callback,
  consentOrder,
  context,
  heldPayment,
  now,
  sample,
  startXs2a,
  type TestXs2a,
} from '../../../../../test/xs2a.js';
import { keyIdOf } from './request-signer.js';

// The bank's side is written here once more, by the framework's rules and without our code: it must be able to refuse us.

const path = '/v1/payments/sepa-credit-transfers';
const qseal = { certificatePem: pem('qseal'), privateKeyPem: pem('qseal-key') };
let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a({ qseal });
  xs2a.bank.on(`POST ${path}`, sample('payment-created', 201));
  xs2a.bank.on('POST /v1/consents', sample('consent-created', 201));
});
afterEach(() => xs2a.stop());

async function sent(): Promise<SeenRequest> {
  await xs2a.payments.initiate(heldPayment({ psu: { id: 'anna', corporateId: 'ACME' } }), callback, context);
  const request = xs2a.bank.seen.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
}

/** The parameters of a Signature header: quoted strings (RFC 9110 section 5.6.4), separated by commas. */
function parametersOf({ headers }: SeenRequest): Readonly<Record<string, string>> {
  const pairs = [...String(headers['signature']).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value.replaceAll(/\\(.)/g, '$1')]));
}

/** Whether the bank would believe a request. */
function believed(request: SeenRequest): boolean {
  const { headers, body } = request;
  const certificate = new X509Certificate(Buffer.from(String(headers['tpp-signature-certificate']), 'base64'));
  const { algorithm, headers: names = '', signature = '' } = parametersOf(request);
  const [digest, hash] =
    algorithm === 'rsa-sha512' ? (['SHA-512', 'sha512'] as const) : (['SHA-256', 'sha256'] as const);
  if (headers['digest'] !== `${digest}=${createHash(hash).update(body).digest('base64')}`) return false;
  const lines = names.split(' ').map((name) => `${name}: ${String(headers[name])}`);
  return verify(hash, Buffer.from(lines.join('\n')), certificate.publicKey, Buffer.from(signature, 'base64'));
}

it('signs what the framework wants signed, with a key id from the certificate', async () => {
  const request = await sent();
  expect(parametersOf(request)).toMatchObject({
    keyId: String.raw`SN=af3c07e,CA=CN=Test%20CA%201,O=Test%20Trust\,%20Ltd.,C=DE`,
    algorithm: 'rsa-sha256',
    headers: 'digest x-request-id psu-id psu-corporate-id tpp-redirect-uri',
  });
  expect(believed(request)).toBe(true);
});

// Negative control: one altered header, one altered byte of the body, and nobody believes it.
it.each<[string, (request: SeenRequest) => SeenRequest]>([
  ['psu-id', (request) => ({ ...request, headers: { ...request.headers, 'psu-id': 'berta' } })],
  ['x-request-id', (request) => ({ ...request, headers: { ...request.headers, 'x-request-id': callback.url } })],
  [
    'tpp-redirect-uri',
    (request) => ({ ...request, headers: { ...request.headers, 'tpp-redirect-uri': 'https://evil.example' } }),
  ],
  ['the body', (request) => ({ ...request, body: request.body.replace('12.50', '92.50') })],
  [
    'the body with its digest',
    (request) => {
      const body = request.body.replace('12.50', '92.50');
      const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
      return { ...request, body, headers: { ...request.headers, digest } };
    },
  ],
])('is not believed with another %s', async (_, alter) => {
  const request = await sent();
  expect(alter(request)).not.toEqual(request);
  expect(believed(alter(request))).toBe(false);
});

it('signs calls without a body, and only the headers that they have', async () => {
  xs2a.bank.on('GET /v1/consents/con-7', sample('consent-valid'));
  const { reference, continuation } = await xs2a.accounts.createConsent(consentOrder(), context);
  await xs2a.accounts.readConsent({ ...consentOrder(), reference, continuation }, context);
  const request = xs2a.bank.seen.at(-1);
  if (!request) throw new Error('nothing was sent');
  expect(request.headers['digest']).toBe('SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  expect(parametersOf(request)['headers']).toBe('digest x-request-id');
  expect(believed(request)).toBe(true);
});

it('signs as the profile says', async () => {
  xs2a = xs2a.with({
    qseal: { ...qseal, algorithm: 'rsa-sha512' },
    profile: {
      signedHeaders: ['Date', 'Digest', 'TPP-Redirect-URI', 'X-Request-ID', 'Consent-ID'],
      signatureKeyId: 'key-1',
    },
  });
  const request = await sent();
  expect(request.headers['date']).toBe(now.toUTCString());
  expect(request.headers['digest']).toMatch(/^SHA-512=/);
  expect(parametersOf(request)).toMatchObject({
    keyId: 'key-1',
    algorithm: 'rsa-sha512',
    headers: 'date digest tpp-redirect-uri x-request-id',
  });
  expect(believed(request)).toBe(true);
});

it.each([
  ['belong to another certificate', { ...qseal, certificatePem: pem('client') }, /do not belong together/],
  ['be no RSA key', { certificatePem: pem('client'), privateKeyPem: pem('client-key') }, /RSA/],
])('sends nothing with a key that would %s', async (_, seal, message) => {
  xs2a = xs2a.with({ qseal: seal });
  const error: unknown = await xs2a.payments
    .initiate(heldPayment(), callback, context)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: 'unauthorised', message: expect.stringMatching(message) as string });
  expect(xs2a.bank.seen).toHaveLength(0);
});

it.each([
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_MISSING',
  'CERTIFICATE_INVALID',
  'SIGNATURE_INVALID',
  'SIGNATURE_MISSING',
  'ROLE_INVALID',
])('is told that the fault is ours: %s', async (code) => {
  xs2a.bank.on(`POST ${path}`, { status: 401, json: { tppMessages: [{ category: 'ERROR', code }] } });
  await expect(xs2a.payments.initiate(heldPayment(), callback, context)).rejects.toMatchObject({
    kind: 'unauthorised',
    facts: { upstream: { code } },
  });
});

it('tells when the certificates end, and signs nothing without a seal', async () => {
  const tls = { certificatePem: pem('client'), privateKeyPem: pem('client-key') };
  expect(xs2a.with({ tls }).provider.certificates).toEqual([
    { purpose: 'mutual TLS', notAfter: new Date(new X509Certificate(tls.certificatePem).validTo) },
    { purpose: 'request signing', notAfter: new Date('2126-10-28T02:23:24Z') },
  ]);
  const plain = await startXs2a();
  plain.bank.on(`POST ${path}`, sample('payment-created', 201));
  await plain.payments.initiate(heldPayment(), callback, context);
  expect(Object.keys(plain.bank.seen[0]?.headers ?? {}).join()).not.toMatch(/signature|digest/);
  await plain.stop();
});

it('writes what a header cannot carry in percent signs', () => {
  expect(keyIdOf({ serial: '9fa1', issuer: 'CN=Bücher CA,C=DE' })).toBe('SN=9fa1,CA=CN=B%C3%BCcher%20CA,C=DE');
});

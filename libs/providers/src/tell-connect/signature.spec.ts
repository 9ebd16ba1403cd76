import { createHmac } from 'node:crypto';
import { exampleSettings } from './example.js';
import type { Assumptions } from './settings.js';
import { createSigner, type SignableCall } from './signature.js';

/*
 * The vectors were made with OpenSSL, not by this code:
 * printf '%s.%s' <header> <payload> | openssl dgst -sha256 -mac HMAC -macopt hexkey:<bytes of the certificate> -binary
 *
 * Negative control of the refusals, carried out once: `verify` with one of its checks taken out fails the rows of
 * that check.
 */

const certificatePem =
  '-----BEGIN CERTIFICATE-----\nMIIBODCB66ADAgECAgEBMAUGAytlcDBDMQswCQYDVQQGEwJHQjEVMBMGA1UEChMM\n-----END CERTIFICATE-----\n';
const applicationId = '9213fb7d-38ee-435f-83c2-3535898a6aef';
const now = new Date('2026-03-02T10:00:00Z');
const baseUrl = 'https://pockit.example.com/tell-connect/dev';

const signer = (assumptions: Assumptions = {}, more: object = {}) =>
  createSigner({ ...exampleSettings, baseUrl, applicationId, certificatePem, assumptions, ...more }, () => now);
const call = (path: string, payload?: object): SignableCall => ({
  url: new URL(`${baseUrl}${path}`),
  payload: payload && JSON.stringify(payload),
});

const read = call('/accounts/12345678/balance');
const intent = call('/auth', {
  aspsp: '8ddb14f1-fecd-41fe-90b7-f8fbda9494ac',
  uuid: 'c0fd407d-134b-4091-8e04-ab49a98db217',
  scope: 'aisp',
  sandbox_sca: true,
});
const form = call('/access-token', { grant_type: 'authorization_code', code: '7cfa670a-959c-43d0-bedd-28d744233151' });

const header =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImFwcCI6IjkyMTNmYjdkLTM4ZWUtNDM1Zi04M2MyLTM1MzU4OThhNmFlZiIsInBhdGgiOiIv';
const vectors = [
  [
    'a read',
    read,
    `${header}YWNjb3VudHMvMTIzNDU2NzgvYmFsYW5jZSIsImlhdCI6MTc3MjQ0NTYwMH0.e30.HIc0ocxNeI2WhFSGryGN3rnw3FzO_ehjs3LoXTBKmkI`,
  ],
  [
    'an intent',
    intent,
    `${header}YXV0aCIsImlhdCI6MTc3MjQ0NTYwMH0.eyJhc3BzcCI6IjhkZGIxNGYxLWZlY2QtNDFmZS05MGI3LWY4ZmJkYTk0OTRhYyIsInV1aWQiOiJjMGZkNDA3ZC0xMzRiLTQwOTEtOGUwNC1hYjQ5YTk4ZGIyMTciLCJzY29wZSI6ImFpc3AiLCJzYW5kYm94X3NjYSI6dHJ1ZX0.EHAFcyRA4jQuCIJIcQdw9fmzmiPaAMEKTO1KZ1TzTlA`,
  ],
  [
    'a form, as JSON',
    form,
    `${header}YWNjZXNzLXRva2VuIiwiaWF0IjoxNzcyNDQ1NjAwfQ.eyJncmFudF90eXBlIjoiYXV0aG9yaXphdGlvbl9jb2RlIiwiY29kZSI6IjdjZmE2NzBhLTk1OWMtNDNkMC1iZWRkLTI4ZDc0NDIzMzE1MSJ9.3lh9tY16E5CT3fbqTnHcpWFewN9Opz2EviHiKmPTNVc`,
  ],
] as const;

const decode = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Another header or payload under a MAC that is right for it. */
function forged(change: Record<string, unknown>, payload: unknown = {}, key = certificatePem): string {
  const signed = `${encode({ ...decode(vectors[0][2].split('.')[0]), ...change })}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

describe('the signature of a call', () => {
  it.each(vectors)('is this one for %s, and is accepted as that', (_, signed, token) => {
    expect(signer().sign(signed)).toBe(token);
    expect(signer().verify(token, signed)).toBeNull();
  });

  it('has its header members in this order', () => {
    const [head] = signer().sign(read).split('.');
    expect(Object.keys(decode(head))).toEqual(['alg', 'typ', 'app', 'path', 'iat']);
  });

  it.each([
    ['https://bank.example.com/v1', '/accounts', '/accounts'],
    ['https://bank.example.com/v12/', '/accounts', '/accounts'],
    ['https://bank.example.com/mounted/dev', '/accounts', '/accounts'],
    ['https://bank.example.com', '/accounts', '/accounts'],
    ['https://bank.example.com/open', '/accounts', '/open/accounts'],
    ['https://bank.example.com/v1', '/accounts/v1/dev', '/accounts/v1/dev'],
    ['https://bank.example.com/v1', '/accounts/a%20B', '/accounts/a%20B'],
  ])('covers the path without host and version: %s%s', (base, path, covered) => {
    const url = new URL(`${base.replace(/\/$/, '')}${path}?page=2`);
    const [head] = signer({}, { baseUrl: base }).sign({ url, payload: undefined }).split('.');
    expect(decode(head)['path']).toBe(covered);
  });

  it('has the bytes of the certificate as its key, the last line feed too', () => {
    const trimmed = signer({ certificateKey: 'trimmed' });
    expect(trimmed.sign(read)).not.toBe(vectors[0][2]);
    expect(trimmed.verify(vectors[0][2], read)).toBe('mac');
  });

  const [, , good] = vectors[0];
  const swapped = Buffer.from(good.split('.')[2] ?? '', 'base64url');
  swapped.writeUInt8(swapped.readUInt8(7) ^ 1, 7);
  it.each([
    ['one altered byte of the MAC', `${good.split('.').slice(0, 2).join('.')}.${swapped.toString('base64url')}`, 'mac'],
    ['one altered byte of the header', good.replace('MTIzNDU2Nzgv', 'MTIzNDU2Nzkv'), 'mac'],
    ['another key', forged({}, {}, `${certificatePem} `), 'mac'],
    ['no MAC', `${good.split('.').slice(0, 2).join('.')}.`, 'mac'],
    ['another path', forged({ path: '/accounts/87654321/balance' }), 'path'],
    ['another application', forged({ app: 'a077e84b-a815-4ed3-81c0-8f85d55e7c47' }), 'application'],
    ['an old iat', forged({ iat: now.getTime() / 1_000 - 301 }), 'time'],
    ['an iat to come', forged({ iat: now.getTime() / 1_000 + 301 }), 'time'],
    ['an iat as text', forged({ iat: '1772445600' }), 'time'],
    ['alg none', forged({ alg: 'none' }), 'algorithm'],
    ['alg none without a MAC', `${forged({ alg: 'none' }).split('.').slice(0, 2).join('.')}.`, 'algorithm'],
    ['a swapped alg', forged({ alg: 'HS512' }), 'algorithm'],
    ['an alg in other letters', forged({ alg: 'hs256' }), 'algorithm'],
    ['another payload', forged({}, { amount: '1' }), 'payload'],
    ['two parts', good.split('.').slice(0, 2).join('.'), 'form'],
    ['padding', `${good}=`, 'form'],
    ['a header that is no object', `${encode([])}.e30.AA`, 'form'],
  ])('is refused for %s', (_, token, fault) => {
    expect(signer().verify(token, read)).toBe(fault);
  });

  it('compares payloads as JSON, not as text', () => {
    const token = forged({ path: '/auth' }, { b: [1, { d: 2, c: 3 }], a: 'x' });
    expect(
      signer().verify(token, { url: new URL(`${baseUrl}/auth`), payload: '{ "a":"x", "b":[1,{"c":3,"d":2}] }' }),
    ).toBeNull();
  });

  it.each([
    [{ bodilessPayload: 'empty' }, 1, ''],
    [{ bodilessPayload: 'query' }, 1, Buffer.from('{"page":"2"}').toString('base64url')],
  ] as const)('follows the settings %j', (assumptions, part, text) => {
    const token = signer(assumptions).sign({ url: new URL(`${baseUrl}/accounts?page=2`), payload: undefined });
    expect(token.split('.')[part]).toBe(text);
    const classic = signer({ signatureEncoding: 'base64', issuedAt: 'milliseconds', signedPath: 'pathAndQuery' });
    const [head = ''] = classic.sign({ url: new URL(`${baseUrl}/accounts?page=2`), payload: undefined }).split('.');
    expect(JSON.parse(Buffer.from(head, 'base64').toString())).toMatchObject({
      path: '/accounts?page=2',
      iat: now.getTime(),
    });
  });
});

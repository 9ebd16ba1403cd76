import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { compactVerify, flattenedVerify } from 'jose';
import { reviewSettings } from './settings-review.js';
import type { TokenIoSettings } from './settings.js';
import { createAuthorizer, derivedKeyId, type SignedRequest } from './signature.js';

// RFC 8032 section 7.1, TEST 1: everybody's key.
const privateKeyPem = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  format: 'jwk',
})
  .export({ type: 'pkcs8', format: 'pem' })
  .toString();
const publicKey = createPublicKey(createPrivateKey(privateKeyPem));

const settings: TokenIoSettings = {
  baseUrl: 'https://api.token.io',
  memberId: 'm:nP4w3u5y8ddrxDJkjimgSX9e4fZ:5zKtXEAq',
  key: { privateKeyPem },
};
const now = new Date('2026-01-01T00:00:00.000Z');
const body = '{"embeddedAuth":{"123":"SMS message"}}';
const request: SignedRequest = {
  method: 'POST',
  url: new URL('https://api.token.io/v2/payments/pm2:12345abcd:abcd/embedded-auth?x=1'),
  body,
};
const signed = (more: Partial<TokenIoSettings> = {}, of: SignedRequest = request): string =>
  createAuthorizer({ ...settings, ...more }, () => now)(of).replace('Bearer ', '');

/** What Token.io has to check, written from its documentation alone: signature first, then each claim. */
async function judge(
  token: string,
  seen: {
    readonly method: string;
    readonly path: string;
    readonly body: string;
    readonly mid: string;
    readonly at: Date;
  },
  key: KeyObject = publicKey,
): Promise<string> {
  const [header = '', middle = '', signature = ''] = token.split('.');
  const payload = Buffer.from(seen.body, 'utf8').toString('base64url');
  if (middle !== '' && middle !== payload) return 'body';
  try {
    const { protectedHeader } = await flattenedVerify({ protected: header, payload, signature }, key, {
      algorithms: ['EdDSA', 'ES256', 'RS256'],
    });
    const claims: Readonly<Record<string, unknown>> = { ...protectedHeader };
    if (claims['mid'] !== seen.mid) return 'member';
    if (claims['method'] !== seen.method || claims['path'] !== seen.path) return 'path';
    return Number(claims['exp']) > seen.at.getTime() ? 'accepted' : 'expired';
  } catch {
    return 'signature';
  }
}

const seen = {
  method: 'POST',
  path: '/v2/payments/pm2:12345abcd:abcd/embedded-auth',
  body,
  mid: settings.memberId,
  at: now,
};

describe('the signature of a request', () => {
  // Made with OpenSSL, not by this code.
  it('is this one for this request: header members in their order, body detached', () => {
    const [header = '', middle, signature] = signed().split('.');
    expect(Buffer.from(header, 'base64url').toString()).toBe(
      '{"alg":"EdDSA","kid":"If4x36FUomFia_hU","mid":"m:nP4w3u5y8ddrxDJkjimgSX9e4fZ:5zKtXEAq","host":"api.token.io",' +
        '"method":"POST","path":"/v2/payments/pm2:12345abcd:abcd/embedded-auth","exp":1767225900000}',
    );
    expect(middle).toBe('');
    expect(signature).toBe('H0LfDKyE1z50bR78YGNv8R5WEfaIaD29tDz5yRKSpx1m1pu8v_AjSPOrNPLmF7Bpkdu7SIBv2id-sp9s-NN7Dg');
  });

  it('is accepted by a judge that follows the documentation', async () => {
    expect(await judge(signed(), seen)).toBe('accepted');
    expect(await judge(signed({ assumptions: { jwsForm: 'attached', jwsExpiry: 'text' } }), seen)).toBe('accepted');
  });

  // The judge's own negative control: each of these was accepted by it once, with the one check taken out.
  it.each([
    ['one altered byte of the body', { body: body.replace('SMS', 'SMs') }, 'signature'],
    ['another path', { path: '/v2/payments/pm2:other:abcd/embedded-auth' }, 'path'],
    ['another method', { method: 'GET' }, 'path'],
    ['another member', { mid: 'm:other:5zKtXEAq' }, 'member'],
    ['an end that is over', { at: new Date(now.getTime() + 300_000) }, 'expired'],
  ])('does not hold for %s', async (_, changed, why) => {
    expect(await judge(signed(), { ...seen, ...changed })).toBe(why);
  });

  it.each([
    ['none', { alg: 'none' }],
    ['another algorithm', { alg: 'RS256' }],
  ])('does not hold with alg %s', async (_, change) => {
    const [header = '', , signature = ''] = signed().split('.');
    const claims: Record<string, unknown> = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...change };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(await judge(`${forged}..${signature}`, seen)).toBe('signature');
    expect(await judge(`${forged}..`, seen)).toBe('signature');
  });

  it('signs nothing as the body of a GET, and no query unless told', () => {
    const get = { method: 'GET', url: request.url };
    const claims = (token: string): unknown =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    expect(signed({}, get).split('.')[1]).toBe('');
    expect(claims(signed({}, get))).not.toHaveProperty('query');
    expect(claims(signed({ assumptions: { jwsQuery: 'signed' } }, get))).toMatchObject({ query: 'x=1' });
  });

  it.each([
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ] as const)('%s is JOSE, with the id that Token.io gave', async (alg, pair) => {
    const key = { id: 'key-1', privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    const token = signed({ key, assumptions: { jwsForm: 'attached' } });
    const { protectedHeader } = await compactVerify(token, pair.publicKey);
    expect(protectedHeader).toMatchObject({ alg, kid: 'key-1' });
    expect(await judge(token, seen)).toBe('signature');
  });

  it('has the key id of the documentation for the key of the documentation', () => {
    const pem = `-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGxDta2XXlr6Vxqk4kJq3+bLowoimRo+B52stoO7AWNg=\n-----END PUBLIC KEY-----\n`;
    expect(derivedKeyId(createPublicKey(pem))).toBe('_NouLPTuo7WBLBV6');
  });

  it('is Basic in the sandbox without a key, and such a connection is none for production', () => {
    const basic = { baseUrl: settings.baseUrl, memberId: settings.memberId, basicSecret: 'uuid-1' };
    const header = createAuthorizer(basic, () => now)(request);
    expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe(
      'm-nP4w3u5y8ddrxDJkjimgSX9e4fZ-5zKtXEAq:uuid-1',
    );
    expect(reviewSettings(basic, 'sandbox')).toEqual([]);
    expect(reviewSettings(basic, 'production')).toMatchObject([{ pointer: '/basicSecret' }]);
  });

  it('wants the id of a key that has none of its own', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    expect(reviewSettings({ ...settings, key }, 'sandbox')).toMatchObject([{ pointer: '/key/id' }]);
  });
});

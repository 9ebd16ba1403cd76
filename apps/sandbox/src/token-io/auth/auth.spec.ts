import { generateKeyPairSync } from 'node:crypto';
import { TokenMember, keyIdOf, newKeys, paymentBody, signature, type KeyName } from '../../../test/token-member.js';

// Each refusal stands beside the same call that is accepted without the one change, so that none passes for another
// reason. With `isSigned` answering true, the altered byte, the other key and the other body get through: seen once.

const ALGORITHMS: KeyName[] = ['ED25519', 'ECDSA_SHA256', 'RS256'];

describe('bearer tokens', () => {
  let tpp: TokenMember;
  beforeEach(async () => {
    tpp = await TokenMember.start();
  });
  afterEach(async () => tpp.app.close());

  it.each(ALGORITHMS)('%s: detached and attached are accepted, with and without a body', async (algorithm) => {
    const member = await TokenMember.enrol(tpp.app, '', {}, algorithm);
    expect((await member.call('GET', '/v2/payments?limit=1')).status).toBe(200);
    expect((await member.call('POST', '/v2/payments', paymentBody())).status).toBe(200);
    expect((await member.call('POST', '/v2/payments', paymentBody(), {}, { attached: true })).status).toBe(200);
  });

  it.each(ALGORITHMS)('%s: one altered byte of the signature is refused', async (algorithm) => {
    const member = await TokenMember.enrol(tpp.app, '', {}, algorithm);
    const alter = (token: string) => {
      const [head = '', payload = '', signed = ''] = token.split('.');
      const bytes = Buffer.from(signed, 'base64url');
      bytes[10] = (bytes[10] ?? 0) ^ 1;
      return `${head}.${payload}.${bytes.toString('base64url')}`;
    };
    const refused = await member.call('GET', '/banks', undefined, {}, { after: alter });
    expect(refused.status).toBe(401);
    expect(refused.json).toEqual({
      error: { message: expect.stringContaining('signature'), tokenTraceId: expect.any(String) },
    });
  });

  it('refuses a body of which one byte is another than what was signed, detached and attached', async () => {
    const signedBody = JSON.stringify(paymentBody({ amount: { value: '12.35', currency: 'EUR' } }));
    for (const attached of [false, true]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to see which one fails
      expect((await tpp.call('POST', '/v2/payments', paymentBody(), {}, { signedBody, attached })).status).toBe(401);
    }
    expect((await tpp.control('GET', '/ledger'))['counts']).toMatchObject({ refused: 2, accepted: 0, payments: 0 });
  });

  it.each([
    ['another path', { path: '/token-io/v2/banks' }],
    ['the path without the prefix', { path: '/banks' }],
    ['another method', { method: 'POST' }],
    ['another host', { host: 'api.token.io' }],
    ['a query that was not sent', { query: 'page=2' }],
    ['alg none', { alg: 'none' }],
    ['another algorithm than the key has', { alg: 'ES256' }],
    ['a symmetric algorithm', { alg: 'HS256' }],
    ['an expired token', { exp: Date.now() - 61_000 }],
    ['a token that lives too long', { exp: Date.now() + 12 * 60_000 }],
    ['seconds in the place of milliseconds', { exp: Math.round(Date.now() / 1000) + 300 }],
    ['no exp', { exp: undefined }],
    ['an unknown key', { kid: 'AAAAAAAAAAAAAAAA' }],
    ['an unknown member', { mid: 'm:nobody:5zKtXEAq' }],
    ['an extension that must be understood', { crit: ['b64'] }],
  ])('refuses %s', async (_name, header) => {
    expect((await tpp.call('GET', '/banks', undefined, {}, { header })).status).toBe(401);
    expect((await tpp.call('GET', '/banks')).status).toBe(200);
  });

  it('takes exp as a text, and a query that was signed', async () => {
    const header = { exp: String(Date.now() + 60_000), typ: 'JWT', query: 'page=1' };
    expect((await tpp.call('GET', '/banks?page=1', undefined, {}, { header })).status).toBe(200);
  });

  it('refuses alg none without a signature', async () => {
    const after = (token: string) => `${token.split('.')[0] ?? ''}..`;
    expect((await tpp.call('GET', '/banks', undefined, {}, { header: { alg: 'none' }, after })).status).toBe(401);
  });

  it('refuses a signature by the key of another member, under either name', async () => {
    const other = await tpp.another();
    const theirs = { signWith: other };
    expect((await tpp.call('GET', '/banks', undefined, {}, theirs)).status).toBe(401);
    const mixed = { ...theirs, header: { kid: other.keyId } };
    expect((await tpp.call('GET', '/banks', undefined, {}, mixed)).status).toBe(401);
    expect((await other.call('GET', '/banks')).status).toBe(200);
  });

  it('refuses ES256 in DER instead of r and s', async () => {
    const member = await TokenMember.enrol(tpp.app, '', {}, 'ECDSA_SHA256');
    const after = (token: string) => {
      const head = token.split('.')[0] ?? '';
      return `${head}..${signature('RS256', member.privateKey, `${head}.`)}`;
    };
    expect((await member.call('GET', '/banks', undefined, {}, { after })).status).toBe(401);
  });

  it('refuses nothing, another scheme, and rubbish', async () => {
    for (const authorization of [undefined, 'Digest x', 'Bearer', 'Bearer a.b', 'Bearer a.b.c.d', 'Bearer .x.y']) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to see which one fails
      expect((await tpp.send('GET', '/token-io/banks', headers)).status).toBe(401);
    }
  });
});

describe('Basic', () => {
  it('works in the sandbox, and not where the profile is like production', async () => {
    const tpp = await TokenMember.start();
    const basic = { authorization: tpp.basic };
    expect((await tpp.send('GET', '/token-io/banks', basic)).status).toBe(200);
    expect((await tpp.send('GET', '/token-io/banks', { authorization: `${tpp.basic.slice(0, -4)}AAAA` })).status).toBe(
      401,
    );
    await tpp.control('PUT', '/profile', { basic: false });
    expect((await tpp.send('GET', '/token-io/banks', basic)).status).toBe(401);
    await tpp.app.close();
  });
});

describe('keys', () => {
  it('has the key id of the documentation: 16 characters of the hash of the raw key', async () => {
    const tpp = await TokenMember.start();
    const publicKey =
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGxDta2XXlr6Vxqk4kJq3+bLowoimRo+B52stoO7AWNg=\n-----END PUBLIC KEY-----';
    const path = `/member/${tpp.memberId}/keys`;
    const added = await tpp.call('POST', path, { keyAlgorithm: 'ED25519', publicKey });
    expect(added.json).toEqual({ keyId: '_NouLPTuo7WBLBV6' });
    const raw = 'GxDta2XXlr6Vxqk4kJq3-bLowoimRo-B52stoO7AWNg';
    expect((await tpp.call('POST', path, { keyAlgorithm: 'ED25519', publicKey: raw })).json).toEqual(added.json);
    const listed = await tpp.call('GET', path);
    expect(listed.json).toMatchObject([{ key: [{ id: tpp.keyId }, { id: '_NouLPTuo7WBLBV6', publicKey: raw }] }]);
    await tpp.app.close();
  });

  it('enrols a second key, uses it, and does not know the first one when that is deleted', async () => {
    const tpp = await TokenMember.start();
    const path = `/member/${tpp.memberId}/keys`;
    const { publicKey, privateKey } = newKeys('ED25519');
    const keyId = keyIdOf(publicKey);
    const signWith = { privateKey, algorithm: 'ED25519' } as const;
    expect((await tpp.call('POST', path, { keyAlgorithm: 'ED25519', publicKey })).json).toEqual({ keyId });
    const second = { signWith, header: { kid: keyId } };
    expect((await tpp.call('DELETE', `${path}/${tpp.keyId}`, undefined, {}, second)).json).toEqual({});
    expect((await tpp.call('GET', '/banks')).status).toBe(401);
    expect((await tpp.call('GET', `${path}/${keyId}`, undefined, {}, second)).json).toEqual({
      key: [{ id: keyId, publicKey, keyAlgorithm: 'ED25519' }],
    });
    await tpp.app.close();
  });

  it('refuses a key of another kind, a weak key, and the keys of another member', async () => {
    const tpp = await TokenMember.start();
    const other = await tpp.another();
    const path = `/member/${tpp.memberId}/keys`;
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' });
    for (const body of [
      { keyAlgorithm: 'RS256', publicKey: newKeys('ED25519').publicKey },
      { keyAlgorithm: 'RS256', publicKey: String(weak) },
      { keyAlgorithm: 'ED25519', publicKey: 'rubbish' },
      { keyAlgorithm: 'HS256', publicKey: 'rubbish' },
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, to see which one fails
      expect((await tpp.call('POST', path, body)).status).toBe(400);
    }
    expect((await other.call('GET', path)).json).toMatchObject({ error: { errorCode: 'PermissionDenied' } });
    await tpp.app.close();
  });
});

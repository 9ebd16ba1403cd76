import { createHash, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { pem } from '../../../../test/certificates.js';
import { context, tokenStore } from '../../../../test/xs2a.js';
import { base, bearer, callback, sample, startTribe, type TestTribe, tribePayment } from '../../../../test/tribe.js';
import type { SeenRequest } from '../../../../test/upstream.js';
import { createRequestSigner, type UnsignedRequest } from './signature.js';

const settings = {
  baseUrl: 'https://tob.example/tpp/v2',
  authorizeUrl: 'https://tob.example/a',
  tokenUrl: 'https://tob.example/t',
  clientId: 'tpp-1',
  certificatePem: pem('qseal'),
  privateKeyPem: pem('qseal-key'),
};
const get: UnsignedRequest = {
  operation: 'listAccounts',
  traceId: 'trace-1',
  method: 'GET',
  url: new URL('https://tob.example/tpp/v2/accounts'),
  headers: { 'X-Request-Id': '1af7b333-7a06-41b1-8a61-e9a29fd069bc', 'X-Client-ID': 'tpp-1' },
  body: undefined,
};
const now = () => new Date('2026-03-02T10:00:00Z');

// Made with `openssl dgst -sha256 -sign` over the text that the documentation describes, without our code.
const signedGet =
  'cDHyxmWKqHPUZewHxWqSuvYRbvd9p5Cw8JV71qbyCqw/Scz5le9Jj1oM6BKKgteCHDXb/bQNkklAeg+p+iqyn/G8BvHKVVdISGZnUcebeGgNXTD/LB5Ex24xQD3TtVutG0wd5t/OGksPrrs3rB/w4l8bHJy1oEYfyUEq/bWAiKy1P+J6ad9clMOwIpGngr6aZ96uK3iZGC7KeyWlm7z+dBtyPBH8i7s9du7vdyws/e06uReGvmNU875qVLleOVIMW4uQakHdMBog/fscNTolE7WNBLJHPpckbqN6w8+7+9bDknYij7FgZFISYlu8L9wTNRfzVESMt4rfMDGJkd82Dg==';
const signedPost =
  'luNMaKv0MrJdXWHNx1C4eLIqdkIAJdH6wg6QPQAYMSyEh3weUnvKBy2t5HOdBZ2k3Ufrwx7bV7vfUsEN5ZUTjvT9K/OI3pxta9gBhj2xrXB+eyaKooIL0R5ImGNIOpYhljB4u3E15jFbk6hCuC6uSyrv1j9FhbJhZHnALTl5ceQ68ze/3l5WcCBHx2qrL/hmt3TnMjjEApFsJeCQfFqmd0m2VahtGd+gy824rUFZ9dRiywibLOFiTT8/BAHeQpFAElwjn9RwDYT5kpIxf3JA2VB0+etfy4mD4wtevHALwRPrzZgDwtbU/ttMfzK478Rj6rrKQU5HrqewaB/F3r87lg==';

describe('the headers of a signed call', () => {
  it('are those of a fixed vector, for a call without a body', async () => {
    expect(await createRequestSigner(settings, now)(get)).toEqual({
      Digest: 'SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      Signature: `keyId="SN=AF3C07E,CA=Test Trust, Ltd.",algorithm="rsa-sha256",headers="digest x-request-id x-client-id",signature="${signedGet}"`,
      'Tpp-Signature-Certificate': new X509Certificate(pem('qseal')).raw.toString('base64'),
    });
  });

  it('cover the bytes of a body', async () => {
    const headers = await createRequestSigner(settings, now)({ ...get, method: 'POST', body: '{"a":"ä"}' });
    expect(headers['Digest']).toBe('SHA-256=RudoTEsZRBFefyJ8ny0SdaPt94BqQNUj0cd+Dfl7NDI=');
    expect(headers['Signature']).toContain(`signature="${signedPost}"`);
  });

  // Negative control: whatever is covered and changed gives another signature; what is not covered does not.
  it.each<[string, Partial<UnsignedRequest>, boolean]>([
    ['another body', { body: '{}' }, false],
    ['another request id', { headers: { ...get.headers, 'X-Request-Id': 'x' } }, false],
    ['another client id', { headers: { ...get.headers, 'X-Client-ID': 'tpp-2' } }, false],
    ['another path, which is not covered', { url: new URL('https://tob.example/tpp/v2/payments') }, true],
  ])('with %s', async (_, change, same) => {
    const { Signature: signature = '' } = await createRequestSigner(settings, now)({ ...get, ...change });
    expect(signature.includes(signedGet)).toBe(same);
  });

  it('can cover the date, have another digest and key id', async () => {
    const signer = createRequestSigner(
      { ...settings, signedHeaders: ['digest', 'date'], digestAlgorithm: 'SHA-512', keyId: 'SN=13,CA=Tribe' },
      now,
    );
    const headers = await signer(get);
    expect(headers).toMatchObject({
      Date: 'Mon, 02 Mar 2026 10:00:00 GMT',
      Digest: expect.stringMatching(/^SHA-512=/),
    });
    expect(headers['Signature']).toContain('keyId="SN=13,CA=Tribe",algorithm="rsa-sha256",headers="digest date"');
  });

  it.each([
    ['another key than that of the certificate', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'together'],
    ['a key that is not RSA', generateKeyPairSync('ed25519'), 'RSA keys only'],
  ])('are refused with %s, before anything is sent', async (_, { privateKey }, why) => {
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect(createRequestSigner({ ...settings, privateKeyPem }, now)(get)).rejects.toThrow(why);
  });
});

describe('on the wire', () => {
  let tribe: TestTribe;
  beforeEach(async () => {
    tribe = await startTribe();
  });
  afterEach(() => tribe.stop());

  /** The hub's side, by its documentation and without our code. */
  function believed({ headers, body }: SeenRequest): boolean {
    const certificate = new X509Certificate(Buffer.from(String(headers['tpp-signature-certificate']), 'base64'));
    if (headers['digest'] !== `SHA-256=${createHash('sha256').update(body).digest('base64')}`) return false;
    const [, signature = ''] = /signature="([^"]+)"/.exec(String(headers['signature'])) ?? [];
    const lines = ['digest', 'x-request-id', 'x-client-id'].map((name) => `${name}: ${String(headers[name])}`);
    return verify('sha256', Buffer.from(lines.join('\n')), certificate.publicKey, Buffer.from(signature, 'base64'));
  }

  it('a payment is signed over the body that is sent, and one changed byte is noticed', async () => {
    tribe.hub.on(`POST ${base}/direct/payments/FIXTGB22`, sample('payment-created', 201));
    await tribe.payments.initiate(tribePayment({ tokens: tokenStore(bearer) }), callback, context);
    const request = tribe.hub.seen.at(-1);
    if (!request) throw new Error('nothing was sent');
    expect(believed(request)).toBe(true);
    expect(believed({ ...request, body: request.body.replace('12.50', '92.50') })).toBe(false);
    expect(request.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(request.headers['x-client-id']).toBe('tpp-1');
  });

  it('the directory is not signed unless the connection says so', async () => {
    await tribe.provider.institutions.list(context);
    expect(tribe.hub.seen.at(-1)?.headers).not.toHaveProperty('signature');
    await tribe.with({ signDirectory: true }).provider.institutions.list(context);
    expect(tribe.hub.seen.at(-1)?.headers).toHaveProperty('signature');
  });
});

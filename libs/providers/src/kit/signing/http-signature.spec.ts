import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { digestOf } from './digest.js';
import { presentNames, type SignableRequest, signatureHeader, signingString } from './http-signature.js';

// Key, message and signatures of draft-cavage-http-signatures-12, appendix C: made by others, published, worthless as a secret.
const key = createPrivateKey(`-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF
NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+F
UR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB
AoGBAJR8ZkCUvx5kzv+utdl7T5MnordT1TvoXXJGXK7ZZ+UuvMNUCdN2QPc4sBiA
QWvLw1cSKt5DsKZ8UETpYPy8pPYnnDEz2dDYiaew9+xEpubyeW2oH4Zx71wqBtOK
kqwrXa/pzdpiucRRjk6vE6YY7EBBs/g7uanVpGibOVAEsqH1AkEA7DkjVH28WDUg
f1nqvfn2Kj6CT7nIcE3jGJsZZ7zlZmBmHFDONMLUrXR/Zm3pR5m0tCmBqa5RK95u
412jt1dPIwJBANJT3v8pnkth48bQo/fKel6uEYyboRtA5/uHuHkZ6FQF7OUkGogc
mSJluOdc5t6hI1VsLn0QZEjQZMEOWr+wKSMCQQCC4kXJEsHAve77oP6HtG/IiEn7
kpyUXRNvFsDE0czpJJBvL/aRFUJxuRK91jhjC68sA7NsKMGg5OXb5I5Jj36xAkEA
gIT7aFOYBFwGgQAQkWNKLvySgKbAZRTeLBacpHMuQdl1DfdntvAyqpAZ0lY0RKmW
G6aFKaqQfOXKCyWoUiVknQJAXrlgySFci/2ueKlIE1QqIiLSZ8V8OlpFLRnb1pzI
7U1yQXnTAEFYM560yJlzUpOb1V4cScGd365tiSMvxLOvTA==
-----END RSA PRIVATE KEY-----`);
const publicKey = createPublicKey(key);
const body = '{"hello": "world"}';
const request: SignableRequest = {
  method: 'POST',
  url: new URL('https://example.com/foo?param=value&pet=dog'),
  headers: {
    Host: 'example.com',
    Date: 'Sun, 05 Jan 2014 21:31:40 GMT',
    'Content-Type': 'application/json',
    Digest: 'SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=',
    'Content-Length': '18',
    'PSU-ID': undefined,
  },
};
const basic = ['(request-target)', 'host', 'date'];
const all = [...basic, 'content-type', 'digest', 'content-length'];
const published = {
  basic:
    'qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=',
  all: 'vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=',
};
/** The same with SHA-512, of which nothing is published: `openssl dgst -sha512 -sign key.pem`, which with SHA-256 gives the above. */
const bySha512 = {
  basic:
    'fm5JGacGt6ly5v3qJBBeOec8JN+wSKNqxAza/fge9jvD0ahmg/kdlFApt2+5xfdU22nqlnLSVqaUJ4m5n7mCMWv3LHVbw1mVQj0A90UOObhosbWg4FyUnJ70pbPqNt9hH1pUUUSWpKjLK4UkDh0/jAKfOA1z3jI9KBJ0KwoSHvs=',
  all: 'L3kbd0GWG8MDI2x3el+E4EqNiz/G5NY+cQzynBkYJLyGR25EELMUODcbRh4oiihbQCetjjTAuoAh5HLnKtsz/wgbfhCZOa0cR7Uh0ReE/pBSAoEhmIuuwc/mYLBJWgEhU33B0scHz7UunL3QbxranDNWoysrTdNH12ys3mWYC3E=',
};

describe('fixed vectors', () => {
  it.each([
    ['basic', 'rsa-sha256', basic, published.basic],
    ['all headers', 'rsa-sha256', all, published.all],
    ['basic', 'rsa-sha512', basic, bySha512.basic],
    ['all headers', 'rsa-sha512', all, bySha512.all],
  ] as const)('are what we sign: %s, %s', async (_, algorithm, names, signature) => {
    expect(await signatureHeader({ key, keyId: 'Test', algorithm }, names, request)).toBe(
      `keyId="Test",algorithm="${algorithm}",headers="${names.join(' ')}",signature="${signature}"`,
    );
    expect(holds(names, request, signature, algorithm === 'rsa-sha512' ? 'sha512' : 'sha256')).toBe(true);
  });

  // Negative control: the published signature holds for nothing else.
  it.each<[string, readonly string[], SignableRequest]>([
    ['another value', basic, { ...request, headers: { ...request.headers, Date: 'Sun, 05 Jan 2014 21:31:41 GMT' } }],
    ['another path', basic, { ...request, url: new URL('https://example.com/foo?param=value&pet=cat') }],
    ['another method', basic, { ...request, method: 'PUT' }],
    ['another order', ['host', '(request-target)', 'date'], request],
    ['one name less', ['(request-target)', 'host'], request],
  ])('do not hold for %s', (_, names, altered) => {
    expect(holds(names, altered, published.basic)).toBe(false);
  });
});

describe('the signing string', () => {
  it('has one line per name, in lower case and trimmed, without a last line feed', () => {
    const spaced = { ...request, headers: { ...request.headers, Host: '  example.com\t' } };
    expect(signingString(['Host', 'Digest'], spaced)).toBe(
      'host: example.com\ndigest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=',
    );
  });

  it('is never over less than promised', () => {
    expect(() => signingString(['psu-id'], request)).toThrow('psu-id');
    expect(presentNames(['Digest', 'PSU-ID', '(request-target)'], request)).toEqual(['digest', '(request-target)']);
  });

  it('is signed as the bytes that go over the wire', async () => {
    const umlaut = { ...request, headers: { 'PSU-ID': 'jürgen' } };
    const header = await signatureHeader({ key, keyId: 'Test', algorithm: 'rsa-sha512' }, ['psu-id'], umlaut);
    const signature = /signature="([^"]+)"/.exec(header)?.[1] ?? '';
    const onTheWire = Buffer.from('psu-id: j\xfcrgen', 'latin1');
    expect(header).toContain('algorithm="rsa-sha512"');
    expect(verify('sha512', onTheWire, publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    expect(verify('sha256', onTheWire, publicKey, Buffer.from(signature, 'base64'))).toBe(false);
  });
});

it('writes names of issuers so that they can be read back', async () => {
  const header = await signatureHeader(
    { key, keyId: String.raw`SN=1,CA=O=Foo\, "Bar"`, algorithm: 'rsa-sha256' },
    basic,
    request,
  );
  expect(header).toContain(String.raw`keyId="SN=1,CA=O=Foo\\, \"Bar\"",algorithm=`);
});

describe('digests', () => {
  it.each([
    ['SHA-256', body, 'X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE='],
    ['SHA-256', undefined, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
    ['SHA-512', undefined, 'z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=='],
  ] as const)('%s of %j', (algorithm, content, expected) => {
    expect(digestOf(content, algorithm)).toBe(`${algorithm}=${expected}`);
    if (content !== undefined) expect(digestOf(Buffer.from(content), algorithm)).toBe(`${algorithm}=${expected}`);
  });

  it('are over bytes, not over characters', () => {
    expect(digestOf('é', 'SHA-256')).toBe(digestOf(Buffer.from([0xc3, 0xa9]), 'SHA-256'));
    expect(digestOf(`${body} `, 'SHA-256')).not.toBe(digestOf(body, 'SHA-256'));
  });
});

function holds(names: readonly string[], over: SignableRequest, signature: string, hash = 'sha256'): boolean {
  const text = Buffer.from(signingString(names, over), 'latin1');
  return verify(hash, text, publicKey, Buffer.from(signature, 'base64'));
}

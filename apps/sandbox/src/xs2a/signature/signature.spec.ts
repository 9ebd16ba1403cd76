import { X509Certificate, createHash, createPublicKey, createSign, randomUUID } from 'node:crypto';
import { Tpp, GLOBAL_CONSENT, code, href, order, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';
import { readSignatureHeader } from '../../kit/signature-header.js';
import { signatureHolds } from './verify-request.js';

interface Issued {
  certificate: string;
  privateKey: string;
  keyId: string;
  serial: string;
}

const CONSENTS = '/v1/consents';
const PAYMENTS = '/v1/payments/sepa-credit-transfers';

describe('signed requests', () => {
  let tpp: Tpp;
  let anna: TestCustomer;
  let seal: Issued;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('PUT', '/profile', { preset: 'signed-requests' });
    anna = await tpp.customer('anna.embedded');
    seal = await issue();
  });

  const issue = async (changes: Json = {}): Promise<Issued> =>
    (await tpp.control('POST', '/certificates', { purpose: 'qseal', ...changes })) as Json & Issued;

  interface Signing {
    seal?: Issued;
    hash?: '256' | '512';
    names?: string[];
    headers?: Record<string, string>;
    keyId?: string;
  }

  /** Signs by the Implementation Guidelines, without any code of the simulator. */
  const sign = (body: string, signing: Signing = {}): Record<string, string> => {
    const { hash = '256', headers = {} } = signing;
    const by = signing.seal ?? seal;
    const all: Record<string, string> = {
      'x-request-id': randomUUID(),
      digest: `SHA-${hash}=${createHash(`sha${hash}`).update(body).digest('base64')}`,
      ...headers,
    };
    const names =
      signing.names ??
      ['digest', 'x-request-id', 'psu-id', 'psu-corporate-id', 'tpp-redirect-uri'].filter((name) => name in all);
    const text = names.map((name) => `${name.toLowerCase()}: ${all[name.toLowerCase()] ?? ''}`).join('\n');
    const signature = createSign(`RSA-SHA${hash}`).update(text).sign(by.privateKey, 'base64');
    const keyId = (signing.keyId ?? by.keyId).replaceAll(/["\\]/g, String.raw`\$&`);
    return {
      ...all,
      signature: `keyId="${keyId}",algorithm="rsa-sha${hash}",headers="${names.join(' ')}",signature="${signature}"`,
      'tpp-signature-certificate': new X509Certificate(by.certificate).raw.toString('base64'),
    };
  };
  const send = async (method: 'GET' | 'POST', path: string, body: string, headers: Record<string, string>) =>
    tpp.send(
      method,
      `/xs2a${path}`,
      { ...(body === '' ? {} : { 'content-type': 'application/json' }), ...headers },
      body || undefined,
    );
  const create = async (signing: Signing = {}, change: (headers: Record<string, string>) => void = () => {}) => {
    const body = JSON.stringify(GLOBAL_CONSENT);
    const headers = sign(body, signing);
    change(headers);
    return send('POST', CONSENTS, body, headers);
  };
  const refusal = (answer: Reply) => [answer.status, code(answer)];

  it.each(['256', '512'] as const)('with SHA-%s are taken, with a body and without', async (hash) => {
    const answer = await create({
      hash,
      headers: { 'psu-id': anna.username, 'tpp-redirect-uri': 'https://tpp.example/b' },
    });
    expect(answer.status).toBe(201);
    const path = new URL(href(answer.json, 'self')).pathname.replace('/xs2a', '');
    const headers = sign('', { hash });
    if (hash === '256') {
      // The hash of nothing, as the specification prints it.
      expect(headers['digest']).toBe('SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    }
    expect((await send('GET', path, '', headers)).status).toBe(200);
  });

  it('name the TPP by its organisation, so that a renewed certificate is the same TPP', async () => {
    const answer = await create();
    const path = new URL(href(answer.json, 'status')).pathname.replace('/xs2a', '');
    expect((await send('GET', path, '', sign('', { seal: await issue() }))).status).toBe(200);
    const other = await issue({ organisationIdentifier: 'PSDFR-ACPR-99999' });
    expect(refusal(await send('GET', path, '', sign('', { seal: other })))).toEqual([403, 'CONSENT_UNKNOWN']);
  });

  // Control: with assertSignature() removed from verifyRequest() the altered header passes; with assertDigest() removed
  // the altered body does; with assertNames() removed the unsigned PSU-ID does.
  it('that were altered on the way are SIGNATURE_INVALID', async () => {
    const header = await create({ headers: { 'psu-id': anna.username } }, (headers) => {
      headers['psu-id'] = 'hugo.poor';
    });
    expect(refusal(header)).toEqual([401, 'SIGNATURE_INVALID']);
    const body = JSON.stringify(order(anna, '1.00'));
    const altered = await send('POST', PAYMENTS, body.replace('1.00', '9.00'), sign(body));
    expect(refusal(altered)).toEqual([401, 'SIGNATURE_INVALID']);
    expect(altered.text).toContain('Digest does not fit');
    const added = await create({}, (headers) => {
      headers['psu-id'] = anna.username;
    });
    expect(refusal(added)).toEqual([401, 'SIGNATURE_INVALID']);
    expect(added.text).toContain('psu-id must be signed');
    const { counts } = (await tpp.control('GET', '/ledger')) as { counts: Json };
    expect(counts).toMatchObject({ payments: 0, consents: 0 });
  });

  it('are refused with the first mistake in the order of the checks', async () => {
    const without = (name: string) => (headers: Record<string, string>) => {
      delete headers[name];
    };
    expect(refusal(await create({}, without('tpp-signature-certificate')))).toEqual([401, 'CERTIFICATE_MISSING']);
    const armour = (headers: Record<string, string>) => {
      headers['tpp-signature-certificate'] = 'LS0tLS1CRUdJTg==';
      delete headers['signature'];
    };
    expect(refusal(await create({}, armour))).toEqual([401, 'CERTIFICATE_INVALID']);
    const day = 86_400_000;
    const [validFrom, validTo] = [-3, -1].map((days) => new Date(Date.now() + days * day).toISOString());
    const expired = await issue({ validFrom, validTo, roles: [] });
    expect(refusal(await create({ seal: expired }, without('signature')))).toEqual([401, 'CERTIFICATE_EXPIRED']);
    const roleless = await issue({ roles: ['PSP_PI'] });
    expect(refusal(await create({ seal: roleless }, without('signature')))).toEqual([401, 'ROLE_INVALID']);
    expect(refusal(await create({ keyId: 'SN=1,CA=CN=x' }, without('signature')))).toEqual([401, 'SIGNATURE_MISSING']);
    const foreign = await create({ keyId: 'SN=1,CA=CN=x', names: ['digest'] });
    expect([refusal(foreign), foreign.text]).toEqual([[401, 'SIGNATURE_INVALID'], expect.stringContaining('keyId')]);
    const names = await create({ names: ['digest'] }, (headers) => {
      headers['digest'] = 'SHA-256=x';
    });
    expect(names.text).toContain('x-request-id must be signed');
    const digest = await create({}, (headers) => {
      headers['digest'] = 'MD5=x';
    });
    expect(digest.text).toContain('Digest must be');
  });

  it('by a blocked or revoked certificate, or one of an unknown authority, are refused', async () => {
    await tpp.control('POST', `/certificates/${seal.serial}`, { state: 'blocked' });
    expect(refusal(await create())).toEqual([401, 'CERTIFICATE_BLOCKED']);
    await tpp.control('POST', `/certificates/${seal.serial}`, { state: 'revoked' });
    expect(refusal(await create())).toEqual([401, 'CERTIFICATE_REVOKED']);
    await tpp.control('POST', `/certificates/${seal.serial}`, { state: 'good' });
    expect((await create()).status).toBe(201);
    const elsewhere = await Tpp.start();
    const stranger = (await elsewhere.control('POST', '/certificates', { purpose: 'qseal' })) as Json & Issued;
    expect(refusal(await create({ seal: stranger }))).toEqual([401, 'CERTIFICATE_INVALID']);
  });

  it('expire with the bank’s own clock', async () => {
    await tpp.control('POST', '/clock', { advanceSeconds: 400 * 86_400 });
    expect(refusal(await create())).toEqual([401, 'CERTIFICATE_EXPIRED']);
  });

  it('sign what the bank wants and nothing else', async () => {
    const date = { date: new Date().toUTCString() };
    const names = ['date', 'digest', 'x-request-id'];
    const extra = await create({ headers: date, names });
    expect([refusal(extra), extra.text]).toEqual([[401, 'SIGNATURE_INVALID'], expect.stringContaining('date')]);
    await tpp.control('PUT', '/profile', { preset: 'old-signed-requests' });
    expect((await create({ headers: date, names })).status).toBe(201);
    expect((await create({ headers: date, names: ['Date', 'Digest', 'X-Request-ID'] })).status).toBe(201);
    expect((await create()).text).toContain('date must be signed');
    expect((await create({ headers: date, names: [...names, 'digest'] })).text).toContain('twice');
  });

  it('answer unreadable Signature headers with 401', async () => {
    for (const signature of ['x', 'keyId="a', 'keyId="a",keyId="b"', 'keyId="a",algorithm="rsa-sha256"', '"', ',,,']) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await create({}, (headers) => {
        headers['signature'] = signature;
      });
      expect(refusal(answer)).toEqual([401, 'SIGNATURE_INVALID']);
    }
  });
});

describe('the Signature header', () => {
  it('is read with commas, escapes and equals signs inside the quotation marks', () => {
    const keyId = String.raw`SN=9a,CA=CN=X\,%20Y,O=\"Z\" \\Ltd`;
    expect(
      readSignatureHeader(`keyId="${keyId}", algorithm="RSA-SHA256",headers="Digest X-Request-ID",signature="AQI="`),
    ).toEqual({
      keyId: [keyId, String.raw`SN=9a,CA=CN=X,%20Y,O="Z" \Ltd`],
      algorithm: 'rsa-sha256',
      headers: ['digest', 'x-request-id'],
      signature: Buffer.from([1, 2]),
    });
  });
});

// Key, message and SHA-256 signatures of draft-cavage-http-signatures-12, appendix C; SHA-512 over the same by OpenSSL.
describe('fixed vectors', () => {
  const key = createPublicKey(`-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----`);
  const came: Readonly<Record<string, string>> = {
    '(request-target)': 'post /foo?param=value&pet=dog',
    host: 'example.com',
    date: 'Sun, 05 Jan 2014 21:31:40 GMT',
    'content-type': 'application/json',
    digest: 'SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=',
    'content-length': '18',
  };
  const basic = '(request-target) host date';
  const all = `${basic} content-type digest content-length`;
  const vectors = [
    [
      'rsa-sha256',
      basic,
      'qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=',
    ],
    [
      'rsa-sha256',
      all,
      'vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=',
    ],
    [
      'rsa-sha512',
      basic,
      'fm5JGacGt6ly5v3qJBBeOec8JN+wSKNqxAza/fge9jvD0ahmg/kdlFApt2+5xfdU22nqlnLSVqaUJ4m5n7mCMWv3LHVbw1mVQj0A90UOObhosbWg4FyUnJ70pbPqNt9hH1pUUUSWpKjLK4UkDh0/jAKfOA1z3jI9KBJ0KwoSHvs=',
    ],
    [
      'rsa-sha512',
      all,
      'L3kbd0GWG8MDI2x3el+E4EqNiz/G5NY+cQzynBkYJLyGR25EELMUODcbRh4oiihbQCetjjTAuoAh5HLnKtsz/wgbfhCZOa0cR7Uh0ReE/pBSAoEhmIuuwc/mYLBJWgEhU33B0scHz7UunL3QbxranDNWoysrTdNH12ys3mWYC3E=',
    ],
  ] as const;
  const holds = (algorithm: string, headers: string, signature: string, values = came) => {
    const read = readSignatureHeader(
      `keyId="Test",algorithm="${algorithm}",headers="${headers}",signature="${signature}"`,
    );
    if (typeof read === 'string') throw new Error(read);
    return signatureHolds(read, (name) => values[name] ?? '', key);
  };

  it.each(vectors)('%s over %s', (algorithm, headers, signature) => {
    expect(holds(algorithm, headers, signature)).toBe(true);
    // Negative controls: each holds for nothing else.
    const other = algorithm === 'rsa-sha256' ? 'rsa-sha512' : 'rsa-sha256';
    expect(holds(other, headers, signature)).toBe(false);
    expect(holds('rsa-sha1', headers, signature)).toBe(false);
    expect(holds(algorithm, headers, signature, { ...came, date: 'Sun, 05 Jan 2014 21:31:41 GMT' })).toBe(false);
    expect(holds(algorithm, headers.split(' ').toReversed().join(' '), signature)).toBe(false);
    expect(holds(algorithm, headers, `A${signature.slice(1)}`)).toBe(false);
  });
});

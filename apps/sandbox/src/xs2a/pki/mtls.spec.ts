import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { Tpp, GLOBAL_CONSENT, type Json } from '../../../test/tpp.js';

interface Door {
  url: string;
  serverAuthority: string;
}
interface Issued {
  certificate: string;
  privateKey: string;
  serial: string;
}

describe('TLS with client certificates', () => {
  let tpp: Tpp;
  let door: Door;

  beforeEach(async () => {
    tpp = await Tpp.start();
    door = (await tpp.control('POST', '/tls', {})) as Json & Door;
  });
  afterEach(async () => tpp.app.close());

  const issue = async (changes: Json = {}): Promise<Issued> =>
    (await tpp.control('POST', '/certificates', { purpose: 'qwac', ...changes })) as Json & Issued;
  /** `201`, `401 CODE`, or the error of the connection. */
  const create = async (client?: Issued): Promise<string> =>
    new Promise((resolve) => {
      const call = request(
        `${door.url}/xs2a/v1/consents`,
        {
          method: 'POST',
          agent: false,
          ca: door.serverAuthority,
          ...(client ? { cert: client.certificate, key: client.privateKey } : {}),
          headers: { 'x-request-id': randomUUID(), 'content-type': 'application/json' },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          answer.on('end', () => {
            const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
            const self = /"self":\{"href":"(https:\/\/localhost:\d+\/)/.exec(text)?.[1];
            resolve([answer.statusCode, code ?? self].join(' '));
          });
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) => resolve(`error ${error.code ?? error.message}`));
      call.end(JSON.stringify(GLOBAL_CONSENT));
    });

  it('is a second way in, with links of its own', async () => {
    expect(await create()).toBe(`201 ${door.url}/`);
    expect((await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT)).status).toBe(201);
  });

  // Control: without assertIdentified() in road.ts every one of these is 201.
  it('is wanted, and checked, by a bank that requires it', async () => {
    await tpp.control('PUT', '/profile', { preset: 'client-certificates' });
    expect(await create(await issue())).toBe(`201 ${door.url}/`);
    expect(await create()).toBe('401 CERTIFICATE_MISSING');
    const plain = await tpp.call('POST', '/v1/consents', GLOBAL_CONSENT);
    expect([plain.status, plain.text]).toEqual([401, expect.stringContaining('CERTIFICATE_MISSING')]);
    const day = 86_400_000;
    const [validFrom, validTo] = [-3, -1].map((days) => new Date(Date.now() + days * day).toISOString());
    expect(await create(await issue({ validFrom, validTo }))).toBe('401 CERTIFICATE_EXPIRED');
    expect(await create(await issue({ roles: ['PSP_IC'] }))).toBe('401 ROLE_INVALID');
    const client = await issue();
    await tpp.control('POST', `/certificates/${client.serial}`, { state: 'blocked' });
    expect(await create(client)).toBe('401 CERTIFICATE_BLOCKED');
    const elsewhere = await Tpp.start();
    const stranger = (await elsewhere.control('POST', '/certificates', { purpose: 'qwac' })) as Json & Issued;
    expect(await create(stranger)).toBe('401 CERTIFICATE_INVALID');
    const { certificate } = (await elsewhere.control('GET', '/authority')) as { certificate: string };
    door = (await tpp.control('POST', '/tls', { anchors: [certificate] })) as Json & Door;
    expect(await create(stranger)).toBe(`201 ${door.url}/`);
  });

  it('guards the token endpoint too, in the words of OAuth', async () => {
    await tpp.control('PUT', '/profile', { mtls: 'required' });
    const answer = await tpp.form('/oauth/token', { grant_type: 'password' });
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_client']);
  });

  it('lets nobody in without a trusted certificate when the handshake is strict', async () => {
    door = (await tpp.control('POST', '/tls', { handshake: 'strict' })) as Json & Door;
    expect(await create(await issue())).toBe(`201 ${door.url}/`);
    expect(await create()).toMatch(/^error /);
  });

  it('is shut and opened, and refuses what is no anchor or no port', async () => {
    expect(await tpp.control('DELETE', '/tls')).toMatchObject({ url: null });
    expect(await create()).toMatch(/^error ECONNREFUSED/);
    for (const [body, field] of [
      [{ anchors: ['x'] }, 'anchors[0]'],
      [{ port: 70_000 }, 'port'],
      [{ handshake: 'soft' }, 'handshake'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call('POST', '/__control/xs2a/tls', body);
      expect([answer.status, answer.json['field']]).toEqual([400, field]);
    }
    for (const [body, field] of [
      [{}, 'purpose'],
      [{ purpose: 'qseal', roles: ['KING'] }, 'roles[0]'],
      [{ purpose: 'qseal', validTo: 'x' }, 'validTo'],
      [{ purpose: 'qseal', validTo: '2000-01-01' }, 'validTo'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await tpp.call('POST', '/__control/xs2a/certificates', body);
      expect([answer.status, answer.json['field']]).toEqual([400, field]);
    }
  });
});

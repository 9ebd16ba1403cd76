import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { pem } from '../../../../test/certificates.js';
import { ProviderError } from '../port/index.js';
import { createUpstreamHttp, type UpstreamAnswer, type UpstreamHttp } from './http.js';
import { createTlsConnect, type TlsConnect, type TlsIdentity } from './tls-connect.js';

const open: UpstreamHttp[] = [];
const servers: Server[] = [];
const ours = { cert: pem('client'), key: pem('client-key'), ca: pem('ca') };
const alert = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
const expired = { cert: pem('expired'), key: pem('expired-key'), ca: pem('ca') };

afterEach(async () => {
  await Promise.all(open.splice(0).map((http) => http.close()));
  servers.splice(0).forEach((server) => server.close());
});

interface TlsBank {
  readonly origin: string;
  readonly handshakes: () => number;
  readonly requests: () => number;
}

/** A bank that wants a certificate of its authority. */
async function bank(): Promise<TlsBank> {
  let handshakes = 0;
  let requests = 0;
  const options = { cert: pem('server'), key: pem('server-key'), ca: pem('ca'), requestCert: true };
  const server = createServer({ ...options, rejectUnauthorized: true }, (_, response) => {
    requests += 1;
    response.end('{}');
  });
  server.on('secureConnection', () => (handshakes += 1));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, handshakes: () => handshakes, requests: () => requests };
}

it('opens one connection with our certificate and keeps it', async () => {
  const { origin, handshakes } = await bank();
  const http = client(origin, ours);
  for (let call = 0; call < 3; call += 1) {
    await expect(send(http, origin)).resolves.toMatchObject({ status: 200 });
    // The connection is free again when the answer's last event is over.
    await setImmediate();
  }
  expect(handshakes()).toBe(1);
});

it('trusts the authority of the bank, and no other', async () => {
  const { origin } = await bank();
  const { ca: _, ...withoutAuthority } = ours;
  await expect(failure(client(origin, withoutAuthority), origin)).resolves.toMatchObject({ kind: 'unavailable' });
});

it('says that certificate and key do not belong together, before anything is sent', async () => {
  const { origin, handshakes } = await bank();
  const error = await failure(client(origin, { ...ours, key: pem('expired-key') }), origin, true);
  expect(error.message).toContain('do not belong together');
  expect(error.kind).toBe('unauthorised');
  expect(handshakes()).toBe(0);
});

describe('a connection that ends right after the request', () => {
  // The alert comes when the request is on its way (TLS 1.3). Negative control: without `refusalOf` in the transport the first row is
  // `outcome-unknown`; with `refusalOf` answering for every closed connection, the second is `unauthorised`.
  it.each<[string, TlsIdentity, string, RegExp]>([
    ['with an alert about our certificate', { ca: ours.ca }, 'unauthorised', /refused.*ALERT_CERTIFICATE_REQUIRED/],
    ['without a word', expired, 'outcome-unknown', /Do not send it again/],
  ])('%s', async (_, identity, kind, message) => {
    const { origin, requests } = await bank();
    const error = await failure(client(origin, identity), origin, true);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(requests()).toBe(0);
  });
});

it('knows nothing of a connection on the port of a refused one', async () => {
  const { origin } = await bank();
  const tls = createTlsConnect({ ca: ours.ca }, 5_000, null);
  const earlier = await connected(tls, origin);
  const [refusal] = await once(earlier.socket, 'error');
  expect(refusal).toMatchObject({ code: alert });
  earlier.httpSocket.resetAndDestroy();
  await once(earlier.httpSocket, 'close');
  const later = await connected(tls, origin, earlier.ends.localPort);
  // Negative control, carried out: without forgetting the ends of a connection that opens, the end of the later one is taken for the
  // alert of the earlier one: "not sent" of a request that may have been read.
  expect(tls.refusalOf({ socket: later.ends })).toBeUndefined();
  await once(later.socket, 'error');
  expect(tls.refusalOf({ socket: later.ends })).toBe(alert);
});

/** A connection as undici opens one, and what undici tells of it when it ended unread. */
async function connected({ connect }: TlsConnect, origin: string, localPort?: number) {
  const { hostname, port, protocol } = new URL(origin);
  const httpSocket = createConnection({ host: hostname, port: Number(port), localPort });
  await once(httpSocket, 'connect');
  const socket = await new Promise<Socket>((resolve, reject) =>
    connect({ hostname, port, protocol, httpSocket }, (...[error, opened]) =>
      error === null ? resolve(opened) : reject(error),
    ),
  );
  const { localAddress, remoteAddress, remotePort } = socket;
  return {
    socket,
    httpSocket,
    ends: { localAddress, localPort: socket.localPort, remoteAddress, remotePort, bytesRead: 0 },
  };
}

function client(origin: string, tls: TlsIdentity): UpstreamHttp {
  const report = () => undefined;
  const options = { provider: 'spec', connectionId: 'cnn_1', origins: new Set([origin]), addresses: null, tls, report };
  const http = createUpstreamHttp({ ...options, now: () => new Date() });
  open.push(http);
  return http;
}

function send(http: UpstreamHttp, origin: string, movesMoney = false): Promise<UpstreamAnswer> {
  const request = { operation: 'spec', traceId: 't', method: 'POST', url: new URL(origin), headers: {} } as const;
  return http.send({ ...request, body: '{}', movesMoney });
}

async function failure(http: UpstreamHttp, origin: string, movesMoney = false): Promise<ProviderError> {
  const error: unknown = await send(http, origin, movesMoney).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw error ?? new Error('the call did not fail');
}

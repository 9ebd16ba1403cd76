import dns from 'node:dns';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { publicAddresses } from '@tributary/platform';
import { type ScriptedUpstream, startUpstream } from '../../../../test/upstream.js';
import { type AddressGuard, ProviderError } from '../port/index.js';
import { createUpstreamHttp, type UpstreamHttp } from './http.js';

/*
 * Negative control: without a guard (`null`) the same addresses are connected to. Carried out as well: with the guard's
 * `lookup` not handed to the connector, the names are reached; with `refusal` not asked, the literal addresses are.
 */

const open: UpstreamHttp[] = [];
let connections = 0;
let inside: Server;
let port: number;

beforeAll(async () => {
  inside = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '::', resolve));
  port = (inside.address() as AddressInfo).port;
});
beforeEach(() => {
  connections = 0;
  jest.spyOn(dns, 'lookup').mockImplementation(((name: string, _options: object, found: unknown) => {
    const address = name === 'rebound.example' ? resolutions.shift() : '127.0.0.1';
    if (typeof found === 'function') found(null, [{ address, family: 4 }]);
  }) as typeof dns.lookup);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map((http) => http.close()));
});
afterAll(() => new Promise<void>((resolve) => void inside.close(() => resolve())));

let resolutions: string[] = [];

const insides = ['127.0.0.1', '[::ffff:127.0.0.1]', '[::1]', '2130706433', 'localhost', 'internal.example'];

describe.each(['http', 'https'])('a link over %s that leads inside', (scheme) => {
  it.each([...insides, '169.254.169.254', '10.0.0.1', '[fd00::1]', '0.0.0.0'])(
    'to %s is refused, and nothing is connected to',
    async (host) => {
      const error = await failure(client(publicAddresses, scheme, host), scheme, host);
      expect(error).toMatchObject({ kind: 'unavailable' });
      expect(error.message).toContain('no public address');
      expect(connections).toBe(0);
    },
  );

  it.each(insides)('to %s gets there where private addresses are allowed (negative control)', async (host) => {
    await failure(client(null, scheme, host), scheme, host);
    expect(connections).toBe(1);
  });
});

describe('a name that changes its address (DNS rebinding)', () => {
  it('is judged by the address that is connected to, not by an earlier one', async () => {
    resolutions = ['93.184.216.34', '127.0.0.1'];
    const asked = await new Promise((resolve) => {
      dns.lookup('rebound.example', { all: true }, (_, addresses) => resolve(addresses));
    });
    expect(asked).toEqual([{ address: '93.184.216.34', family: 4 }]);
    const error = await failure(client(publicAddresses, 'http', 'rebound.example'), 'http', 'rebound.example');
    expect(error.message).toContain('no public address');
    expect({ connections, left: resolutions }).toEqual({ connections: 0, left: [] });
  });
});

describe('a connection that is open', () => {
  let bank: ScriptedUpstream;
  beforeAll(async () => void (bank = await startUpstream()));
  afterAll(() => bank.stop());

  it('is used again without asking the guard, and a redirect opens none', async () => {
    let asked = 0;
    const counting: AddressGuard = {
      lookup: publicAddresses.lookup,
      refusal: () => {
        asked += 1;
        return null;
      },
    };
    const { origin } = bank;
    bank.on('GET /', { json: {} });
    bank.on('GET /moved', { status: 307, text: '', headers: { location: `http://127.0.0.1:${port}/` } });
    const http = open[open.push(make(counting, origin)) - 1];
    for (let call = 0; call < 3; call += 1) {
      await http?.send(request(`${origin}/`));
      // The connection is free again when the answer's last event is over.
      await setImmediate();
    }
    await expect(http?.send(request(`${origin}/moved`))).rejects.toThrow('redirect');
    expect({ asked, connections }).toEqual({ asked: 1, connections: 0 });
  });
});

function make(addresses: AddressGuard | null, origin: string): UpstreamHttp {
  return createUpstreamHttp({
    provider: 'spec',
    connectionId: 'cnn_1',
    origins: new Set([origin]),
    addresses,
    connectMs: 1_000,
    now: () => new Date(),
    report: () => undefined,
  });
}

function client(addresses: AddressGuard | null, scheme: string, host: string): UpstreamHttp {
  const http = make(addresses, new URL(`${scheme}://${host}:${port}`).origin);
  open.push(http);
  return http;
}

function request(url: string) {
  return { operation: 'spec', traceId: 't', method: 'GET', url: new URL(url), headers: {} } as const;
}

async function failure(http: UpstreamHttp, scheme: string, host: string): Promise<ProviderError> {
  const error: unknown = await http.send(request(`${scheme}://${host}:${port}/`)).catch((cause: unknown) => cause);
  if (error instanceof ProviderError) return error;
  throw new Error('It was answered.');
}

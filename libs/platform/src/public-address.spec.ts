import dns from 'node:dns';
import { jest } from '@jest/globals';
import { Agent, request } from 'undici';
import { isPublicAddress, publicAddresses, publicConnect } from './public-address.js';

describe('isPublicAddress', () => {
  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1::1'])('lets %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.8',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2002:7f00:1::',
    'localhost',
    '',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('publicConnect', () => {
  const ask = async (url: string, allowPrivate = false): Promise<unknown> => {
    const dispatcher = new Agent({ connect: publicConnect(allowPrivate, 1_000) });
    const outcome = await request(url, { dispatcher }).catch((error: unknown) => error);
    await dispatcher.destroy();
    return outcome;
  };
  afterEach(() => jest.restoreAllMocks());

  // Other spellings of an address are the same one once a URL is parsed.
  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    'localhost',
  ])('refuses http://%s before it connects', async (host) => {
    expect(await ask(`http://${host}:9/`)).toMatchObject({ code: 'EPRIVATE' });
  });

  it('refuses a name that resolves to a private address, whatever it resolved to before', async () => {
    jest.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: object, found: unknown) => {
      if (typeof found === 'function') found(null, [{ address: '10.0.0.7', family: 4 }]);
    }) as typeof dns.lookup);
    expect(await ask('http://rebound.example:9/')).toMatchObject({ code: 'EPRIVATE' });
  });

  it('hands on the public addresses of a name that has both kinds', async () => {
    const both = [
      { address: '192.168.0.9', family: 4 },
      { address: '93.184.216.34', family: 4 },
    ];
    jest.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: object, found: unknown) => {
      if (typeof found === 'function') found(null, both);
    }) as typeof dns.lookup);
    const asked = (all: boolean) =>
      new Promise((resolve) => publicAddresses.lookup('both.example', { all }, (...found) => resolve(found)));
    expect(await asked(true)).toEqual([null, [both[1]]]);
    expect(await asked(false)).toEqual([null, '93.184.216.34', 4]);
  });

  it('lets everything where that is allowed (negative control: then the connection is tried)', async () => {
    expect(await ask('http://127.0.0.1:9/', true)).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

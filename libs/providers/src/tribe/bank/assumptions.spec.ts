import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { pem } from '../../../../../test/certificates.js';
import { BankRefusal, type BankRefusalKind, type InboundRequest } from '../../port/index.js';
import { validateSettings } from '../../settings-check.js';
import { tribe } from '../index.js';
import { createBank } from './bank.js';
import type { BankSettings } from './settings.js';

/* What Tribe's documentation leaves open: each is taken as the README says, and otherwise where the connection says otherwise. */

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const needed: BankSettings = {
  baseUrl: 'https://127.0.0.1:9/bank/v2',
  apiKey: 'the-key',
  privateKeyPem: privateKey,
  tobPublicKeyPem: publicKey,
  institution: { name: 'Spec Bank', country: 'GB' },
};
const context = { traceId: 'spec', psu: {} };
const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((bank) => bank.close())));

function bankWith(settings: Partial<BankSettings> = {}) {
  const wish = { bank: { ...needed, ...settings } };
  expect(validateSettings(tribe, wish)).toEqual([]);
  const bank = createBank(wish.bank, {
    connectionId: 'cnn_1',
    environment: 'sandbox',
    addresses: null,
    now: () => new Date('2026-11-20T10:00:00Z'),
    report: () => undefined,
    warn: () => undefined,
  });
  open.push(bank);
  return bank;
}

function request(content = '', headers: Readonly<Record<string, string | undefined>> = {}): InboundRequest {
  const rawBody = Buffer.from(content);
  const own = { 'x-api-key': 'the-key', 'x-request-id': randomUUID(), 'x-signature': signed(rawBody) };
  return { method: 'POST', action: 'v2_payment_single', rawBody, headers: { ...own, ...headers } };
}
const signed = (body: Buffer): string => sign('sha256', body, privateKey).toString('base64');

function kindOf(act: () => unknown): BankRefusalKind | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof BankRefusal) return error.kind;
    throw error;
  }
}
const provenBy = (settings: Partial<BankSettings>, headers: Readonly<Record<string, string | undefined>>) =>
  kindOf(() => bankWith(settings).verify(request('', headers)));

it('webhooks come with the API key of the Actions, or with one of their own', () => {
  const own = { webhookApiKey: 'another' };
  const another = { 'x-api-key': 'another' };
  expect([provenBy({}, {}), provenBy({}, another)]).toEqual([null, 'wrong-credentials']);
  expect([provenBy(own, {}), provenBy(own, another)]).toEqual(['wrong-credentials', null]);
});

it('of two mistakes the request id is told, or the signature', () => {
  const both = { 'x-request-id': 'x', 'x-signature': 'AAAA' };
  expect(provenBy({}, both)).toBe('request-id');
  expect(provenBy({ checkOrder: 'signatureFirst' }, both)).toBe('wrong-credentials');
  // Either way both are looked at.
  for (const checkOrder of ['requestIdFirst', 'signatureFirst'] as const) {
    expect(provenBy({ checkOrder }, { 'x-request-id': 'x' })).toBe('request-id');
    expect(provenBy({ checkOrder }, { 'x-signature': 'AAAA' })).toBe('wrong-credentials');
  }
});

// Negative control, carried out once: the look at the header left out. A webhook without a certificate was taken.
it('webhooks need no client certificate, or the one that the proxy has seen', () => {
  const header = 'ssl-client-s-dn';
  const any = { mutualTls: { subjectHeader: header } };
  const one = { mutualTls: { subjectHeader: header, subject: 'CN=tob' } };
  expect([provenBy({}, {}), provenBy(any, {}), provenBy(any, { [header]: '' })]).toEqual([
    null,
    'client-certificate',
    'client-certificate',
  ]);
  expect([provenBy(any, { [header]: 'CN=x' }), provenBy(one, { [header]: 'CN=x' })]).toEqual([
    null,
    'wrong-credentials',
  ]);
  expect([provenBy(one, { [header]: 'CN=tob' }), provenBy(one, { 'x-api-key': undefined })]).toEqual([
    null,
    'client-certificate',
  ]);
  const missing = new BankRefusal('client-certificate', 'SSL credentials not found');
  expect(bankWith(any).refuse(request(), missing)).toMatchObject({
    httpStatus: 401,
    body: { code: 'SSL_CREDENTIALS_NOT_FOUND' },
  });
});

it('a payment names no debtor, or has to', () => {
  const order = {
    creditor_account: { iban: 'DE89370400440532013000' },
    instructed_amount: { amount: '1.00', currency: 'EUR' },
    callback_url: 'https://tob.example/cb',
  };
  const read = (settings: Partial<BankSettings>) => {
    const bank = bankWith(settings);
    return kindOf(() => bank.decode(bank.verify(request(JSON.stringify(order)))));
  };
  expect([read({}), read({ debtorAccount: 'required' })]).toEqual([null, 'malformed']);
});

it('an account outside of the consent is unknown, as one that does not exist, or forbidden', () => {
  const told = (settings: Partial<BankSettings>, kind: BankRefusalKind) => {
    const { httpStatus, body } = bankWith(settings).refuse(
      request('', { 'x-request-id': '1af7b333-7a06-41b1-8a61-e9a29fd069bc' }),
      new BankRefusal(kind, 'There is no such account in this consent'),
    );
    return { httpStatus, body };
  };
  expect(told({}, 'foreign-resource')).toEqual(told({}, 'unknown-resource'));
  expect(told({ foreignAccount: 'forbidden' }, 'foreign-resource')).toMatchObject({
    httpStatus: 403,
    body: { code: 'SERVICE_BLOCKED' },
  });
  expect(told({ foreignAccount: 'forbidden' }, 'unknown-resource')).toEqual(told({}, 'unknown-resource'));
});

it('names the balance that counts and the statuses of payments that end unconfirmed', () => {
  const usual = { refused: 'CANC', declined: 'RJCT', expired: 'RJCT' };
  expect(bankWith()).toMatchObject({ fundsBalance: 'interimAvailable', endStatuses: usual });
  expect(bankWith({ fundsBalance: 'forwardAvailable', endStatuses: { declined: 'CANC' } })).toMatchObject({
    fundsBalance: 'forwardAvailable',
    endStatuses: { ...usual, declined: 'CANC' },
  });
});

it.each<[string, object]>([
  ['/bank/fundsBalance', { fundsBalance: 'closingBooked' }],
  ['/bank/endStatuses/refused', { endStatuses: { refused: 'ACSC' } }],
  ['/bank/mutualTls', { mutualTls: { certificatePem: pem('client') } }],
  ['/bank/mutualTls', { mutualTls: { subject: 'CN=tob' } }],
  ['/bank/mutualTls/subjectHeader', { mutualTls: { subjectHeader: 'SSL_CLIENT' } }],
  ['/bank/webhookApiKey', { webhookApiKey: '' }],
  ['/bank/checkOrder', { checkOrder: 'any' }],
  ['/bank/foreignAccount', { foreignAccount: 'hidden' }],
  ['/bank/debtorAccount', { debtorAccount: true }],
  ['/bank/consentAccountNumbers', { consentAccountNumbers: 'all' }],
])('%s is told where it is none', (pointer, settings) => {
  const found = validateSettings(tribe, { bank: { ...needed, ...settings } });
  expect(found.map((finding) => finding.pointer).join(' ')).toContain(pointer);
});

describe('Actions', () => {
  let server: Server;
  let baseUrl: string;
  let seen: { readonly certificate: string | null; readonly body: unknown }[];
  beforeAll(async () => {
    const options = { cert: pem('server'), key: pem('server-key'), ca: pem('ca'), requestCert: true };
    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const known = incoming.socket instanceof TLSSocket && incoming.socket.authorized;
      const text = Buffer.concat(await incoming.toArray()).toString();
      seen.push({ certificate: known ? 'ours' : null, body: JSON.parse(text) });
      const issued = { callbackUrl: 'https://tpp.example/cb?code=1', accessToken: 'a'.repeat(20) };
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify({ ...issued, validUntil: '2027-01-01T00:00:00+00:00' }));
    };
    server = createServer({ ...options, rejectUnauthorized: false }, (incoming, outgoing) => {
      answer(incoming, outgoing).catch(() => outgoing.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/bank/v2`;
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const grant = (settings: Partial<BankSettings>) =>
    bankWith({ baseUrl, ...settings }).grant(
      {
        id: 'bau_1',
        requestUrl: 'https://bank.example/authorize',
        scopes: ['accounts'],
        accounts: [
          {
            reference: 'acc-1',
            identifiers: [{ scheme: 'sortCodeAccountNumber', value: '04000400123456' }],
            currency: 'GBP',
            name: null,
            schemes: [],
          },
        ],
      },
      context,
    );
  const caPem = pem('ca');

  it('show no client certificate, or ours, whose end is told', async () => {
    await grant({ mutualTls: { caPem } });
    const own = { caPem, certificatePem: pem('client'), privateKeyPem: pem('client-key') };
    await grant({ mutualTls: own });
    expect(seen.map(({ certificate }) => certificate)).toEqual([null, 'ours']);
    expect(bankWith().certificates).toEqual([]);
    expect(bankWith({ mutualTls: own }).certificates).toEqual([{ purpose: 'mutual TLS', notAfter: expect.any(Date) }]);
  });

  it.each([
    [undefined, ['04000400123456']],
    ['alone', ['00123456']],
    ['leftOut', undefined],
  ] as const)('have account numbers %s as %j', async (consentAccountNumbers, accountNumbers) => {
    await grant({ mutualTls: { caPem }, ...(consentAccountNumbers && { consentAccountNumbers }) });
    expect(seen[0]?.body).toEqual({
      scopes: ['accounts'],
      requestUrl: 'https://bank.example/authorize',
      accountIds: ['acc-1'],
      ...(accountNumbers && { accountNumbers }),
    });
  });
});

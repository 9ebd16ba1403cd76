import { generateKeyPairSync } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as ajvFormats } from 'ajv-formats';
import { isoPaymentStatuses, type IsoPaymentStatus } from '@tributary/domain';
import { type ScriptedUpstream, startUpstream, wireSample } from '../../../../../test/upstream.js';
import type { BankAnswer, DeskAccount, DeskTransaction } from '../../port/index.js';
import { createBank } from './bank.js';
import type { BankSettings } from './settings.js';

// What we answer and send on the bank plane, against the forms of Tribe's two OpenAPI documents of it (samples beside those of the
// wire), and stricter: a member that they do not have is none that we may send. Control: account numbers as texts, which a setting
// allows, do not agree.

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajvFormats.default(ajv);
ajv.addSchema(JSON.parse(wireSample('tribe', 'bank-plane.schema.json')), 'plane');

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let hub: ScriptedUpstream;
let bank: ReturnType<typeof createBank>;
const open = (more: Partial<BankSettings> = {}) =>
  createBank(
    {
      baseUrl: `${hub.origin}/bank/v2`,
      apiKey: 'the-key',
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      tobPublicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      institution: { name: 'Spec Bank', country: 'GB' },
      ...more,
    },
    {
      connectionId: 'cnn_1',
      environment: 'sandbox',
      addresses: null,
      now: () => new Date(),
      report: () => undefined,
      warn: () => undefined,
    },
  );
beforeAll(async () => {
  hub = await startUpstream();
  bank = open();
});
afterAll(async () => {
  await bank.close();
  await hub.stop();
});

function faultsOf(kind: 'answers' | 'requests', name: string, body: unknown): readonly string[] {
  const validate = ajv.getSchema(`plane#/$defs/${kind}/$defs/${name}`);
  if (!validate) throw new Error(`no schema ${name}`);
  // As it travels: what is undefined is not sent.
  void validate(JSON.parse(JSON.stringify(body)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const account: DeskAccount = {
  reference: 'acc-1',
  identifiers: [
    { scheme: 'iban', value: 'GB29NWBK60161331926819' },
    { scheme: 'bban', value: 'NWBK60161331926819' },
    { scheme: 'sortCodeAccountNumber', value: '04000400123456' },
    { scheme: 'maskedPan', value: '4111********1111' },
  ],
  currency: 'GBP',
  name: 'Main',
  schemes: ['SEPA_CREDIT_TRANSFER', 'SEPA_INSTANT', 'FASTER_PAYMENTS', 'BACS', 'CHAPS', 'SWIFT', 'TARGET2'],
};
const bare: DeskAccount = { ...account, identifiers: [], name: null, schemes: [] };
const entry: DeskTransaction = {
  reference: 't1',
  status: 'booked',
  bookedOn: '2026-11-18',
  valueOn: '2026-11-19',
  amount: { minor: 990n, currency: 'GBP' },
  direction: 'debit',
  counterpartyName: 'Shop',
  counterpartyAccount: { scheme: 'sortCodeAccountNumber', value: '04000400123456' },
  remittance: { unstructured: 'Tea', structured: 'RF18539007547034' },
};
const poor: DeskTransaction = {
  ...entry,
  status: 'pending',
  bookedOn: null,
  valueOn: null,
  direction: 'credit',
  counterpartyName: null,
  counterpartyAccount: null,
  remittance: null,
};
const transactions = { type: 'transactions', account, transactions: [entry, poor] } as const;
const begun = {
  type: 'payment',
  reference: '6f1c',
  status: 'RCVD',
  confirmationUrl: 'https://bank.example/confirm/1',
} as const;

const statuses = Object.keys(isoPaymentStatuses) as IsoPaymentStatus[];
const answers: readonly (readonly [string, BankAnswer])[] = [
  ['v2_accounts', { type: 'accounts', accounts: [account, bare] }],
  ['v2_accounts', { type: 'accounts', accounts: [] }],
  ['v2_account', { type: 'account', account }],
  [
    'v2_account_balances',
    {
      type: 'balances',
      balances: [
        { type: 'interimAvailable', amount: { minor: -1n, currency: 'GBP' } },
        // Tribe has no such type: it stays out.
        { type: 'closingBooked', amount: { minor: 1n, currency: 'JPY' } },
      ],
    },
  ],
  ['v2_account_transactions', { ...transactions, status: 'both', nextPage: 'k' }],
  ['v2_account_transactions', { ...transactions, status: 'booked', nextPage: null }],
  ['v2_funds_confirmations', { type: 'funds', available: true }],
  ['v2_payment_single', begun],
  ['v2_payment_bulk', begun],
  ['v2_payment_direct_single', begun],
  ...statuses.flatMap((status) => [
    ['v2_payment_single_status', { type: 'paymentStatus', status }] as const,
    ['v2_payment_bulk_status', { type: 'paymentStatus', status }] as const,
  ]),
];

/** What is written does not depend on what was asked. */
function encoded(of: typeof bank, answer: BankAnswer): unknown {
  const rawBody = Buffer.alloc(0);
  const request = { method: 'POST', action: '', headers: {}, rawBody };
  const { httpStatus, body } = of.encode(
    { request, action: '', requestId: '', changesState: false, token: null },
    answer,
  );
  expect(httpStatus).toBe(200);
  return body;
}

describe('answers', () => {
  it.each(answers)('%s', (name, answer) => {
    expect(faultsOf('answers', name, encoded(bank, answer))).toEqual([]);
  });

  it('to account numbers as texts the document does not agree (control)', () => {
    const body = encoded(open({ accountNumbersAs: 'texts' }), { type: 'account', account });
    expect(faultsOf('answers', 'v2_account', body)).toEqual([
      '/account/account_number must be integer',
      '/account/sort_code must be integer',
    ]);
  });

  it('the way back of a browser', () => {
    const back = bank.returnUrl('https://tob.example/cb', { reference: '6f1c', status: 'RJCT', message: 'No' });
    expect(faultsOf('answers', 'redirect', Object.fromEntries(new URL(back).searchParams))).toEqual([]);
  });
});

describe('actions', () => {
  const context = { traceId: 't', psu: {} } as const;
  const done = { json: { status: 'success' } };
  const granted = {
    json: { callbackUrl: 'https://tpp.example/cb', accessToken: 'token', validUntil: '2027-02-18T10:00:00+00:00' },
  };
  const described = { json: { scopes: ['accounts'], cancelUrl: 'https://tpp.example/cb' } };
  const grant = { id: 'bau_1', requestUrl: 'https://bank.example/a', scopes: ['accounts'], accounts: [account] };

  it.each<[string, { readonly json: unknown }, () => Promise<unknown>]>([
    ['/init_authorization', described, () => bank.describeAuthorisation('https://bank.example/a', context)],
    ['/consent', granted, () => bank.grant(grant, context)],
    ['/token/revoke', done, () => bank.revokeToken('token', context)],
    ['/daily_performance', done, () => bank.reportPerformance({ date: '2026-11-19', consentMs: 5 }, context)],
    ['/payments/status', done, () => bank.reportStatus('6f1c', 'ACSC', context)],
  ])('%s', async (path, reply, act) => {
    hub.on(`POST /bank/v2${path}`, reply);
    await act();
    const sent = hub.seen.at(-1);
    expect([sent?.method, sent?.path]).toEqual(['POST', `/bank/v2${path}`]);
    const name = path.slice(1).replace('/', '_');
    expect(faultsOf('requests', name, JSON.parse(sent?.body ?? ''))).toEqual([]);
    expect(sent?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-api-key': 'the-key',
      'x-request-id': expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      'x-signature': expect.stringMatching(/^[A-Za-z\d+/]+=*$/),
    });
  });
});

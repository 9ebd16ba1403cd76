import { randomUUID } from 'node:crypto';
import { deskState, grantToken } from './desk-state.js';
import { gbp, HeldBank, type HubMessage, strangersIban } from './held-bank.js';
import { TribeHub } from './tribe-hub.js';
import { startWorld, type World } from './world.js';

/*
 * Every webhook of a bank, attacked in every way that fits it: each time the answer of the documentation, and nothing has changed
 * in the database.
 *
 * Negative controls, each carried out once against a changed build:
 * - the signature not verified: everything altered, re-serialised, signed by a stranger or in URL-safe base64 is answered with 200,
 *   and the payments are made;
 * - the request id not looked at: those without a UUID are answered with 200;
 * - the account of a question looked up among all of the bank's: another customer's is shown and debited;
 * - a spent token taken for a live one: all its questions are answered, but those about payments that it did not make.
 */

const tpp = { clientId: 'attack-tpp', redirectUri: 'https://tpp.example.com/back' };
const scope = 'accounts accounts.balances accounts.transactions funds_confirmations payments.single payments.bulk';
const nobodysIban = 'GB94BARC10201530093459';
let world: World;
let hub: TribeHub;
let bank: HeldBank;
let token: string;
/** A consent of another customer, and a payment made with it. */
let foreignPayment: string;
/** Of a bank whose tokens are good for one payment. */
let onceBank: HeldBank;
let spentToken: string;
/** Made with `token`, to be asked about. */
let payment: string;
let bulk: string;

const bodies = (): Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> => {
  const amount = { amount: '1.00', currency: 'GBP' };
  const creditor_account = { account_number: '00123456', sort_code: 40004 };
  const order = { payment_scheme: 'FPS', debtor_account: { iban: gbp.iban }, callback_url: 'https://tob.example/cb' };
  const single = { ...order, creditor_account, creditor_name: 'Ann Lee', instructed_amount: amount };
  return {
    v2_accounts: undefined,
    v2_account: { account_id: 'anna-1' },
    v2_account_balances: { account_id: 'anna-1' },
    v2_account_transactions: { account_id: 'anna-1', booking_status: 'both' },
    v2_funds_confirmations: { account: { iban: gbp.iban }, instructed_amount: amount },
    v2_payment_single: single,
    v2_payment_direct_single: single,
    v2_payment_bulk: {
      ...order,
      instructed_totals: amount,
      payments: [{ creditor_account, creditorName: 'Ann Lee', instructed_amount: amount }],
    },
    v2_payment_single_status: { payment_id: payment },
    v2_payment_bulk_status: { payment_id: bulk },
  };
};
const names = Object.keys(bodies());
const makers = names.filter((name) => /^v2_payment_(single|bulk|direct_single)$/.test(name));
const message = (name: string, more: Partial<HubMessage> = {}): HubMessage => {
  const body = bodies()[name];
  return { name, accessToken: token, ...(body && { body }), ...more };
};
const made = async (at: HeldBank, name: string, accessToken: string): Promise<string> => {
  const { status, body } = await at.ask(message(name, { accessToken }));
  expect([name, status]).toEqual([name, 200]);
  return String(body['payment_id']);
};

beforeAll(async () => {
  world = await startWorld();
  hub = new TribeHub(world.stack.sandboxUrl, 'attacks');
  await hub.control('POST', '/tpps', {
    clientId: tpp.clientId,
    name: 'Budget App',
    redirectUris: [tpp.redirectUri],
  });
  bank = await HeldBank.open(world, hub, 'ATTAGB22', 'never');
  await bank.putAccount('anna-1', { psuId: 'anna', iban: gbp.iban });
  await bank.putAccount('bert-1', { psuId: 'bert', iban: strangersIban });
  token = await grantToken(hub, bank, tpp, { psuId: 'anna', scope, accounts: ['anna-1'] });
  payment = await made(bank, 'v2_payment_single', token);
  bulk = await made(bank, 'v2_payment_bulk', token);
  const foreignToken = await grantToken(hub, bank, tpp, { psuId: 'bert', scope, accounts: ['bert-1'] });
  const { body } = await bank.ask(
    message('v2_payment_single', {
      accessToken: foreignToken,
      body: { ...bodies()['v2_payment_single'], debtor_account: { iban: strangersIban } },
    }),
  );
  foreignPayment = String(body['payment_id']);
  onceBank = await HeldBank.open(world, hub, 'ONCAGB22', 'always');
  await onceBank.putAccount('anna-1', { psuId: 'anna', iban: gbp.iban });
  spentToken = await grantToken(hub, onceBank, tpp, { psuId: 'anna', scope, accounts: ['anna-1'] });
  await made(onceBank, 'v2_payment_single', spentToken);
});
afterAll(() => world.stop());

/** Refused in the documented form, and nothing has changed. */
async function isRefused(attack: HubMessage, status: number, code: string, at = bank): Promise<void> {
  const proven = makers.includes(attack.name) && attack.spoil === undefined && attack.path === undefined;
  // That a proven initiation was refused is remembered with its request id, and nothing else is.
  const except = proven ? (['requests'] as const) : [];
  const before = await deskState(world, except);
  const requestId = randomUUID();
  const answer = await at.ask({ requestId, ...attack });
  expect({ name: attack.name, status: answer.status, code: answer.body['code'] }).toEqual({
    name: attack.name,
    status,
    code,
  });
  expect(answer.body).toEqual({
    code,
    title: expect.any(String),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
    // Junk is not echoed.
    requestId: attack.spoil === 'badRequestId' ? expect.stringMatching(/^[\da-f-]{36}$/) : requestId,
  });
  expect(await deskState(world, except)).toEqual(before);
}

describe('whoever is not the hub', () => {
  const attacks: readonly (readonly [string, string, number, string])[] = [
    ['a body altered by one byte', 'alteredByte', 401, 'WRONG_CREDENTIALS'],
    ['re-serialised JSON', 'reserialised', 401, 'WRONG_CREDENTIALS'],
    ['a wrong key', 'wrongKey', 401, 'WRONG_CREDENTIALS'],
    ['URL-safe base64', 'urlSafe', 401, 'WRONG_CREDENTIALS'],
    ['an absent signature', 'noSignature', 400, 'HEADERS_ERROR'],
    ['a request id that is no UUID', 'badRequestId', 401, 'REQUEST_ID_NOT_UUID'],
    ['a wrong API key', 'wrongApiKey', 401, 'WRONG_CREDENTIALS'],
  ];
  describe.each(attacks)('with %s', (_, spoil, status, code) => {
    it.each(names)('%s', (name) => isRefused(message(name, { spoil }), status, code));
  });

  describe('on a wrong path', () => {
    it.each(names)('%s', (name) =>
      isRefused(message(name, { path: `${name}_of_mine` }), 401, 'API_ACTION_DOES_NOT_EXIST'),
    );
  });
});

describe('whoever may not see it', () => {
  const reading = ['v2_account', 'v2_account_balances', 'v2_account_transactions'];
  it.each(reading)("another customer's account: %s", (name) =>
    isRefused(message(name, { body: { ...bodies()[name], account_id: 'bert-1' } }), 404, 'RESOURCE_UNKNOWN'),
  );

  it("another customer's account: v2_funds_confirmations", () =>
    isRefused(
      message('v2_funds_confirmations', {
        body: { ...bodies()['v2_funds_confirmations'], account: { iban: strangersIban } },
      }),
      404,
      'RESOURCE_UNKNOWN',
    ));

  it.each([
    ['v2_payment_single', strangersIban],
    ['v2_payment_bulk', strangersIban],
    // Without a consent any account of the bank can be named, since its customer confirms: one that nobody has cannot.
    ['v2_payment_direct_single', nobodysIban],
  ])('an account to debit that is not theirs: %s', (name, iban) =>
    isRefused(message(name, { body: { ...bodies()[name], debtor_account: { iban } } }), 404, 'RESOURCE_UNKNOWN'),
  );

  it.each(['v2_payment_single_status', 'v2_payment_bulk_status'])("another customer's payment: %s", (name) =>
    isRefused(message(name, { body: { payment_id: foreignPayment } }), 404, 'RESOURCE_UNKNOWN'),
  );

  it.each(names.filter((name) => name !== 'v2_payment_direct_single'))('with a spent token: %s', (name) =>
    isRefused(message(name, { accessToken: spentToken }), 401, 'WRONG_CREDENTIALS', onceBank),
  );

  it('a direct payment speaks for nobody, whatever token comes with it', async () => {
    const { status } = await onceBank.ask(message('v2_payment_direct_single', { accessToken: spentToken }));
    expect(status).toBe(200);
  });
});

describe('an unknown field', () => {
  const withNote = (name: string) => message(name, { body: { ...bodies()[name], note: 'x' } });
  it.each(names)('is ignored by banks, as the documentation has it: %s', async (name) => {
    expect((await bank.ask(withNote(name))).status).toBe(200);
  });

  describe('where the connection says that it is refused', () => {
    beforeAll(() => change('refuse'));
    afterAll(() => change('ignore'));
    it.each(names.filter((name) => name !== 'v2_accounts'))('%s', (name) =>
      isRefused(withNote(name), 400, 'FORMAT_ERROR'),
    );
  });

  async function change(unknownFields: string): Promise<void> {
    const path = `/v1/connections/${bank.connectionId}`;
    expect((await world.admin.patch(path, { settings: { bank: { unknownFields } } })).status).toBe(200);
    // A process trusts the settings that it knows for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
});

describe('the hub itself (control)', () => {
  it.each(names.filter((name) => !makers.includes(name)))('is answered, and changes nothing: %s', async (name) => {
    const before = await deskState(world);
    expect((await bank.ask(message(name))).status).toBe(200);
    expect(await deskState(world)).toEqual(before);
  });

  it.each(makers)('is answered, and makes something that the state above has: %s', async (name) => {
    const before = await deskState(world, ['requests']);
    expect((await bank.ask(message(name))).status).toBe(200);
    expect(await deskState(world, ['requests'])).not.toEqual(before);
  });
});

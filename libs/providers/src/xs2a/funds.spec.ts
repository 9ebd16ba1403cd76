import { parseMoney } from '@tributary/domain';
import { consentOrder, context, heldConsent, sample, startXs2a, type TestXs2a } from '../../../../test/xs2a.js';
import type { FundsConfirmation } from '../port/index.js';

const iban = { scheme: 'iban', value: 'DE89370400440532013000' } as const;
const question = {
  institutionReference: 'bank',
  account: { identifier: iban, currency: 'EUR' },
  amount: parseMoney('12.50', 'EUR'),
};
const path = '/v2/consents/confirmation-of-funds';

let xs2a: TestXs2a;
let funds: FundsConfirmation;
beforeEach(async () => {
  xs2a = await startXs2a({ optionalServices: ['confirmationOfFundsConsents'] });
  const { funds: found } = xs2a.provider;
  if (!found) throw new Error('no funds confirmation');
  funds = found;
});
afterEach(() => xs2a.stop());

const body = (): unknown => JSON.parse(xs2a.bank.seen.at(-1)?.body ?? '');

describe('a confirmation of funds', () => {
  it.each([
    ['true', true],
    ['"true"', true],
    ['false', false],
    ['"false"', false],
  ])('is %s', async (answer, expected) => {
    const text = `{"fundsAvailable":${answer}}`;
    xs2a.bank.on('POST /v1/funds-confirmations', { text, headers: { 'content-type': 'application/json' } });
    expect(await funds.confirm(question, context)).toBe(expected);
    expect(xs2a.bank.seen.at(-1)?.headers['consent-id']).toBeUndefined();
    expect(body()).toEqual({
      account: { iban: iban.value, currency: 'EUR' },
      instructedAmount: { currency: 'EUR', amount: '12.50' },
    });
  });

  it.each([
    [['fundsConfirmation'] as const, 'piis-1'],
    [['accounts', 'balances'] as const, undefined],
  ])('runs under its own consent, not under one for %j', async (access, named) => {
    xs2a.bank.on('POST /v1/funds-confirmations', { json: { fundsAvailable: true } });
    const consent = heldConsent(undefined, { reference: 'piis-1', access });
    await funds.confirm({ ...question, consent }, context);
    expect(xs2a.bank.seen.at(-1)?.headers['consent-id']).toBe(named);
  });

  it('needs the consent that the bank wants', async () => {
    const json = { tppMessages: [{ category: 'ERROR', code: 'NO_PIIS_ACTIVATION' }] };
    xs2a.bank.on('POST /v1/funds-confirmations', { status: 400, json });
    await expect(funds.confirm(question, context)).rejects.toMatchObject({ kind: 'consent-invalid' });
  });

  it('is never guessed', async () => {
    xs2a.bank.on('POST /v1/funds-confirmations', { json: { fundsAvailable: 'perhaps' } });
    await expect(funds.confirm(question, context)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('a consent to confirmations of funds', () => {
  const order = consentOrder({ access: ['fundsConfirmation'], accounts: [iban] });
  const created = {
    consentStatus: 'received',
    consentId: 'piis-1',
    _links: { startAuthorisation: { href: `${path}/piis-1/authorisations` } },
  };

  it('is made over its account, without an end and a frequency', async () => {
    xs2a.bank.on(`POST ${path}`, { status: 201, json: created });
    const made = await funds.createConsent?.(order, context);
    expect(made).toMatchObject({ reference: 'piis-1', state: 'awaitingAuthorisation', upstreamStatus: 'received' });
    expect(body()).toEqual({ account: { iban: iban.value } });
  });

  it.each([[[]], [[iban, iban]]])('is not made over another number of accounts', async (accounts) => {
    const made = funds.createConsent?.({ ...order, accounts }, context);
    await expect(made).rejects.toMatchObject({ kind: 'rejected' });
    expect(xs2a.bank.seen).toEqual([]);
  });

  it('is authorised below its own path', async () => {
    xs2a.bank.on(`POST ${path}`, { status: 201, json: { ...created, _links: {} } });
    xs2a.bank.on(`POST ${path}/piis-1/authorisations`, sample('authorisation-redirect', 201));
    const made = await funds.createConsent?.(order, context);
    const consent = heldConsent(made, { access: ['fundsConfirmation'] });
    const wish = { callback: order.callback };
    const started = await xs2a.authorisation.start({ type: 'consent', consent }, wish, context);
    expect(started.nextStep).toMatchObject({ type: 'redirect' });
    expect(xs2a.bank.seen.at(-1)?.path).toBe(`${path}/piis-1/authorisations`);
  });

  it.each([
    ['valid', 'authorised'],
    ['terminatedByTpp', 'revoked'],
    ['partly', null],
  ])('is read: %s', async (word, state) => {
    xs2a.bank.on(`GET ${path}/piis-1`, { json: { account: { iban: iban.value }, consentStatus: word } });
    const read = await funds.readConsent?.(heldConsent(undefined, { reference: 'piis-1' }), context);
    expect(read).toMatchObject({ state, upstreamStatus: word });
  });

  it('is ended', async () => {
    xs2a.bank.on(`DELETE ${path}/piis-1`, { status: 204, text: '' });
    const ended = await funds.revokeConsent?.(heldConsent(undefined, { reference: 'piis-1' }), context);
    expect(ended).toMatchObject({ state: 'revoked' });
  });
});

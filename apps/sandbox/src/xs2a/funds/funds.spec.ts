import { Tpp, CREDITOR_IBAN, code, href, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';

const CONSENTS = '/v2/consents/confirmation-of-funds';

describe('confirmation of funds', () => {
  let tpp: Tpp;
  let anna: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    anna = await tpp.customer('anna.embedded');
  });

  const account = (index = 0) => ({ iban: anna.accounts[index]?.iban });
  const create = async (changes: Json = {}): Promise<Reply> =>
    tpp.call('POST', CONSENTS, { account: account(), cardNumber: '1234', ...changes }, { 'psu-id': anna.username });
  const valid = async (): Promise<Json> => {
    const consent = tpp.created(await create());
    await tpp.finish(anna, await tpp.start(anna, consent));
    return consent;
  };
  const status = async (consent: Json) => (await tpp.call('GET', href(consent, 'status'))).json['consentStatus'];
  const ask = async (consent: Json, changes: Json = {}): Promise<Reply> =>
    tpp.call(
      'POST',
      '/v1/funds-confirmations',
      { account: account(), instructedAmount: { currency: 'EUR', amount: '1.00' }, ...changes },
      'consentId' in consent ? { 'consent-id': String(consent['consentId']) } : {},
    );

  it('is allowed by a consent of its own, as long as that is valid', async () => {
    const consent = tpp.created(await create());
    expect(href(consent, 'self')).toContain(`${CONSENTS}/${String(consent['consentId'])}`);
    const early = await ask(consent);
    expect([early.status, code(early)]).toEqual([401, 'CONSENT_INVALID']);
    await tpp.finish(anna, await tpp.start(anna, consent));
    expect((await tpp.call('GET', href(consent, 'self'))).json).toEqual({
      account: account(),
      cardNumber: '1234',
      consentStatus: 'valid',
    });
    expect((await ask(consent)).json).toEqual({ fundsAvailable: true });
    expect((await tpp.call('DELETE', href(consent, 'self'))).status).toBe(204);
    expect(await status(consent)).toBe('terminatedByTpp');
    const late = await ask(consent);
    expect([late.status, code(late)]).toEqual([401, 'CONSENT_INVALID']);
  });

  // Control: without the comparison of accounts in assertAllowed() the other account's funds are told.
  it('is for the account and the card of the consent only', async () => {
    const consent = await valid();
    const other = await ask(consent, { account: account(1) });
    expect([other.status, code(other)]).toEqual([401, 'CONSENT_INVALID']);
    const card = await ask(consent, { cardNumber: '9999' });
    expect([card.status, code(card)]).toEqual([400, 'CARD_INVALID']);
    expect((await ask(consent, { cardNumber: '1234' })).status).toBe(200);
  });

  it('without a consent is refused by a bank that wants one, and with somebody else’s by every bank', async () => {
    await tpp.control('PUT', '/profile', { fundsConsent: 'required' });
    const none = await ask({});
    expect([none.status, code(none)]).toEqual([400, 'NO_PIIS_ACTIVATION']);
    const accountConsent = await ask({ consentId: await tpp.validConsent(anna) });
    expect([accountConsent.status, code(accountConsent)]).toEqual([400, 'CONSENT_UNKNOWN']);
    const { consentId } = await valid();
    const foreign = await tpp.call(
      'POST',
      '/v1/funds-confirmations',
      { account: account(), instructedAmount: { currency: 'EUR', amount: '1.00' } },
      { 'consent-id': String(consentId), 'tpp-signature-certificate': 'another' },
    );
    expect([foreign.status, code(foreign)]).toEqual([400, 'CONSENT_UNKNOWN']);
    expect((await ask({ consentId })).status).toBe(200);
  });

  it('ends by the PSU and when nobody authorises it', async () => {
    const consent = await valid();
    await tpp.control('POST', `/funds-consents/${String(consent['consentId'])}`, { status: 'expired' });
    const late = await ask(consent);
    expect([late.status, code(late)]).toEqual([401, 'CONSENT_EXPIRED']);
    const forgotten = tpp.created(await create());
    await tpp.advance(86_401);
    expect(await status(forgotten)).toBe('rejected');
    const start = await tpp.call('POST', href(forgotten, 'startAuthorisation'), undefined, {
      'psu-id': anna.username,
    });
    expect([start.status, code(start)]).toEqual([403, 'RESOURCE_EXPIRED']);
  });

  it.each([
    ['no account', { account: undefined }, 400, 'FORMAT_ERROR'],
    ['an account elsewhere', { account: { iban: CREDITOR_IBAN } }, 400, 'RESOURCE_UNKNOWN'],
    ['a date that is none', { cardExpiryDate: '2030-02-31' }, 400, 'FORMAT_ERROR'],
    ['a long card number', { cardNumber: 'x'.repeat(36) }, 400, 'FORMAT_ERROR'],
  ])('refuses a consent with %s', async (_name, changes, expected, expectedCode) => {
    const answer = await create(changes);
    expect([answer.status, code(answer)]).toEqual([expected, expectedCode]);
  });

  it('refuses a consent on the account of another PSU, and knows no other TPP', async () => {
    const hugo = await tpp.customer('hugo.poor');
    const foreign = await create({ account: { iban: hugo.accounts[0]?.iban } });
    expect([foreign.status, code(foreign)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
    const unknown = await tpp.call('GET', `${CONSENTS}/nothing`);
    expect([unknown.status, code(unknown)]).toEqual([403, 'CONSENT_UNKNOWN']);
  });
});

import { Tpp, GLOBAL_CONSENT, code, href, order, type Json, type TestCustomer } from '../../../test/tpp.js';

const PATH = '/v1/payments/sepa-credit-transfers';

describe('an account with two signers', () => {
  let tpp: Tpp;
  let karla: TestCustomer;
  let ludwig: TestCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    [karla, ludwig] = await Promise.all([tpp.customer('karla.corporate'), tpp.customer('ludwig.corporate')]);
  });

  const initiate = async (): Promise<Json> =>
    tpp.created(await tpp.call('POST', PATH, order(karla, '100.00'), { 'psu-id': karla.username }));
  const status = async (payment: Json) => (await tpp.call('GET', href(payment, 'status'))).json['transactionStatus'];
  const sign = async (psu: TestCustomer, subject: Json) =>
    (await tpp.finish(psu, await tpp.start(psu, subject))).json['scaStatus'];

  // Control: with signaturesNeeded() always 1 the first signature books the money, and this fails.
  it('moves no money before both have signed: PATC, then ACTC and on', async () => {
    const payment = await initiate();
    expect(await sign(karla, payment)).toBe('finalised');
    expect(await status(payment)).toBe('PATC');
    await tpp.advance(1000);
    expect((await tpp.control('GET', '/ledger'))['postings']).toEqual([]);
    const again = await tpp.call('POST', href(payment, 'startAuthorisation'), undefined, { 'psu-id': karla.username });
    expect([again.status, code(again)]).toEqual([409, 'STATUS_INVALID']);
    expect(await sign(ludwig, payment)).toBe('finalised');
    expect(await status(payment)).toBe('ACTC');
    await tpp.advance(10);
    expect(await status(payment)).toBe('ACSC');
    const list = await tpp.call('GET', `${href(payment, 'self')}/authorisations`);
    expect(list.json['authorisationIds']).toHaveLength(2);
  });

  // Control: with `!subject.signed.includes(psu)` dropped from finalise() the second SCA books the money.
  it('counts one signer once, however many authorisations he runs', async () => {
    const payment = await initiate();
    const [one, two] = [await tpp.start(karla, payment), await tpp.start(karla, payment)];
    expect((await tpp.finish(karla, one)).json['scaStatus']).toBe('finalised');
    expect((await tpp.finish(karla, two)).json['scaStatus']).toBe('finalised');
    expect(await status(payment)).toBe('PATC');
    const nameless = await tpp.call('POST', href(payment, 'startAuthorisation'));
    const again = await tpp.call(
      'PUT',
      href(nameless.json, 'updatePsuIdentification'),
      {},
      { 'psu-id': karla.username },
    );
    expect([again.status, code(again)]).toEqual([409, 'STATUS_INVALID']);
    await tpp.control('PUT', '/profile', { approach: 'redirect' });
    const browser = await tpp.call('POST', href(payment, 'startAuthorisation'));
    const login = await tpp.form(href(browser.json, 'scaRedirect'), {
      username: karla.username,
      password: karla.password,
    });
    expect([login.status, login.text]).toEqual([401, expect.stringContaining('authorised it already')]);
  });

  it('takes no signature of somebody else, nor of one signer in the other one’s authorisation', async () => {
    const payment = await initiate();
    const anna = await tpp.customer('anna.embedded');
    const foreign = await tpp.call('POST', href(payment, 'startAuthorisation'), undefined, {
      'psu-id': anna.username,
    });
    expect([foreign.status, code(foreign)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
    const start = await tpp.start(karla, payment);
    const mixed = await tpp.call(
      'PUT',
      href(start, 'scaStatus'),
      { authenticationMethodId: karla.methods[0]?.id },
      { 'psu-id': ludwig.username },
    );
    expect([mixed.status, code(mixed)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
  });

  it('is rejected by the second signer’s refusal', async () => {
    const payment = await initiate();
    await sign(karla, payment);
    const start = await tpp.start(ludwig, payment);
    const link = href(start, 'scaStatus');
    await tpp.call('PUT', link, { authenticationMethodId: 'vaultappcheck' });
    await tpp.control('POST', `/authorisations/${String(start['authorisationId'])}`, { decision: 'reject' });
    expect(await status(payment)).toBe('RJCT');
  });

  it('is rejected when the second signature does not come in time', async () => {
    const payment = await initiate();
    await sign(karla, payment);
    await tpp.advance(86_401);
    expect(await status(payment)).toBe('RJCT');
  });

  it('is cancelled by either of them, unsigned or half signed', async () => {
    const payment = await initiate();
    await sign(karla, payment);
    expect((await tpp.call('DELETE', href(payment, 'self'))).status).toBe(204);
    expect(await status(payment)).toBe('CANC');
  });

  // Control: with signaturesNeeded() 1 for cancellations the first of them cancels, and this fails.
  it('is cancelled by both once both have signed', async () => {
    const path = '/v1/payments/sepa-credit-transfers';
    const later = { ...order(karla, '100.00'), requestedExecutionDate: '2100-01-04' };
    const payment = tpp.created(await tpp.call('POST', path, later, { 'psu-id': karla.username }));
    await sign(karla, payment);
    await sign(ludwig, payment);
    const cancelling = await tpp.call('DELETE', href(payment, 'self'));
    expect(cancelling.status).toBe(202);
    expect(await sign(karla, cancelling.json)).toBe('finalised');
    expect(await status(payment)).toBe('ACTC');
    expect(await sign(ludwig, cancelling.json)).toBe('finalised');
    expect(await status(payment)).toBe('CANC');
  });

  it('starts explicitly also where the bank is implicit', async () => {
    await tpp.control('PUT', '/profile', { start: 'implicit' });
    expect(href(await initiate(), 'startAuthorisation')).toContain('/authorisations');
  });

  it('is shown after both agreed: partiallyAuthorised, then valid', async () => {
    const { consent, start } = await tpp.consent(karla);
    await tpp.finish(karla, start);
    const consentStatus = async () => (await tpp.call('GET', href(consent, 'status'))).json['consentStatus'];
    const read = async () => tpp.call('GET', '/v1/accounts', undefined, { 'consent-id': String(consent['consentId']) });
    expect(await consentStatus()).toBe('partiallyAuthorised');
    expect([(await read()).status, code(await read())]).toEqual([401, 'CONSENT_INVALID']);
    await sign(ludwig, consent);
    expect(await consentStatus()).toBe('valid');
    const { accounts } = (await read()).json as { accounts: Json[] };
    expect(accounts).toEqual([expect.objectContaining({ usage: 'ORGA', iban: karla.accounts[0]?.iban })]);
  });

  it('has the company as its owner', async () => {
    const access = { allPsd2: 'allAccountsWithOwnerName' };
    const { consent, start } = await tpp.consent(karla, { ...GLOBAL_CONSENT, access });
    await tpp.finish(karla, start);
    await sign(ludwig, consent);
    const id = { 'consent-id': String(consent['consentId']) };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, id)).json as { accounts: Json[] };
    expect(accounts[0]?.['ownerName']).toBe('Nordwind Werke GmbH');
  });

  it('lets no stranger sign the consent', async () => {
    const { consent } = await tpp.consent(karla);
    const answer = await tpp.call('POST', href(consent, 'startAuthorisation'), undefined, { 'psu-id': 'hugo.poor' });
    expect([answer.status, code(answer)]).toEqual([401, 'PSU_CREDENTIALS_INVALID']);
  });
});

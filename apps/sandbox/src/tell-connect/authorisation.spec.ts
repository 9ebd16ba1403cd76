import { randomUUID } from 'node:crypto';
import { TellTpp, said, tokensOf, type Json } from '../../test/tell-tpp.js';

const UUID = 'c0fd407d-134b-4091-8e04-ab49a98db217';

let tpp: TellTpp;
beforeEach(async () => {
  tpp = await TellTpp.start();
  await tpp.control('POST', '/clock', { run: false });
});
afterEach(() => tpp.app.close());

const query = (location: unknown) => Object.fromEntries(new URL(String(location)).searchParams);

describe('an intent', () => {
  it('is answered with intent-id and location', async () => {
    const { status, json } = await tpp.intent('aisp', true);
    expect([status, Object.keys(json)]).toEqual([200, ['intent-id', 'location']]);
  });

  it.each([
    ['uuid', { uuid: '5d9e0000-0000-1000-8000-000000000000' }],
    ['uuid', { uuid: undefined }],
    ['aspsp', { aspsp: randomUUID() }],
    ['scope', { scope: 'accounts' }],
    ['sandbox_sca', { sandbox_sca: 'true' }],
  ])('names a wrong %s', async (field, change) => {
    const json = { aspsp: tpp.application.aspsp, uuid: UUID, scope: 'aisp', sandbox_sca: true, ...change };
    const answer = await tpp.call('POST', '/auth', { json });
    expect(said(answer)).toEqual([400, 'invalid_request']);
    expect(answer.json['error']).toContain(field);
  });

  it('wants Basic: Bearer and a wrong secret are 401 invalid_client', async () => {
    expect(said(await tpp.call('POST', '/auth', { json: {}, token: 'x' }))).toEqual([401, 'invalid_client']);
    const wrong = tpp.as({ application: { ...tpp.application, clientSecret: 'x' } });
    expect(said(await wrong.intent('aisp', true))).toEqual([401, 'invalid_client']);
  });

  it('may repeat its uuid in the sandbox, not in production', async () => {
    const live = tpp.as({ version: 'v1' });
    expect([(await tpp.intent('aisp', true, UUID)).status, (await tpp.intent('aisp', true, UUID)).status]).toEqual([
      200, 200,
    ]);
    expect((await live.intent('aisp', true, UUID)).status).toBe(200);
    expect(said(await live.intent('aisp', true, UUID.toUpperCase()))).toEqual([409, 'duplicate_uuid']);
  });
});

describe('the way back', () => {
  it('has intent-id, uuid and a code after sandbox_sca', async () => {
    const { json } = await tpp.intent('aisp', true, UUID);
    const back = await tpp.send('GET', String(json['location']));
    expect(back.status).toBe(303);
    expect(query(back.headers['location'])).toEqual({
      'intent-id': json['intent-id'],
      uuid: UUID,
      authorisation_code: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await tpp.send('GET', String(json['location']))).status).toBe(410);
  });

  it('in production sandbox_sca is ignored: the user is asked', async () => {
    const { json } = await tpp.as({ version: 'v1' }).intent('aisp', true);
    const page = await tpp.send('GET', String(json['location']));
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('name="password"')]);
  });

  it.each([
    ['null', 'null'],
    ['empty', ''],
    ['absent', undefined],
  ])('without a code it is written %s', async (noCode, expected) => {
    await tpp.control('PUT', '/profile', { noCode, sandboxOutcome: 'decline' });
    const { json } = await tpp.intent('aisp', true);
    const back = await tpp.send('GET', String(json['location']));
    expect(query(back.headers['location'])['authorisation_code']).toBe(expected);
  });

  it('extends a redirect URL that has a query; without one the holding page shows the code', async () => {
    const { applicationId } = tpp.application;
    await tpp.control('PUT', `/applications/${applicationId}`, { redirectUrl: 'https://tpp.example/back?a=1' });
    const first = await tpp.send('GET', String((await tpp.intent('aisp', true)).json['location']));
    expect(first.headers['location']).toMatch(/^https:\/\/tpp\.example\/back\?a=1&intent-id=/);
    await tpp.control('PUT', `/applications/${applicationId}`, { redirectUrl: null });
    const second = await tpp.send('GET', String((await tpp.intent('aisp', true)).json['location']));
    const code = query(second.headers['location'])['authorisation_code'];
    expect((await tpp.send('GET', String(second.headers['location']))).text).toContain(code);
  });

  it('can be lost, and a late user comes back without a code', async () => {
    await tpp.control('PUT', '/profile', { redirect: 'dropped' });
    const { json } = await tpp.intent('aisp', true);
    expect((await tpp.send('GET', String(json['location']))).status).toBe(200);
    await tpp.control('PUT', '/profile', { redirect: 'normal' });
    const late = await tpp.intent('aisp', true);
    await tpp.wait(600);
    const back = await tpp.send('GET', String(late.json['location']));
    expect(query(back.headers['location'])['authorisation_code']).toBe('null');
  });
});

describe('the pages of the user', () => {
  it('lead from the login over the accounts back to the TPP', async () => {
    const user = await tpp.customer('ava.personal');
    const { json } = await tpp.intent('aisp', false);
    const wrong = await tpp.form(String(json['location']), { username: user.username, password: 'x' });
    expect(wrong.status).toBe(401);
    const login = await tpp.form(String(json['location']), { username: user.username, password: user.password });
    const visit = String(login.headers['location']);
    const [account] = user.accounts;
    expect((await tpp.send('GET', visit)).text).toContain(account?.identification);
    const form = { decision: 'accept', accounts: account?.id ?? '', code: user.code };
    expect((await tpp.form(visit, { ...form, code: '0' })).status).toBe(400);
    const back = await tpp.form(visit, form);
    const code = query(back.headers['location'])['authorisation_code'] ?? '';
    const { access } = tokensOf(await tpp.exchange(code));
    const accounts = (await tpp.call('GET', '/accounts', { token: access })).json['Accounts'] as Json[];
    expect(accounts.map(({ AccountId }) => AccountId)).toEqual([account?.id]);
  });

  it('end without a code after three wrong tries, and when the user declines', async () => {
    const { json } = await tpp.intent('aisp', false);
    const location = String(json['location']);
    const wrong = { username: 'ava.personal', password: 'x' };
    await tpp.form(location, wrong);
    await tpp.form(location, wrong);
    const third = await tpp.form(location, wrong);
    expect(query(third.headers['location'])['authorisation_code']).toBe('null');
    const other = await tpp.intent('pisp', false);
    const declined = await tpp.form(String(other.json['location']), { decision: 'decline' });
    expect(query(declined.headers['location'])['authorisation_code']).toBe('null');
  });
});

describe('tokens', () => {
  it('answer as documented, with comma-separated permissions', async () => {
    const answer = await tpp.exchange(await tpp.code());
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: expect.stringMatching(/^balance:read,product:read,accounts:read,beneficiaries:read,/),
    });
  });

  it('a code works once, for 10 minutes in the sandbox and 60 seconds in production', async () => {
    const code = await tpp.code();
    await tpp.wait(599);
    expect((await tpp.exchange(code)).status).toBe(200);
    expect(said(await tpp.exchange(code))).toEqual([400, 'invalid_grant']);
    const live = tpp.as({ version: 'v1' });
    const codeOf = async () => {
      const { json } = await live.intent('aisp', false);
      const decision = { decision: 'accept', username: 'ben.business' };
      return String(
        (await tpp.control('POST', `/intents/${String(json['intent-id'])}`, decision)).json['authorisationCode'],
      );
    };
    const [good, late] = [await codeOf(), await codeOf()];
    expect(said(await tpp.exchange(good))).toEqual([400, 'invalid_grant']);
    await tpp.wait(59);
    expect((await live.exchange(good)).status).toBe(200);
    await tpp.wait(1);
    expect(said(await live.exchange(late))).toEqual([400, 'invalid_grant']);
  });

  it('an access token lives one hour; a refresh gives new ones', async () => {
    const first = await tpp.tokens();
    await tpp.wait(3599);
    expect((await tpp.call('GET', '/accounts', { token: first.access })).status).toBe(200);
    await tpp.wait(1);
    expect(said(await tpp.call('GET', '/accounts', { token: first.access }))).toEqual([401, 'invalid_token']);
    const second = tokensOf(await tpp.refresh(first.refresh));
    expect((await tpp.call('GET', '/accounts', { token: second.access })).status).toBe(200);
  });

  it('a used refresh token ends the whole family', async () => {
    const first = await tpp.tokens();
    const second = tokensOf(await tpp.refresh(first.refresh));
    expect(said(await tpp.refresh(first.refresh))).toEqual([400, 'invalid_grant']);
    expect(said(await tpp.refresh(second.refresh))).toEqual([400, 'invalid_grant']);
    expect(said(await tpp.call('GET', '/accounts', { token: second.access }))).toEqual([401, 'invalid_token']);
  });

  it.each([
    ['fixed', [400, 'consent_expired']],
    ['extendedByRefresh', [200, undefined]],
  ])('after 90 days from the grant, with the end %s', async (consentEnd, expected) => {
    await tpp.control('PUT', '/profile', { consentEnd });
    const first = await tpp.tokens();
    await tpp.wait(60 * 86_400);
    const second = tokensOf(await tpp.refresh(first.refresh));
    await tpp.wait(31 * 86_400);
    expect(said(await tpp.refresh(second.refresh))).toEqual(expected);
  });

  it.each([
    ['401', [401, 'invalid_token']],
    ['400', [400, 'consent_inactive']],
    ['403', [403, 'insufficient_scope']],
  ])('a silent revocation shows as %s at the next call, and at the refresh', async (endedConsent, expected) => {
    await tpp.control('PUT', '/profile', { endedConsent });
    const { access, refresh } = await tpp.tokens();
    const [consent] = (await tpp.control('GET', '/consents')).json['consents'] as Json[];
    await tpp.control('POST', `/consents/${String(consent?.['id'])}`, { state: 'revoked' });
    expect(said(await tpp.call('GET', '/accounts', { token: access }))).toEqual(expected);
    expect(said(await tpp.refresh(refresh))).toEqual([400, 'consent_inactive']);
  });

  it('can be revoked by a fault just as they are used', async () => {
    const { access, refresh } = await tpp.tokens();
    await tpp.control('POST', '/faults', { kind: 'revokeConsent', match: { operation: 'accounts.list' }, count: 1 });
    expect(said(await tpp.call('GET', '/accounts', { token: access }))).toEqual([401, 'invalid_token']);
    expect(said(await tpp.refresh(refresh))).toEqual([400, 'consent_inactive']);
  });

  it('do not cross from the sandbox into production', async () => {
    const { access } = await tpp.tokens();
    expect(said(await tpp.as({ version: 'v1' }).call('GET', '/accounts', { token: access }))).toEqual([
      401,
      'invalid_token',
    ]);
  });
});

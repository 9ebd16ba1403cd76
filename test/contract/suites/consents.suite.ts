import { randomUUID } from 'node:crypto';
import type { Consent, ConsentEvent, Page, Problem } from '../../e2e/answers.js';
import { attended, expectStatus } from '../../e2e/api.js';
import { askConsent, consentRequest, dayFromNow } from '../../e2e/orders.js';
import { authorise } from '../../e2e/psu.js';
import { firstApproach, type Suite } from '../bench.js';

/** Consents: asked for, given in every approach, listed, told about, ended. */
export const consents: Suite = (driver, bench) => {
  const browser = ['redirect', 'oauth'];

  it.each(driver.approaches)('are given by %s', async (approach) => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(approach);
    const asked = await askConsent(app, consentRequest(world, connection, psu));
    expect(asked).toMatchObject({
      institutionId: connection.institutionId,
      provider: driver.provider,
      psuId: psu.id,
      status: 'awaitingAuthorisation',
      access: ['accounts', 'balances', 'transactions'],
      recurring: true,
      validUntil: dayFromNow(60),
      nextStep: { type: driver.steps[approach]?.[0] },
    });
    const { authorisation, steps, returned } = await authorise(app, psu, asked.authorisationId);
    expect(steps).toEqual(driver.steps[approach]);
    expect(authorisation).toMatchObject({
      approach,
      scaStatus: 'finalised',
      nextStep: null,
      subject: { type: 'consent', id: asked.id },
    });
    expect(await app.read<Consent>(`/v1/consents/${asked.id}`)).toMatchObject({ status: 'authorised', nextStep: null });
    if (!browser.includes(approach)) return expect(returned).toBeUndefined();
    expect(Object.fromEntries(returned?.searchParams ?? [])).toEqual({
      tab: '1',
      consentId: asked.id,
      status: 'authorised',
      state: 'link-17',
    });
  });

  it('are listed by PSU, status and last day', async () => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id } = await consent(psu, { validUntil: dayFromNow(7) });
    const ids = async (query: string): Promise<string[]> =>
      (await app.read<Page<Consent>>(`/v1/consents?${query}`)).data.map((one) => one.id);
    const psuId = encodeURIComponent(psu.id);
    expect(await ids(`psuId=${psuId}&status=authorised`)).toContain(id);
    expect(await ids(`psuId=${psuId}&status=rejected`)).not.toContain(id);
    expect(await ids(`psuId=nobody`)).toEqual([]);
    expect(await ids(`expiresBefore=${dayFromNow(8)}`)).toContain(id);
    expect(await ids(`expiresBefore=${dayFromNow(7)}`)).not.toContain(id);
  });

  it('page from the newest to the oldest, each once', async () => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(firstApproach(driver));
    for (let made = 0; made < 3; made += 1) await askConsent(app, consentRequest(world, connection, psu));
    const seen: string[] = [];
    let path: string | null = `/v1/consents?limit=2&psuId=${encodeURIComponent(psu.id)}`;
    while (path !== null) {
      const { data, page }: Page<Consent> = await app.read(path);
      seen.push(...data.map((one) => one.id));
      expect(page.hasMore).toBe(page.nextCursor !== null);
      path = page.nextCursor === null ? null : `/v1/consents?limit=2&psuId=${psu.id}&cursor=${page.nextCursor}`;
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
  });

  it('tell what was said about them, oldest first', async () => {
    const { app, bank, consent } = bench();
    const { id } = await consent(await bank.psu(firstApproach(driver)));
    const { data } = await app.read<Page<ConsentEvent>>(`/v1/consents/${id}/events`);
    const statuses = data.filter(({ applied }) => applied).map(({ status }) => status);
    expect([statuses[0], statuses.at(-1)]).toEqual(['created', 'authorised']);
    expect(statuses).toContain('awaitingAuthorisation');
    expect(data.map(({ at }) => at)).toEqual(data.map(({ at }) => at).toSorted());
  });

  it('are made once for one Idempotency-Key', async () => {
    const { app, bank, world, connection } = bench();
    const body = consentRequest(world, connection, await bank.psu(firstApproach(driver)));
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await app.post<Consent>('/v1/consents', body, headers);
    const again = await app.post<Consent>('/v1/consents', body, headers);
    expect([again.status, again.body.id, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.body.id,
      'true',
    ]);
    const other = await app.post<Problem>('/v1/consents', { ...body, state: 'other' }, headers);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch']);
  });

  it('end by DELETE, here and at the bank', async () => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id } = await consent(psu);
    const path = `/v1/consents/${id}`;
    expect(expectStatus(await app.delete<Consent>(path), 200, `DELETE ${path}`)).toMatchObject({ status: 'revoked' });
    expect(expectStatus(await app.delete<Consent>(path), 200, `DELETE ${path}`)).toMatchObject({ status: 'revoked' });
    const { status, body } = await app.get<Problem>(`/v1/accounts?consentId=${id}`, attended);
    expect([status, body.code, body.nextAction?.type]).toEqual([403, 'consent_not_usable', 'createConsent']);
    const reopened = await app.post<Problem>(`${path}/authorisations`, {});
    expect([reopened.status, reopened.body.code]).toEqual([409, 'conflict']);
    // The bank has ended it too: there is nothing left that it could end.
    if (!driver.traits?.endsNoConsents) await expect(bank.endConsent(psu, 'revoked')).rejects.toThrow();
  });

  it.each(driver.approaches)('can be authorised by a second SCA when the first was left (%s)', async (approach) => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(approach);
    const asked = await askConsent(app, consentRequest(world, connection, psu));
    const renewed = await app.post<{ id: string }>(`/v1/consents/${asked.id}/authorisations`, {});
    const { id } = expectStatus(renewed, 201, 'a second SCA');
    expect(id).not.toBe(asked.authorisationId);
    await authorise(app, psu, id);
    const after = await app.read<Consent>(`/v1/consents/${asked.id}`);
    expect(after).toMatchObject({ status: 'authorised', authorisationId: id });
  });

  it.each([
    ['a redirect URI that is not registered', { redirectUri: 'https://evil.example/back' }, 422],
    ['a last day in the past', { validUntil: '2020-01-01' }, 400],
    ['an access that nobody knows', { access: ['everything'] }, 400],
  ])('are refused for %s', async (_, wrong, status) => {
    const { app, bank, world, connection } = bench();
    const body = { ...consentRequest(world, connection, await bank.psu(firstApproach(driver))), ...wrong };
    const answer = await app.post<Problem>('/v1/consents', body);
    expect([answer.status, answer.body.source]).toEqual([status, 'caller']);
    expect(JSON.stringify(answer.body)).toContain(Object.keys(wrong)[0]);
  });

  if (driver.traits?.consentsAfterSca) return;

  it.each([
    ['down', 503, 'institution_unavailable'],
    ['html', 502, 'institution_answer_unreadable'],
    ['wrong-json', 502, 'institution_answer_unreadable'],
  ] as const)('cannot be asked for while the bank is %s', async (how, status, code) => {
    const { app, bank, world, connection } = bench();
    const psu = await bank.psu(firstApproach(driver));
    await bank.fail('consents', how);
    const answer = await app.post<Problem>('/v1/consents', consentRequest(world, connection, psu));
    await bank.mend();
    expect([answer.status, answer.body.code, answer.body.source]).toEqual([status, code, 'institution']);
    expect(answer.body.upstream?.provider).toBe(driver.provider);
  });
};

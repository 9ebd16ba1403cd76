import type { Account, Consent, Page, Problem } from '../../e2e/answers.js';
import { attended, type Reply } from '../../e2e/api.js';
import { firstApproach, type Suite } from '../bench.js';

const noCache = { 'Cache-Control': 'no-cache' } as const;

/** How reads end where the bank, the PSU or the calendar says no: the answer that the contract names for each. */
export const refusals: Suite = (driver, bench) => {
  it.each([
    ['expired', 'expired'],
    ['revoked', 'revoked'],
  ] as const)('a consent that is %s at the bank: 403 with the way on, and known from then on', async (how, status) => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id } = await consent(psu);
    const path = `/v1/accounts?consentId=${id}`;
    await app.read<Page<Account>>(path, attended);
    await bank.endConsent(psu, how);
    const refused = await app.get<Problem>(path, attended);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.body).toMatchObject({
      status: 403,
      code: 'consent_not_usable',
      source: 'psu',
      retry: { safe: false },
      nextAction: { type: 'createConsent', href: '/v1/consents' },
    });
    const known = driver.traits?.endedConsent ?? status;
    expect(await app.read<Consent>(`/v1/consents/${id}`)).toMatchObject({ status: known });
    const again = await app.get<Problem>(path);
    expect([again.status, again.body.code]).toEqual([403, 'consent_not_usable']);
  });

  it('the daily limit: 429 institution_quota with nextAllowedAt, until the PSU is there', async () => {
    const { app, bank, consent } = bench();
    const { id } = await consent(await bank.psu(firstApproach(driver)), { frequencyPerDay: 1 });
    const path = `/v1/accounts?consentId=${id}`;
    let answer: Reply<Problem> = await app.get(path, noCache);
    for (let reads = 0; reads < 10 && answer.status === 200; reads += 1) answer = await app.get(path, noCache);
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ code: 'institution_quota', source: 'institution', retry: { safe: true } });
    const { nextAllowedAt = '', retry } = answer.body;
    expect(Date.parse(nextAllowedAt)).toBeGreaterThan(Date.now());
    expect(answer.headers.get('retry-after')).toBe(String(retry.afterSeconds));
    // What was read before is still there, and a PSU who is there is not counted.
    expect((await app.get(path)).status).toBe(200);
    expect((await app.get(path, attended)).status).toBe(driver.traits?.countsAttendedReads ? 429 : 200);
  });

  it.each([
    ['accounts', 'down', 503, 'institution_unavailable', true],
    ['balances', 'down', 503, 'institution_unavailable', true],
    ['transactions', 'down', 503, 'institution_unavailable', true],
    ['accounts', 'html', 502, 'institution_answer_unreadable', false],
    ['balances', 'html', 502, 'institution_answer_unreadable', false],
    ['transactions', 'html', 502, 'institution_answer_unreadable', false],
    ['transactions', 'wrong-json', 502, 'institution_answer_unreadable', false],
  ] as const)('%s while the bank is %s: %i %s', async (part, how, status, code, safe) => {
    const { app, bank, consent } = bench();
    const { id } = await consent(await bank.psu(firstApproach(driver)));
    const list = `/v1/accounts?consentId=${id}`;
    const { data } = await app.read<Page<Account>>(list, attended);
    const path = part === 'accounts' ? list : `/v1/accounts/${data[0]?.id}/${part}`;
    await app.read(path, attended);
    await bank.fail(part, how);
    const answer = await app.get<Problem>(path, attended);
    const stored = await app.get(path);
    await bank.mend();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code, source: 'institution', retry: { safe } });
    expect(answer.body.upstream?.provider).toBe(driver.provider);
    expect(JSON.stringify(answer.body)).not.toMatch(/maintenance|doctype|node_modules|at .*\.js/i);
    if (status === 503) expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(stored.status).toBe(200);
    expect((await app.get(path, attended)).status).toBe(200);
  });
};

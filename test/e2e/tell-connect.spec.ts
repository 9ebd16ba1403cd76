import type { Account, Consent, Page, Problem } from './answers.js';
import { attended } from './api.js';
import { askConsent, consentRequest } from './orders.js';
import { authorise, type Psu } from './psu.js';
import { TellConnect } from './tell-connect.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

/*
 * Negative controls, each carried out once against a changed build:
 * - Grants whose stores exchange without lock and flight: the first story fails, reads are refused since the bank ends the family
 *   of a refresh token that is used twice;
 * - UnattendedReadCounts that allows everything: the story about the daily limit fails, the fifth is sent.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

const noCache = { 'Cache-Control': 'no-cache' } as const;
let banks = 0;

interface Given {
  readonly bank: TellConnect;
  readonly psu: Psu;
  readonly consentId: string;
  readonly list: string;
  readonly accountId: string;
}

/** A consent that was given, and its accounts read once. */
async function given(to: 'sandbox' | 'production' = 'sandbox', more: object = {}): Promise<Given> {
  banks += 1;
  const bank = new TellConnect(world.stack.sandboxUrl, `story-${banks}`);
  const settings = await bank.register(world.callbackUrl('tell-connect'), to);
  const connection = await world.connect('tell-connect', { ...settings, ...more });
  const psu = await bank.psu('ava.personal');
  const { id, authorisationId } = await askConsent(world.app, consentRequest(world, connection, psu));
  await authorise(world.app, psu, authorisationId);
  const list = `/v1/accounts?consentId=${id}`;
  const { data } = await world.app.read<Page<Account>>(list, attended);
  return { bank, psu, consentId: id, list, accountId: data[0]?.id ?? '' };
}

/** At the bank an hour passes; signatures stay good. */
async function expireAccessToken(bank: TellConnect): Promise<void> {
  await bank.control('PUT', '/profile', { iatWindowSeconds: 86_400 });
  await bank.control('POST', '/clock', { advanceSeconds: 3_700 });
}

async function refreshes(bank: TellConnect): Promise<number> {
  return (await bank.ledger()).calls['token.refresh'] ?? 0;
}

/** The api is killed while the bank keeps the answer to a refresh back. */
async function killInRefresh(when: 'before' | 'after'): Promise<Given> {
  const held = await given();
  const { bank, list } = held;
  await expireAccessToken(bank);
  const match = { operation: 'token.refresh' };
  await bank.control('POST', '/faults', {
    // What hangs is cut before the bank acts; what is late it has done.
    ...(when === 'before' ? { kind: 'hang' } : { kind: 'delay', ms: 600_000 }),
    when,
    match,
    count: 1,
  });
  const read = world.app.get(list, attended).then(
    () => 'answered',
    () => 'cut',
  );
  await until('the bank keeps its answer back', async () => {
    const { faults } = await bank.control<{ faults: { applied: number }[] }>('GET', '/faults');
    return faults.length === 0 || faults[0]?.applied === 1;
  });
  world.stack.kill('api', 'SIGKILL');
  expect(await read).toBe('cut');
  await bank.control('DELETE', '/faults');
  await world.stack.restart('api');
  return held;
}

describe('tokens that end', () => {
  it('200 parallel reads with an expired token cause one refresh', async () => {
    const { bank, list, accountId, consentId } = await given();
    await expireAccessToken(bank);
    const paths = [list, `/v1/accounts/${accountId}/balances`];
    const reads = Array.from({ length: 200 }, (_, index) => world.app.get(paths[index % 2] ?? list, attended));
    const answers = await Promise.all(reads);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await refreshes(bank)).toBe(1);
    expect(await world.app.read<Consent>(`/v1/consents/${consentId}`)).toMatchObject({ status: 'authorised' });
  });

  it('a kill before the bank took the refresh leaves the consent usable', async () => {
    const { list, consentId } = await killInRefresh('before');
    expect((await world.app.get(list, attended)).status).toBe(200);
    expect(await world.app.read<Consent>(`/v1/consents/${consentId}`)).toMatchObject({ status: 'authorised' });
  });

  it('a kill after the bank gave new tokens that nobody has asks the PSU again, and the new consent works', async () => {
    const { bank, psu, list, consentId } = await killInRefresh('after');
    const refused = await world.app.get<Problem>(list, attended);
    expect([refused.status, refused.body.code]).toEqual([403, 'consent_not_usable']);
    expect(refused.body.nextAction).toEqual({ type: 'createConsent', href: '/v1/consents' });
    const before = await refreshes(bank);
    const { status, institutionId } = await world.app.read<Consent & { institutionId: string }>(
      `/v1/consents/${consentId}`,
    );
    expect(status).toBe('revoked');
    // No loop: what is over is not asked about again.
    await world.app.get(list, attended);
    expect(await refreshes(bank)).toBe(before);
    const again = await askConsent(world.app, consentRequest(world, { id: '', institutionId }, psu));
    await authorise(world.app, psu, again.authorisationId);
    expect((await world.app.get(`/v1/accounts?consentId=${again.id}`, attended)).status).toBe(200);
  });
});

describe('a consent that the PSU revokes at the bank, of which nobody tells us', () => {
  it.each(['401', '400', '403'])(
    'is noticed by the next read where the bank answers %s, and asked about no more',
    async (endedConsent) => {
      const { bank, psu, consentId, list } = await given();
      await bank.control('PUT', '/profile', { endedConsent });
      await bank.endConsent(psu.id, 'revoked');
      const refused = await world.app.get<Problem>(list, attended);
      expect([refused.status, refused.body.code]).toEqual([403, 'consent_not_usable']);
      expect(await world.app.read<Consent>(`/v1/consents/${consentId}`)).toMatchObject({ status: 'revoked' });
      const { calls } = await bank.ledger();
      expect((await world.app.get<Problem>(list, attended)).body.code).toBe('consent_not_usable');
      expect((await bank.ledger()).calls).toEqual(calls);
    },
  );
});

describe('reads without the PSU', () => {
  it('are counted here, failed ones too: the fifth of a day is not sent', async () => {
    const { bank, accountId } = await given();
    const path = `/v1/accounts/${accountId}/balances`;
    const match = { operation: 'balance.read' };
    await bank.control('POST', '/faults', { kind: 'error', httpStatus: 503, match, count: 1 });
    const statuses: number[] = [];
    for (let reads = 0; reads < 4; reads += 1) statuses.push((await world.app.get(path, noCache)).status);
    expect(statuses).toEqual([503, 200, 200, 200]);
    const sent = (await bank.ledger()).calls['balance.read'];
    const fifth = await world.app.get<Problem>(path, noCache);
    expect([fifth.status, fifth.body.code]).toEqual([429, 'institution_quota']);
    expect(new Date(fifth.body.nextAllowedAt ?? '').toISOString()).toMatch(/T00:00:00\.000Z$/);
    expect((await bank.ledger()).calls['balance.read']).toBe(sent);
    // Another endpoint has a count of its own, and a PSU who is there is not counted.
    expect((await world.app.get(`/v1/accounts/${accountId}/transactions`, noCache)).status).toBe(200);
    expect((await world.app.get(path, attended)).status).toBe(200);
  });
});

describe('production', () => {
  it('wants a uuid only once: a second SCA of a consent has another one', async () => {
    const { psu, consentId, list } = await given('production', { sandboxSca: true });
    const renewed = await world.app.post<{ id: string }>(`/v1/consents/${consentId}/authorisations`, {});
    expect(renewed.status).toBe(201);
    await authorise(world.app, psu, renewed.body.id);
    expect((await world.app.get(list, attended)).status).toBe(200);
  });
});

describe('a return that nobody here has sent anybody to', () => {
  it.each([
    ['without parameters', ''],
    ['with an intent only', '?intent-id=a077e84b-a815-4ed3-81c0-8f85d55e7c47'],
    ['with a state', '?state=a077e84b-a815-4ed3-81c0-8f85d55e7c47-and-more-characters'],
    ['of another uuid', '?intent-id=a077e84b-a815-4ed3-81c0-8f85d55e7c47&uuid=c0fd407d-134b-4091-8e04-ab49a98db217'],
  ])('%s leads nowhere', async (_, query) => {
    const { status, headers } = await fetch(`${world.callbackUrl('tell-connect')}${query}`, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([400, null]);
  });
});

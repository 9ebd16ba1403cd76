import { jest } from '@jest/globals';
import { ConsentEntity } from '@tributary/persistence';
import type { CallContext } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { ConsentExpiry } from './consent-expiry.js';
import type { NewConsent } from './consent-request.js';
import { ConsentsService } from './consents.service.js';
import { UnattendedReadCounts } from './unattended-reads.js';

const context: CallContext = { traceId: 'spec', psu: {} };
const attended: CallContext = { traceId: 'spec', psu: { ipAddress: '192.0.2.1' } };

let bank: ConsentBank;
let banking: TestBanking;
let consents: ConsentsService;
let authorisations: AuthorisationsService;

beforeAll(async () => {
  banking = await startBanking(new ConsentBank().provider);
  consents = banking.get(ConsentsService);
  authorisations = banking.get(AuthorisationsService);
});
beforeEach(() => {
  bank = new ConsentBank();
  banking.get(UpstreamsService).provider = () => Promise.resolve(bank.provider);
});
afterAll(async () => {
  await banking.stop();
});

const request = (change: Partial<NewConsent> = {}): NewConsent => ({
  institutionId: banking.institutionId,
  psu: { id: 'anna' },
  access: ['accounts', 'balances', 'transactions'],
  recurring: true,
  validUntil: '2099-12-31',
  redirectUri: banking.redirectUri,
  state: 'app state & more',
  ...change,
});

async function authorised(change: Partial<NewConsent> = {}): Promise<string> {
  const { id, authorisationId } = await consents.create(banking.appId, request(change), context);
  await answer(authorisationId, { type: 'credentials', credentials: { password: 'p' } });
  await answer(authorisationId, { type: 'challenge', code: '123456' });
  return id;
}

const answer = (id: string | null, given: Parameters<AuthorisationsService['answer']>[2]) =>
  authorisations.answer(banking.appId, id ?? '', given, context);

const status = async (id: string) => (await consents.get(banking.appId, id, context)).status;

async function history(id: string) {
  const events = await consents.events(banking.appId, id, { limit: 100, after: null });
  return events.map(({ source, status: state, upstreamStatus, why }) => [source, state, upstreamStatus, why]);
}

async function outbox(id: string): Promise<unknown[]> {
  const rows = await banking.database.query<{ data: { status: string } }[]>(
    'SELECT data FROM outbox WHERE subject_id = $1 ORDER BY sequence',
    [id],
  );
  return rows.map(({ data }) => data.status);
}

async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.details.errors?.[0]?.pointer];
    throw error;
  }
}

describe('asking for a consent', () => {
  it('goes from the first step to authorised, with a history and events', async () => {
    const created = await consents.create(banking.appId, request(), context);
    expect(created).toMatchObject({ status: 'awaitingAuthorisation', nextStep: { type: 'credentials' } });
    await answer(created.authorisationId, { type: 'credentials', credentials: { password: 'p' } });
    const done = await answer(created.authorisationId, { type: 'challenge', code: '123456' });
    expect(done).toMatchObject({ scaStatus: 'finalised', nextStep: null });
    expect(await history(created.id)).toEqual([
      ['app', 'created', null, 'created'],
      ['initiation', 'awaitingAuthorisation', 'received', 'change'],
      ['poll', 'authorised', 'valid', 'change'],
    ]);
    expect(await outbox(created.id)).toEqual(['awaitingAuthorisation', 'authorised']);
  });

  it.each([
    [
      'a redirect URI that only begins like the registered one',
      { redirectUri: 'https://app.example.com/back/' },
      '/redirectUri',
    ],
    ['a day that is over', { validUntil: '2020-01-01' }, '/validUntil'],
    ['a wrong IBAN', { accounts: [{ scheme: 'iban', value: 'DE89370400440532013001' }] }, '/accounts/0/iban'],
    ['more than one read of a consent that is good once', { recurring: false, frequencyPerDay: 2 }, '/frequencyPerDay'],
    ['data that the route does not have', { access: ['accounts', 'party'] }, '/access/1'],
    ['another provider', { provider: 'tribe' }, '/provider'],
  ] as const)('refuses %s, before the bank hears of it', async (_, change, pointer) => {
    const [, at] = (await codeOf(consents.create(banking.appId, request(change), context))) as unknown[];
    expect(at).toBe(pointer);
    expect(bank.calls).toEqual([]);
  });

  it.each([
    ['unavailable', 'failed'],
    ['malformed', 'failed'],
    ['rejected', 'rejected'],
  ] as const)('ends as it must when the bank answers %s', async (kind, state) => {
    bank.faults.set('createConsent', { kind });
    await expect(consents.create(banking.appId, request(), context)).rejects.toMatchObject({ kind });
    const [newest] = await consents.list(banking.appId, { limit: 1, after: null });
    expect(newest).toMatchObject({ status: state, nextStep: null });
  });

  it('lets an SCA come first where the bank wants that, and makes the consent once', async () => {
    bank.approach = 'oauth';
    bank.preStep = true;
    bank.tokens = { accessToken: 'canary-access', refreshToken: 'canary-refresh' };
    const created = await consents.create(banking.appId, request(), context);
    expect(created).toMatchObject({ status: 'awaitingAuthorisation', nextStep: { type: 'redirect' } });
    const [state] = bank.seenStates;
    await authorisations.complete('spec', state ?? '', { state: state ?? '', code: 'c' }, context);
    const next = await consents.get(banking.appId, created.id, context);
    expect(next).toMatchObject({ status: 'awaitingAuthorisation', subStatus: 'received' });
    expect(next.authorisationId).not.toBe(created.authorisationId);
    // The worker looks at the finished pre-step as well; it is over.
    await authorisations.poll(created.authorisationId ?? '', context);
    expect(bank.count('createConsent')).toBe(2);
    await authorisations.complete('spec', bank.seenStates.at(-1) ?? '', {}, context);
    await authorisations.poll(next.authorisationId ?? '', context);
  });

  it('takes an unknown word of the bank as it is', async () => {
    bank.state = null;
    bank.word = 'somethingNew';
    const created = await consents.create(banking.appId, request(), context);
    expect(created).toMatchObject({ status: 'awaitingAuthorisation', subStatus: 'somethingNew' });
  });

  it('does not ask the PSU where the bank does not', async () => {
    bank.authorise();
    const created = await consents.create(banking.appId, request(), context);
    expect(created).toMatchObject({ status: 'authorised', nextStep: null });
    expect(await authorisations.view(banking.appId, created.authorisationId ?? '')).toMatchObject({
      scaStatus: 'exempted',
    });
  });
});

describe('a consent', () => {
  it('belongs to its app: for another one it does not exist', async () => {
    const id = await authorised();
    const strangers = ['app_01KAHX5V4Q0N6W2T8B7C9D3E5F', banking.appId];
    const ids = [id, 'con_01KAHX5V4Q0N6W2T8B7C9D3E5F'];
    for (const [position, appId] of strangers.entries()) {
      const unknown = ids[position] ?? '';
      for (const attempt of [
        consents.get(appId, unknown, attended),
        consents.revoke(appId, unknown, context),
        consents.authorise(appId, unknown, {}, context),
        consents.events(appId, unknown, { limit: 1, after: null }),
      ]) {
        expect(await codeOf(attempt)).toEqual(['not_found', undefined]);
      }
    }
    expect(await status(id)).toBe('authorised');
  });

  it('would be open to other apps if its app were not asked for (negative control)', async () => {
    const id = await authorised();
    const repository = banking.database.getRepository(ConsentEntity);
    const findOneBy = repository.findOneBy.bind(repository);
    const broken = jest
      .spyOn(repository, 'findOneBy')
      .mockImplementation(() => findOneBy({ id, appId: banking.appId }));
    const seen = await codeOf(consents.get('app_01KAHX5V4Q0N6W2T8B7C9D3E5F', id, context));
    broken.mockRestore();
    expect(seen).toMatchObject({ id });
  });

  it('is revoked at the bank, once', async () => {
    const id = await authorised();
    expect(await consents.revoke(banking.appId, id, context)).toMatchObject({
      status: 'revoked',
      subStatus: 'terminatedByTpp',
    });
    await consents.revoke(banking.appId, id, context);
    expect(bank.count('revokeConsent')).toBe(1);
  });

  it('stays as it is when the bank cannot be told that it is revoked', async () => {
    const id = await authorised();
    bank.faults.set('revokeConsent', { kind: 'unavailable' });
    await expect(consents.revoke(banking.appId, id, context)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await status(id)).toBe('authorised');
  });

  it('is asked about while the PSU is there', async () => {
    const id = await authorised();
    bank.state = 'expired';
    bank.word = 'expired';
    expect(await status(id)).toBe('authorised');
    expect(await consents.get(banking.appId, id, attended)).toMatchObject({ status: 'expired' });
  });

  it('never comes back once it has ended', async () => {
    const id = await authorised();
    await consents.revoke(banking.appId, id, context);
    bank.authorise();
    expect(await consents.get(banking.appId, id, attended)).toMatchObject({ status: 'revoked' });
    expect(await codeOf(consents.authorise(banking.appId, id, {}, context))).toEqual(['conflict', undefined]);
  });

  it('is superseded where a newer one took its place', async () => {
    const psu = { id: 'bert' };
    const older = await authorised({ psu });
    bank.state = 'awaitingAuthorisation';
    await authorised({ psu });
    bank.state = 'expired';
    bank.word = 'expired';
    expect(await consents.get(banking.appId, older, attended)).toMatchObject({
      status: 'superseded',
      subStatus: 'expired',
    });
  });

  it('is authorised again without a new consent', async () => {
    const id = await authorised();
    const again = await consents.authorise(banking.appId, id, { scaPreference: 'embedded' }, context);
    expect(again).toMatchObject({ subject: { type: 'consent', id }, nextStep: { type: 'credentials' } });
    expect(bank.count('createConsent')).toBe(1);
    expect(await status(id)).toBe('authorised');
  });

  it('expires with its last day, by the clock of the database, together with its open SCA', async () => {
    const { id, authorisationId } = await consents.create(banking.appId, request(), context);
    const good = await authorised();
    await banking.database.query(`UPDATE consents SET valid_until = '2020-01-01' WHERE id = $1`, [id]);
    const expiry = banking.get(ConsentExpiry);
    expect(await expiry.expireDue()).toBe(1);
    expect(await expiry.expireDue()).toBe(0);
    expect([await status(id), await status(good)]).toEqual(['expired', 'authorised']);
    expect(await outbox(id)).toEqual(['awaitingAuthorisation', 'expired']);
    expect((await history(id)).at(-1)).toEqual(['clock', 'expired', null, 'change']);
    expect(await codeOf(answer(authorisationId, { type: 'challenge', code: '1' }))).toEqual([
      'step_not_open',
      undefined,
    ]);
  });

  it('is announced once to end soon, and again only for another last day', async () => {
    const expiry = banking.get(ConsentExpiry);
    const another = () => {
      bank.state = 'awaitingAuthorisation';
      return authorised();
    };
    const [soon, later, once] = [await another(), await another(), await another()];
    const endsIn = (id: string, days: number) =>
      banking.database.query(
        `UPDATE consents SET valid_until = (now() AT TIME ZONE 'UTC')::date + $2::int WHERE id = $1`,
        [id, days],
      );
    await endsIn(soon, 7);
    await endsIn(later, 8);
    await endsIn(once, 3);
    await banking.database.query('UPDATE consents SET recurring = false WHERE id = $1', [once]);
    const told = async () => {
      const rows = await banking.database.query<{ subject_id: string; data: unknown }[]>(
        `SELECT subject_id, data FROM outbox WHERE type = 'consent.expiring' ORDER BY id`,
      );
      return rows.map((row) => row.subject_id);
    };
    expect(await expiry.announceDue()).toBe(1);
    expect(await expiry.announceDue()).toBe(0);
    expect(await told()).toEqual([soon]);
    await endsIn(soon, 5);
    expect(await expiry.announceDue()).toBe(1);
    expect(await told()).toEqual([soon, soon]);
  });

  it('is found by PSU, status and end, page by page', async () => {
    const psu = { id: 'carla' };
    const made: string[] = [];
    for (const validUntil of ['2090-01-01', '2091-01-01', '2092-01-01']) {
      bank.state = 'awaitingAuthorisation';
      made.push((await consents.create(banking.appId, request({ psu, validUntil }), context)).id);
    }
    const all = { psuId: 'carla', limit: 2, after: null };
    const first = await consents.list(banking.appId, all);
    expect(first.map(({ id }) => id)).toEqual(made.toReversed());
    const second = await consents.list(banking.appId, { ...all, after: made[1] ?? '' });
    expect(second.map(({ id }) => id)).toEqual([made[0]]);
    const ending = await consents.list(banking.appId, { ...all, expiresBefore: '2091-01-01' });
    expect(ending.map(({ id }) => id)).toEqual([made[0]]);
    expect(await consents.list(banking.appId, { ...all, status: 'authorised' })).toEqual([]);
  });
});

describe('reads without the PSU', () => {
  // Negative control, carried out once: without `held.calls < $4` all of them are let through.
  it('are counted over all processes: of many at once only those that are left', async () => {
    const { id } = await consents.create(banking.appId, request(), context);
    const other = await banking.secondProcess();
    const held = { id, appId: banking.appId, frequencyPerDay: 9 };
    const takers = [banking, other].map((one) => one.get(UnattendedReadCounts).of(held));
    const takes = await Promise.all(
      Array.from({ length: 10 }, () => takers.map((reads) => reads.take('accounts', 4))).flat(),
    );
    expect(takes.filter((next) => next === null)).toHaveLength(4);
    for (const next of takes) if (next !== null) expect(next.toISOString()).toMatch(/T00:00:00\.000Z$/);
    expect(await takers[0]?.take('accounts/1/balance', 4)).toBeNull();
    expect(await takers[0]?.take('accounts/2/balance', 0)).not.toBeNull();
    // What the consent says counts where it is less.
    const rare = banking.get(UnattendedReadCounts).of({ ...held, frequencyPerDay: 1 });
    expect([await rare.take('rare', 4), await rare.take('rare', 4)].map((next) => next === null)).toEqual([
      true,
      false,
    ]);
    await banking.database.query('UPDATE unattended_reads SET day = day - 1 WHERE consent_id = $1', [id]);
    expect(await takers[1]?.take('accounts', 4)).toBeNull();
    await other.stop();
  });
});

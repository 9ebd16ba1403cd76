import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { Refusal } from '../refusal.js';
import { appliedKeptDays, InboxService } from '../payments/inbox.service.js';
import { IdempotencyService, keptAnswerDays } from './idempotency.service.js';

let banking: TestBanking;
let records: IdempotencyService;
beforeAll(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
  records = banking.get(IdempotencyService);
});
afterAll(() => banking.stop());

const begin = (key: string, hash = 'hash') => records.begin(banking.appId, 'POST /v1/x', key, hash);
const refusalOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'none',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

describe('an idempotency key', () => {
  it('is claimed by one of twenty', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => refusalOf(begin('many'))));
    expect(claims.filter((claim) => claim === 'none')).toHaveLength(1);
    expect(claims.filter((claim) => claim === 'idempotency_in_progress')).toHaveLength(19);
  });

  it('gives the kept answer, which is not readable in the table', async () => {
    await begin('kept');
    const answer = { clientSecret: 'canary-of-this-spec' };
    await records.finish(banking.appId, 'POST /v1/x', 'kept', { httpStatus: 201, answer });
    expect(await begin('kept')).toEqual({ httpStatus: 201, answer });
    expect(await refusalOf(begin('kept', 'other'))).toBe('idempotency_mismatch');
    const rows = await banking.database.query<{ row: string }[]>('SELECT r::text AS row FROM idempotency_records r');
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect(JSON.stringify(rows)).toContain('kept');
  });

  it('is free again when its request was refused, or died', async () => {
    await begin('refused');
    await records.release(banking.appId, 'POST /v1/x', 'refused');
    expect(await begin('refused', 'corrected')).toBeNull();
    await begin('dead');
    expect(await refusalOf(begin('dead'))).toBe('idempotency_in_progress');
    await banking.database.query(
      `UPDATE idempotency_records SET locked_until = now() - interval '1 s' WHERE key = 'dead'`,
    );
    expect(await begin('dead')).toBeNull();
  });

  it('is forgotten with its answer after its days, as an applied webhook is, and nothing else', async () => {
    const inbox = banking.get(InboxService);
    const days = (count: number) => `now() - interval '${count} days'`;
    for (const [key, age] of [
      ['old', keptAnswerDays + 1],
      ['young', keptAnswerDays - 1],
    ] as const) {
      await begin(key);
      await records.finish(banking.appId, 'POST /v1/x', key, { httpStatus: 201, answer: {} });
      await banking.database.query(
        `UPDATE idempotency_records SET created_at = ${days(age)}, locked_until = ${days(age)} WHERE key = $1`,
        [key],
      );
    }
    await banking.database.query(
      `INSERT INTO inbox (connection_id, event_key, subject_type, subject_reference, notice_envelope, received_at, applied_at,
         attempts, next_attempt_at)
       SELECT $1, key, 'payment', 'r', '', ${days(200)}, applied, 1, now()
       FROM (VALUES ('old', ${days(appliedKeptDays + 1)}), ('young', ${days(appliedKeptDays - 1)}), ('waiting', NULL))
         AS message(key, applied)`,
      [banking.connectionId],
    );
    expect([await records.forgetOld(100), await inbox.forgetOld(100)]).toEqual([1, 1]);
    expect(await begin('young')).toMatchObject({ httpStatus: 201 });
    expect(await begin('old')).toBeNull();
    const left = await banking.database.query<unknown[]>('SELECT event_key FROM inbox ORDER BY event_key');
    expect(left).toEqual([{ event_key: 'waiting' }, { event_key: 'young' }]);
  });

  it('means nothing to another app or operation', async () => {
    await begin('mine');
    const [other] = await banking.database.query<{ id: string }[]>(
      `INSERT INTO apps SELECT id || 'X', name, redirect_uris, scopes, now(), now() FROM apps LIMIT 1 RETURNING id`,
    );
    expect(await records.begin(other?.id ?? '', 'POST /v1/x', 'mine', 'z')).toBeNull();
    expect(await records.begin(banking.appId, 'POST /v1/y', 'mine', 'z')).toBeNull();
  });
});

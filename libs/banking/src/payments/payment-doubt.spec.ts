import { type Payment, PaymentEntity, PaymentObservationEntity } from '@tributary/persistence';
import { type CallContext, type PaymentSnapshot } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { PaymentBank } from '../../../../test/payment-bank.js';
import { observe } from './observe.js';
import { PaymentDecisions } from './payment-decisions.service.js';
import { PaymentDoubt, staleStages } from './payment-doubt.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentsService } from './payments.service.js';
import { webhookTrust } from './webhook-trust-book.js';

const context: CallContext = { traceId: 'spec', psu: {} };
const page = { limit: 100, after: null };
const anna = { appId: 'app_a', clientId: 'client_a' };
const ben = { appId: 'app_b', clientId: 'client_b' };
let bank: PaymentBank;
let banking: TestBanking;
let decisions: PaymentDecisions;
let doubt: PaymentDoubt;
let recorder: PaymentRecorder;

beforeAll(async () => {
  bank = new PaymentBank();
  banking = await startBanking(bank.provider);
  decisions = banking.get(PaymentDecisions);
  doubt = banking.get(PaymentDoubt);
  recorder = banking.get(PaymentRecorder);
  await credential(anna);
  await credential(ben);
});
beforeEach(async () => {
  await banking.database.query('UPDATE payments SET next_poll_at = NULL, final = true');
});
afterAll(async () => {
  await banking.stop();
});

async function credential({ appId, clientId }: typeof anna, createdAt = `now() - interval '1 day'`): Promise<void> {
  await banking.database.query(
    `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at)
     VALUES ($1, $1, '{}', '{admin}', now(), now()) ON CONFLICT DO NOTHING`,
    [appId],
  );
  await banking.database.query(
    `INSERT INTO app_credentials (client_id, app_id, secret_hash, created_at) VALUES ($1, $2, '-', ${createdAt})`,
    [clientId, appId],
  );
}

let keys = 0;
/** A payment at the bank, or one of which nobody saw the answer. */
async function pay(unknown = false): Promise<string> {
  if (unknown) bank.faults.set('initiate', { kind: 'outcome-unknown', after: true });
  const { payment } = await banking
    .get(PaymentsService)
    .initiate(banking.appId, banking.order(), `key-${(keys += 1)}`, context);
  return payment.id;
}

const row = (id: string): Promise<Payment> => banking.database.getRepository(PaymentEntity).findOneByOrFail({ id });

async function timeline(id: string) {
  const rows = await banking.database
    .getRepository(PaymentObservationEntity)
    .find({ where: { paymentId: id }, order: { sequence: 'ASC' } });
  return rows.map(({ source, upstreamStatus, applied, why }) => [source, upstreamStatus, applied, why]);
}

const eventsOf = (id: string) =>
  banking.database.query<{ type: string; sequence: number; data: Record<string, unknown> }[]>(
    'SELECT type, sequence, data FROM outbox WHERE subject_id = $1 ORDER BY sequence',
    [id],
  );

/** Nothing was heard for so long. */
async function silence(id: string, seconds: number): Promise<void> {
  await banking.database.query(
    `UPDATE payments SET sent_at = now() - $2 * interval '1 second', updated_at = now() - $2 * interval '1 second' WHERE id = $1`,
    [id, seconds],
  );
}

const says = (status: PaymentSnapshot['status'], reference: string | null): PaymentSnapshot => ({
  reference,
  status,
  upstreamStatus: status ?? '?',
  continuation: null,
  observedAt: new Date(),
  raw: null,
});

describe('a payment that nobody can tell anything about', () => {
  it.each([
    [true, 'unknownFor'],
    [false, 'openFor'],
  ] as const)('is reported once per stage (unknown: %s)', async (unknown, threshold) => {
    const id = await pay(unknown);
    expect(await doubt.reportStale()).toBe(0);
    const told: unknown[] = [];
    for (const stage of staleStages) {
      await silence(id, stage[threshold] - 60);
      expect(await doubt.reportStale()).toBe(0);
      await silence(id, stage[threshold] + 60);
      expect(await doubt.reportStale()).toBe(1);
      expect(await doubt.reportStale()).toBe(0);
      told.push(stage.stage);
    }
    const events = (await eventsOf(id)).filter(({ type }) => type === 'payment.stale');
    expect(events.map(({ data }) => data['stage'])).toEqual(told);
    expect(new Set((await eventsOf(id)).map(({ sequence }) => sequence)).size).toBe((await eventsOf(id)).length);
    expect((await doubt.list(page)).map((payment) => payment.id)).toEqual([id]);
  });

  it('begins anew with the next news', async () => {
    const id = await pay();
    await silence(id, staleStages[0]?.openFor ?? 0);
    await silence(id, 2 * 86_400);
    await doubt.reportStale();
    expect((await row(id)).staleStage).toBe(1);
    await recorder.record(id, (current) => observe(current, says('ACSP', current.reference), 'webhook'));
    expect((await row(id)).staleStage).toBe(0);
    expect(await doubt.list(page)).toEqual([]);
  });

  it('is not one that ended, was never sent, waits for its day, or stands for years', async () => {
    const [ended, future, standing, unsent] = [await pay(), await pay(), await pay(), await pay()];
    const set = (id: string, what: string) => banking.database.query(`UPDATE payments SET ${what} WHERE id = $1`, [id]);
    await recorder.record(ended, (current) => observe(current, says('ACSC', current.reference), 'webhook'));
    await set(future, `"order" = "order" || jsonb_build_object('executionDate', (now() + interval '9 days')::date)`);
    await set(standing, `"order" = "order" || '{"recurrence": {"frequency": "monthly"}}'`);
    await set(unsent, `send_state = 'created', state = 'created'`);
    for (const id of [ended, future, standing, unsent]) await silence(id, 30 * 86_400);
    expect(await doubt.reportStale()).toBe(0);
  });
});

describe('a decision', () => {
  it('takes two people, ends the payment through the one engine, and shows everywhere', async () => {
    const id = await pay(true);
    const proposal = { paymentId: id, outcome: 'rejected', evidence: 'the bank wrote: never received' } as const;
    const { id: decisionId } = await decisions.propose(proposal, anna);
    expect(await row(id)).toMatchObject({ state: 'unknown', final: false });
    // Negative control, carried out: without the look at who proposed only the check of the table (below) stood in the way.
    await expect(decisions.confirm(decisionId, anna)).rejects.toMatchObject({ code: 'second_person_required' });
    await expect(
      banking.database.query(`UPDATE payment_decisions SET confirmed_by = proposed_by WHERE id = $1`, [decisionId]),
    ).rejects.toThrow('payment_decisions_two_');
    expect(await row(id)).toMatchObject({ state: 'unknown', final: false });
    const applied = await decisions.confirm(decisionId, ben);
    expect(applied).toMatchObject({ status: 'applied', applied: true, confirmedBy: 'client_b' });
    expect(await row(id)).toMatchObject({ state: 'rejected', isoStatus: 'RJCT', final: true, sendState: 'unknown' });
    expect((await timeline(id)).at(-1)).toEqual(['operator', 'decided: rejected', true, 'first']);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'payment.statusChanged',
      data: { status: 'rejected', final: true, upstreamStatus: 'outcome-unknown' },
    });
    const audit = await banking.database.query<{ action: string; details: Record<string, unknown> }[]>(
      `SELECT action, details FROM audit_log WHERE subject_id = $1 AND action LIKE 'payment_decisions.%' ORDER BY sequence`,
      [id],
    );
    expect(audit).toMatchObject([
      {
        action: 'payment_decisions.insert',
        details: { id: decisionId, proposed_by: 'client_a', evidence: proposal.evidence },
      },
      { action: 'payment_decisions.update', details: { confirmed_by: [null, 'client_b'] } },
      { action: 'payment_decisions.update', details: { applied: [null, true] } },
    ]);
    // Never sent again, and repeating the confirmation changes nothing.
    await decisions.confirm(decisionId, ben);
    expect(await timeline(id)).toHaveLength(2);
    expect(bank.taken.filter((order) => order.id === id)).toHaveLength(1);
  });

  it('takes two apps, and no credential that was made for it', async () => {
    const id = await pay(true);
    const { id: decisionId } = await decisions.propose(
      { paymentId: id, outcome: 'settled', evidence: 'said the bank' },
      anna,
    );
    const annasSecond = { appId: anna.appId, clientId: 'client_a2' };
    await credential(annasSecond);
    const bensNew = { appId: ben.appId, clientId: 'client_b2' };
    await credential(bensNew, 'now()');
    // Negative controls, carried out: with client ids compared alone, only the table refused the first one; without the look at the
    // age of a credential, the second one confirmed.
    for (const nobodyElse of [annasSecond, bensNew]) {
      await expect(decisions.confirm(decisionId, nobodyElse)).rejects.toMatchObject({ code: 'second_person_required' });
    }
    const byHand = `UPDATE payment_decisions SET confirmed_by = 'client_a2', confirmed_by_app = $2 WHERE id = $1`;
    for (const app of [anna.appId, null]) {
      await expect(banking.database.query(byHand, [decisionId, app])).rejects.toThrow('payment_decisions_two_apps');
    }
    expect(await row(id)).toMatchObject({ state: 'unknown', final: false });
    expect(await decisions.confirm(decisionId, ben)).toMatchObject({ status: 'applied', confirmedByApp: 'app_b' });
  });

  it('is contradicted by the bank like any final status: it stays, and people are alerted', async () => {
    const id = await pay(true);
    const { id: decisionId } = await decisions.propose(
      { paymentId: id, outcome: 'rejected', evidence: 'said the bank' },
      anna,
    );
    await decisions.confirm(decisionId, ben);
    await recorder.record(id, (current) => observe(current, says('ACSC', 'their-name'), 'callback'));
    expect(await row(id)).toMatchObject({ isoStatus: 'RJCT', reference: 'their-name' });
    expect((await timeline(id)).at(-1)).toEqual(['callback', 'ACSC', false, 'final-contradicted']);
    expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'payment.conflict' });
  });

  it('is for payments in doubt only', async () => {
    const open = await pay();
    const evidence = 'no evidence is enough';
    const propose = (paymentId: string) => decisions.propose({ paymentId, outcome: 'settled', evidence }, anna);
    await expect(propose(open)).rejects.toMatchObject({ code: 'conflict' });
    await silence(open, 2 * 86_400);
    await doubt.reportStale();
    const { id } = await propose(open);
    await expect(propose(open)).rejects.toMatchObject({ code: 'conflict' });
    // The bank speaks before anybody confirms: the decision comes too late.
    await recorder.record(open, (current) => observe(current, says('RJCT', current.reference), 'webhook'));
    await expect(decisions.confirm(id, ben)).rejects.toMatchObject({ code: 'conflict' });
    expect(await row(open)).toMatchObject({ isoStatus: 'RJCT' });
    expect(await decisions.withdraw(id)).toMatchObject({ status: 'withdrawn' });
    await expect(decisions.confirm(id, ben)).rejects.toMatchObject({ code: 'conflict' });
    await expect(propose(open)).rejects.toMatchObject({ code: 'conflict' });
    await expect(propose('pay_01KAHX5V4Q0N6W2T8B7C9D3E5F')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('whose process died before it could apply it is applied by the worker', async () => {
    const id = await pay(true);
    const { id: decisionId } = await decisions.propose(
      { paymentId: id, outcome: 'cancelled', evidence: 'said the bank' },
      anna,
    );
    await banking.database.query(
      `UPDATE payment_decisions SET status = 'confirmed', confirmed_by = 'client_b', confirmed_by_app = 'app_b', confirmed_at = now() - interval '1 hour'
       WHERE id = $1`,
      [decisionId],
    );
    await decisions.applyConfirmed();
    expect(await row(id)).toMatchObject({ state: 'cancelled', final: true });
    expect(await decisions.get(decisionId)).toMatchObject({ status: 'applied', applied: true });
  });
});

describe('the pace of polls', () => {
  const trust = async () =>
    (await banking.database.query<{ trust: number }[]>('SELECT trust FROM webhook_trust'))[0]?.trust ?? 0;
  const seconds = async (id: string) => {
    const [found] = await banking.database.query<{ seconds: number }[]>(
      'SELECT extract(epoch FROM next_poll_at - now())::float AS seconds FROM payments WHERE id = $1',
      [id],
    );
    return found?.seconds ?? 0;
  };

  it('slows down where webhooks tell everything first, and is back at once when they stop', async () => {
    await banking.database.query('DELETE FROM webhook_trust');
    const bystander = await pay();
    const told: string[] = [];
    while ((await trust()) < webhookTrust.reliableFrom) {
      const id = await pay();
      told.push(id);
      await recorder.record(id, (current) => observe(current, says('ACSP', current.reference), 'webhook'));
      expect(told.length).toBeLessThan(50);
    }
    expect(told.length).toBeGreaterThan(10);
    // A process reads how it stands every few seconds; this one starts now.
    const second = await banking.secondProcess();
    const slow = second.get(PaymentRecorder);
    await slow.record(bystander, (current) =>
      observe({ ...current, polls: 3 }, says('RCVD', current.reference), 'callback'),
    );
    // 5 minutes four times as long.
    expect(await seconds(bystander)).toBeGreaterThan(1_000);

    const missed = await pay();
    await slow.record(missed, (current) => observe(current, says('ACSC', current.reference), 'poll'));
    expect(await trust()).toBeLessThan(webhookTrust.reliableFrom);
    expect(await seconds(bystander)).toBeLessThanOrEqual(webhookTrust.catchUpSeconds);
    await slow.record(bystander, (current) =>
      observe({ ...current, polls: 3 }, says('RCVD', current.reference), 'callback'),
    );
    expect(await seconds(bystander)).toBeLessThanOrEqual(300);
    await second.stop();
  });

  it('is never slowed by polls alone', async () => {
    await banking.database.query('DELETE FROM webhook_trust');
    const id = await pay();
    await recorder.record(id, (current) => observe(current, says('ACSC', current.reference), 'poll'));
    expect(await trust()).toBe(0);
  });
});

import { parseMoney } from '@tributary/domain';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import type { CallContext } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { pollAll } from '../../../../test/poll.js';
import { PaymentBank } from '../../../../test/payment-bank.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import type { NewBulkOrder, NewPayment, NewSingleOrder } from './new-payment.js';
import { PaymentsService } from './payments.service.js';

const context: CallContext = { traceId: 'spec', psu: {} };
const attended: CallContext = { traceId: 'spec', psu: { ipAddress: '192.0.2.1' } };
const account = { scheme: 'iban', value: 'DE89370400440532013000' } as const;

let bank: PaymentBank;
let banking: TestBanking;
let payments: PaymentsService;

beforeAll(async () => {
  banking = await startBanking(new PaymentBank().provider);
  payments = banking.get(PaymentsService);
});
beforeEach(async () => {
  bank = new PaymentBank();
  banking.get(UpstreamsService).provider = () => Promise.resolve(bank.provider);
  await banking.database.query('UPDATE payments SET next_poll_at = NULL, final = true');
});
afterAll(async () => {
  await banking.stop();
});

let keys = 0;
const newKey = () => `bulk-${(keys += 1)}`;

function request(order: NewSingleOrder | NewBulkOrder): NewPayment {
  const { institutionId, redirectUri } = banking;
  return { institutionId, redirectUri, psu: { id: 'anna' }, order };
}

function bulk(amounts: readonly string[], sum: string, change: Partial<NewBulkOrder> = {}): NewPayment {
  return request({
    debtor: { account },
    items: amounts.map((amount) => ({ amount: parseMoney(amount, 'EUR'), creditor: { name: 'Weber', account } })),
    amount: parseMoney(sum, 'EUR'),
    ...change,
  });
}

const single = (change: Partial<NewSingleOrder>): NewPayment =>
  request({ amount: parseMoney('5.00', 'EUR'), creditor: { name: 'Weber', account }, ...change });

const initiate = async (asked: NewPayment, key = newKey()) =>
  (await payments.initiate(banking.appId, asked, key, context)).payment;

const row = (id: string): Promise<Payment> => banking.database.getRepository(PaymentEntity).findOneByOrFail({ id });

/** Pointers and codes of the fields that were refused. */
async function faultsOf(attempt: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof Refusal)) throw new Error('not refused');
  return (error.details.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
}

const poll = () => pollAll(banking);

const eventsOf = async (id: string): Promise<string[]> =>
  (
    await banking.database.query<{ type: string }[]>('SELECT type FROM outbox WHERE subject_id = $1 ORDER BY id', [id])
  ).map(({ type }) => type);

describe('a bulk payment', () => {
  it('reaches the bank once, whole, with a name for each item', async () => {
    const key = newKey();
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => payments.initiate(banking.appId, bulk(['1.10', '2.20'], '3.30'), key, context)),
    );
    // Negative control: with another idempotency key for each of them the bank took 20 bulks.
    expect(bank.taken).toHaveLength(1);
    const [taken] = bank.taken;
    const { id = '', order } = taken ?? {};
    expect(id).toMatch(/^blk_/);
    expect(order).toMatchObject({ amount: { minor: 330n, currency: 'EUR' }, debtor: { account } });
    const own = id.slice('blk_'.length);
    expect(order && 'items' in order ? order.items.map((item) => [item.amount.minor, item.endToEndId]) : []).toEqual([
      [110n, `${own}-1`],
      [220n, `${own}-2`],
    ]);
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    const { payment, replayed } = await payments.initiate(banking.appId, bulk(['1.10', '2.20'], '3.30'), key, context);
    expect(replayed).toBe(true);
    expect(payment).toMatchObject({ kind: 'bulk', itemCount: 2, amount: { amount: '3.30' } });
  });

  it('is answered once its SCA is open: until then its key is told to wait', async () => {
    const key = newKey();
    let release = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      bank.before = async (call) => {
        if (call !== 'start') return;
        resolve();
        await new Promise<void>((open) => (release = open));
      };
    });
    const first = payments.initiate(banking.appId, bulk(['1.00'], '1.00'), key, context);
    await started;
    // Negative control: with the lease given up once the bank had the order, this was an answer without a next step.
    await expect(initiate(bulk(['1.00'], '1.00'), key)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    release();
    const { payment } = await first;
    expect(payment.nextStep).toMatchObject({ type: 'challenge' });
    expect(await initiate(bulk(['1.00'], '1.00'), key)).toEqual(payment);
  });

  it('of 1000 items is carried, and listed without them', async () => {
    const { id } = await initiate(
      bulk(
        Array.from({ length: 1_000 }, () => '0.01'),
        '10.00',
      ),
    );
    expect(await payments.get(banking.appId, id, context)).toMatchObject({ kind: 'bulk', itemCount: 1_000 });
    const [listed] = await payments.list(banking.appId, 'bulk', { limit: 1, after: null });
    expect(listed).toMatchObject({ id, kind: 'bulk', itemCount: 1_000, items: null });
    const singles = await payments.list(banking.appId, 'single', { limit: 500, after: null });
    expect(singles.filter(({ kind }) => kind === 'bulk')).toEqual([]);
  });

  it.each([
    ['a control sum that is not the sum', () => bulk(['1.10', '2.20'], '3.31'), ['/controlSum/amount sum_mismatch']],
    [
      'a second currency',
      () => {
        const { order, ...rest } = bulk(['1.10', '2.20'], '3.30');
        if (!('items' in order)) throw new Error('no bulk');
        const [first, second] = order.items;
        if (!first || !second) throw new Error('no items');
        return { ...rest, order: { ...order, items: [first, { ...second, amount: parseMoney('2.20', 'SEK') }] } };
      },
      ['/items/1/amount/currency mixed_currencies'],
    ],
    [
      'two items of one name',
      () => {
        const item = { amount: parseMoney('1.00', 'EUR'), creditor: { name: 'Weber', account }, endToEndId: 'SAME' };
        return bulk([], '2.00', { items: [item, item] });
      },
      ['/items/1/endToEndId duplicate'],
    ],
    ['a day that is over', () => bulk(['1.00'], '1.00', { executionDate: '2020-01-01' }), ['/executionDate past']],
  ])('is refused for %s, before the bank hears of it', async (_, make, faults) => {
    expect(await faultsOf(initiate(make()))).toEqual(faults);
    expect(bank.asked).toEqual([]);
  });

  it('is refused its key for another currency of the same figures', async () => {
    const key = newKey();
    await initiate(single({ amount: parseMoney('5.00', 'EUR') }), key);
    await expect(initiate(single({ amount: parseMoney('5.00', 'SEK') }), key)).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it.each([true, false])('whose answer was lost is unknown and never sent again (bank took it: %s)', async (after) => {
    bank.faults.set('initiate', { kind: 'outcome-unknown', after });
    const key = newKey();
    const { id, status } = await initiate(bulk(['1.00'], '1.00'), key);
    expect(status).toBe('unknown');
    for (let turn = 0; turn < 3; turn += 1) await poll();
    await initiate(bulk(['1.00'], '1.00'), key);
    expect(bank.count('initiate')).toBe(1);
    expect((await row(id)).state).toBe('unknown');
  });

  it('is found out with the provider key, and taken once', async () => {
    bank.recovery = { by: 'provider-key' };
    bank.faults.set('initiate', { kind: 'outcome-unknown', after: true });
    const { id } = await initiate(bulk(['1.00'], '1.00'));
    await poll();
    expect(bank.taken).toHaveLength(1);
    expect(await row(id)).toMatchObject({ sendState: 'sent', isoStatus: 'RCVD', sendAttempts: 2 });
  });

  it('tells what the bank says of each item, and that it said so', async () => {
    const named = (names: readonly string[]) =>
      names.map((endToEndId) => ({ amount: parseMoney('1.00', 'EUR'), creditor: { name: 'W', account }, endToEndId }));
    const { id } = await initiate(bulk([], '2.00', { items: named(['A', 'B']) }));
    bank.status = 'PART';
    const rejected = { status: 'RJCT', upstreamStatus: 'RJCT', reason: 'AC04' } as const;
    bank.items = [{ endToEndId: 'B', ...rejected }];
    await poll();
    bank.items = [
      { endToEndId: 'A', status: 'ACSC', upstreamStatus: 'ACSC', reference: 'item-a' },
      // A late word: it is not applied to an item any more than to a payment.
      { endToEndId: 'B', status: 'RCVD', upstreamStatus: 'RCVD' },
    ];
    await poll();
    const view = await payments.get(banking.appId, id, context);
    expect(view).toMatchObject({ status: 'partiallyAccepted', isoStatus: 'PART', final: false });
    expect(view.kind === 'bulk' ? view.items : []).toMatchObject([
      { endToEndId: 'A', isoStatus: 'ACSC', reference: 'item-a', isoReason: null },
      { endToEndId: 'B', isoStatus: 'RJCT', isoReason: 'AC04' },
    ]);
    expect((await eventsOf(id)).slice(-2)).toEqual(['payment.statusChanged', 'payment.itemsChanged']);
    const { version } = await row(id);
    await poll();
    // The same again is no news: the row is not written.
    expect((await row(id)).version).toBe(version);
  });

  it('does not believe a bank that names an item which nobody ordered', async () => {
    const { id } = await initiate(bulk(['1.00'], '1.00'));
    bank.status = 'ACSC';
    bank.items = [{ endToEndId: 'STRANGER', status: 'ACSC', upstreamStatus: 'ACSC' }];
    await poll();
    // Negative control: without the check of the items the bulk was settled here.
    expect(await row(id)).toMatchObject({ isoStatus: 'RCVD', final: false, itemStatuses: null });
    expect(await eventsOf(id)).toContain('payment.conflict');
  });
});

describe('a recurring or future-dated payment', () => {
  const recurrence = {
    frequency: 'monthly',
    startDate: '2099-02-01',
    endDate: '2099-12-31',
    dayOfExecution: 1,
  } as const;

  it('reaches the bank as it was asked for, and is shown so', async () => {
    const view = await initiate(single({ recurrence }));
    expect(bank.taken[0]?.order).toMatchObject({ recurrence });
    expect(view).toMatchObject({ kind: 'single', recurrence, executionDate: null });
    expect(await initiate(single({ executionDate: '2099-02-01' }))).toMatchObject({ executionDate: '2099-02-01' });
  });

  it.each([
    ['two days at once', { recurrence, executionDate: '2099-02-01' }, ['/executionDate ambiguous']],
    [
      'a start that is over',
      { recurrence: { ...recurrence, startDate: '2020-01-01' } },
      ['/recurrence/startDate past'],
    ],
    [
      'an end before its start',
      { recurrence: { ...recurrence, endDate: '2099-01-01' } },
      ['/recurrence/endDate invalid'],
    ],
    [
      'months that its frequency does not take',
      { recurrence: { ...recurrence, monthsOfExecution: [1] } },
      ['/recurrence/monthsOfExecution invalid'],
    ],
    [
      'months that its frequency lacks',
      { recurrence: { ...recurrence, frequency: 'monthlyVariable' as const } },
      ['/recurrence/monthsOfExecution invalid'],
    ],
  ])('is refused for %s', async (_, change, faults) => {
    expect(await faultsOf(initiate(single(change)))).toEqual(faults);
  });

  it('is refused where no route carries it', async () => {
    const without = `UPDATE institution_routes SET capabilities = array_remove(capabilities, 'payments.recurring')`;
    await banking.database.query(without);
    expect(await faultsOf(initiate(single({ recurrence })))).toEqual(['/institutionId capability_unsupported']);
    await banking.database.query(
      `UPDATE institution_routes SET capabilities = array_append(capabilities, 'payments.recurring')`,
    );
  });
});

describe('what a bank discloses', () => {
  it('is shown before the PSU confirms, and stays when it is not repeated', async () => {
    bank.disclosure = {
      psuMessage: 'Please confirm within a day.',
      warnings: ['FUNDS_NOT_AVAILABLE'],
      fees: parseMoney('0.35', 'EUR'),
      estimatedTotal: parseMoney('5.35', 'EUR'),
    };
    const costs = { fees: { amount: '0.35', currency: 'EUR' }, estimatedTotal: { amount: '5.35', currency: 'EUR' } };
    const texts = { psuMessage: 'Please confirm within a day.', warnings: ['FUNDS_NOT_AVAILABLE'] };
    const view = await initiate(single({}));
    expect(view).toMatchObject({ ...costs, ...texts, conversionFees: null, nextStep: { type: 'challenge' } });
    bank.disclosure = { psuMessage: 'Thank you.' };
    expect(await payments.get(banking.appId, view.id, attended)).toMatchObject({ ...costs, psuMessage: 'Thank you.' });
  });
});

describe('what a provider wants back with the next call', () => {
  it('is kept from every answer, and written only when it changed', async () => {
    const { id } = await initiate(single({}));
    bank.continuation = { link: 'first' };
    await poll();
    const { version } = await row(id);
    await poll();
    await poll();
    expect(bank.continuations).toEqual([null, { link: 'first' }, { link: 'first' }]);
    // Negative control: with the envelope sealed anew each time the version moved with every poll.
    expect((await row(id)).version).toBe(version);
  });
});

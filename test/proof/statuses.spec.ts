import { type IsoPaymentStatus, isoPaymentStatuses } from '@tributary/domain';
import { type Payment } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import type { PaymentSnapshot } from '@tributary/providers';
import { observe } from '../../libs/banking/src/payments/observe.js';
import { PaymentRecorder } from '../../libs/banking/src/payments/payment-recorder.js';
import { startBanking, type TestBanking } from '../banking.js';
import { PaymentBank } from '../payment-bank.js';
import { Dice, inParallel, report, size } from './proof.js';

/*
 * Every status of a payment's life, doubled and shuffled, brought by 20 writers of two processes at once. Whatever the
 * order, each payment must end as its bank said, no applied status may go back, and the timeline holds every word.
 */

const payments = size(10_000, 150);
const writers = 20;
type Life = readonly IsoPaymentStatus[];
/** How a payment may go at its bank. The end is the same whatever comes first. */
const lives: readonly [Life, ...Life[]] = [
  ['RCVD', 'ACTC', 'ACCP', 'ACSP', 'ACSC'],
  ['RCVD', 'ACTC', 'PDNG', 'ACSP', 'ACSC', 'ACCC'],
  ['RCVD', 'PATC', 'ACTC', 'RJCT'],
  ['ACTC', 'ACWC', 'CANC'],
];

interface Word {
  readonly id: string;
  readonly status: IsoPaymentStatus;
}

let banking: TestBanking;
let recorders: readonly [PaymentRecorder, PaymentRecorder];
let stopSecond: () => Promise<void>;
beforeAll(async () => {
  banking = await startBanking(new PaymentBank().provider);
  const second = await banking.secondProcess();
  stopSecond = () => second.stop();
  recorders = [banking.get(PaymentRecorder), second.get(PaymentRecorder)];
});
afterAll(async () => {
  await stopSecond();
  await banking.stop();
});

/** Payments that their bank has, and of which nobody has said anything yet. */
async function make(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('pay'));
  await banking.database.query(
    `INSERT INTO payments
       (id, app_id, kind, operation, idempotency_key, request_hash, institution_id, connection_id, provider, psu_id, "order",
        amount_minor, currency, redirect_uri, sign_in_basket, send_state, send_attempts, sent_at, reference, step_open,
        state, final, next_poll_at, polls, version, created_at, updated_at)
     SELECT id, $2, 'single', 'payments', id, '', $3, $4, 'spec', 'anna',
            '{"creditor": {"name": "Weber", "account": {"scheme": "bban", "value": "1"}}, "endToEndId": "E"}',
            1234, 'EUR', $5, false, 'sent', 1, now(), 'ref-' || id, false, 'processing', false, now(), 0, 1, now(), now()
     FROM unnest($1::text[]) AS id`,
    [ids, banking.appId, banking.institutionId, banking.connectionId, banking.redirectUri],
  );
  return ids;
}

const said = ({ id, status }: Word): PaymentSnapshot => ({
  reference: `ref-${id}`,
  status,
  upstreamStatus: status,
  continuation: null,
  observedAt: new Date(),
  raw: null,
});

type Reducer = (current: Payment, snapshot: PaymentSnapshot) => ReturnType<typeof observe>;

/** What must not be there, counted, after everything was said. */
async function run(count: number, reduce: Reducer, dice = new Dice()) {
  const ids = await make(count);
  const expected = new Map(ids.map((id) => [id, dice.pick(lives)] as const));
  const words = dice.shuffled(
    [...expected].flatMap(([id, life]) => [...life, ...life].map((status) => ({ id, status }))),
  );
  let turn = 0;
  await inParallel(words, writers, async (word) => {
    const recorder = (turn += 1) % 2 === 0 ? recorders[0] : recorders[1];
    await recorder.record(word.id, (current) => reduce(current, said(word)));
  });
  const rows = await banking.database.query<
    { id: string; iso_status: IsoPaymentStatus; final: boolean; applied: IsoPaymentStatus[]; entries: number }[]
  >(
    `SELECT id, iso_status, final,
       (SELECT coalesce(array_agg(iso_status ORDER BY sequence), '{}') FROM payment_observations AS entry
        WHERE entry.payment_id = payment.id AND applied) AS applied,
       (SELECT count(*)::int FROM payment_observations AS entry WHERE entry.payment_id = payment.id) AS entries
     FROM payments AS payment WHERE id = ANY($1)`,
    [ids],
  );
  const rank = (status: IsoPaymentStatus) => isoPaymentStatuses[status].rank ?? -1;
  const found = {
    payments: rows.length,
    words: words.length,
    notApplied: 0,
    wrongEnds: 0,
    regressions: 0,
    lostWords: 0,
  };
  for (const { id, iso_status, final, applied, entries } of rows) {
    const life = expected.get(id) ?? [];
    if (iso_status !== life.at(-1) || !final) found.wrongEnds += 1;
    const ranked = applied.filter((status) => status !== 'PDNG' && status !== 'RJCT' && status !== 'CANC').map(rank);
    if (ranked.some((value, index) => value < (ranked[index - 1] ?? -1))) found.regressions += 1;
    if (entries !== 2 * life.length) found.lostWords += 1;
    found.notApplied += entries - applied.length;
  }
  return found;
}

describe('statuses in any order, twice, from many writers', () => {
  it('bring every payment to the end that its bank said', async () => {
    const { notApplied, ...found } = await run(payments, (current, snapshot) => observe(current, snapshot, 'webhook'));
    report('statuses', { ...found, notApplied });
    expect(found).toEqual({ payments, words: expect.any(Number), wrongEnds: 0, regressions: 0, lostWords: 0 });
    // Not vacuous: half of the words were doubles, and many more came late.
    expect(notApplied).toBeGreaterThan(found.words / 2);
  });

  it('do not where a status is overwritten by whatever comes last (negative control)', async () => {
    const overwrite: Reducer = (current, snapshot) => {
      const change = observe({ ...current, isoStatus: null, final: false }, snapshot, 'webhook');
      return { ...change, before: current };
    };
    const found = await run(60, overwrite);
    expect(found.wrongEnds).toBeGreaterThan(10);
    expect(found.regressions).toBeGreaterThan(10);
  });
});

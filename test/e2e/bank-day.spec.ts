import { expectStatus } from './api.js';
import { CustomerBrowser, gbp, HeldBank } from './held-bank.js';
import { TribeHub } from './tribe-hub.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

/*
 * The daily report of a bank, by the turn of a day: nobody asks for it. Days are columns in the database, compared with its
 * clock, so that moving them back by one is the same as the turn of a day.
 *
 * Negative controls, each carried out once against a changed build:
 * - BankReportsService.failed ending a report after its first failure: the hub never hears of the day;
 * - BankPerformance.reportDue without the look at the reports that were made: the day is told again after every restart.
 */

/** Where browsers of these tests stop. */
const tpp = 'https://app.example.com/back';
let world: World;
let hub: TribeHub;
let bank: HeldBank;
beforeAll(async () => {
  world = await startWorld({ workers: 2 });
  hub = new TribeHub(world.stack.sandboxUrl, 'day');
  await hub.control('POST', '/tpps', { clientId: 'day-tpp', name: 'Budget App', redirectUris: [tpp] });
  bank = await HeldBank.open(world, hub, 'DAYBGB22', 'never');
  await bank.putAccount('anna-1', { psuId: 'anna', iban: gbp.iban });
});
afterAll(() => world.stop());

interface Ledger {
  readonly actions: readonly { readonly name: string; readonly httpStatus: number }[];
  readonly performance: readonly {
    readonly bank: string;
    readonly date: string;
    readonly consentDuration?: number;
    readonly paymentDuration?: number;
  }[];
}
const taken = async () => {
  const { actions } = await hub.control<Ledger>('GET', '/ledger');
  return actions.filter(({ name }) => name === 'daily_performance').map(({ httpStatus }) => httpStatus);
};
interface Row extends Record<string, unknown> {
  readonly subject: string;
  readonly attempts: number;
  readonly sent: boolean;
}
const reports = () =>
  world.query<Row>(
    `SELECT subject, attempts, sent_at IS NOT NULL AS sent FROM bank_reports WHERE kind = 'dailyPerformance' ORDER BY sequence`,
  );

/** A consent and a confirmed payment, on the hosted pages. */
async function busyDay(): Promise<void> {
  const query = { bank: bank.identifier, client_id: 'day-tpp', redirect_uri: tpp, response_type: 'code', state: 's' };
  const authorize = new URLSearchParams({ ...query, scope: 'accounts' });
  const end = await new CustomerBrowser().decide(
    `${hub.address}/oauth/authorize?${authorize.toString()}`,
    'anna',
    'approve',
  );
  expect(end).toContain('code=');
  const { body } = await bank.ask({
    name: 'v2_payment_direct_single',
    body: {
      payment_scheme: 'FPS',
      debtor_account: { iban: gbp.iban },
      creditor_account: { account_number: '00123456', sort_code: 40004 },
      creditor_name: 'Ann Lee',
      instructed_amount: { amount: '25.50', currency: 'GBP' },
      callback_url: tpp,
    },
  });
  const paid = await new CustomerBrowser().decide(String(body['confirmation_url']), 'anna', 'approve');
  expect(paid).toContain('status=ACFC');
}

/** Restarts both workers at once, and waits until one of them has done what it does by the day. */
async function tidied(): Promise<void> {
  await world.query(
    `INSERT INTO bank_requests (connection_id, request_id, app_id, fingerprint, created_at, expires_at)
     VALUES ($1, 'yesterday', $2, 'x', now() - interval '2 day', now() - interval '1 day')`,
    [bank.connectionId, bank.appId],
  );
  await Promise.all([world.stack.restart('worker'), world.stack.restart('worker-2')]);
  await until('the housekeeping has run', async () => {
    const left = await world.query(`SELECT 1 FROM bank_requests WHERE request_id = 'yesterday'`);
    return left.length === 0;
  });
}

it('is told about once, after the day is over, by whichever worker, until the hub says that it has it', async () => {
  await busyDay();
  await tidied();
  // The day is not over: there is nothing to tell yet.
  expect([await reports(), await taken()]).toEqual([[], []]);

  const { date: yesterday } = await turnOfTheDay();
  await hub.fault({ kind: 'error', httpStatus: 503, match: { operation: 'actions.daily_performance' } });
  await tidied();
  await until('the hub was down more than once', async () => ((await reports())[0]?.attempts ?? 0) >= 2);
  expect(await reports()).toMatchObject([{ subject: yesterday, sent: false }]);
  expect(await taken()).toEqual([]);

  // Now the hub takes it, but its answer is lost.
  await hub.mend();
  await hub.fault({ kind: 'reset', when: 'after', count: 1, match: { operation: 'actions.daily_performance' } });
  await until('the hub knows, and we know that it does', async () => (await reports())[0]?.sent);
  expect(await taken()).toEqual([200, 200]);
  const { performance } = await hub.control<Ledger>('GET', '/ledger');
  const [told] = performance;
  expect(performance).toHaveLength(1);
  expect(told).toMatchObject({ bank: bank.identifier, date: yesterday });

  // One measurement: what the hub was told is what the report of this installation says.
  const averageOf = async (activity: string) => {
    const path = `/v1/reports/performance?activity=${activity}&connectionId=${bank.connectionId}&from=${yesterday}&to=${yesterday}`;
    const { connections } = expectStatus(
      await bank.api.get<{ connections: { summary: { averageMs: number | null } }[] }>(path),
      200,
      path,
    );
    return connections[0]?.summary.averageMs;
  };
  expect(told?.consentDuration).toBe(await averageOf('consent'));
  expect(told?.paymentDuration).toBe(await averageOf('payment'));
  expect(told?.consentDuration).toBeGreaterThan(0);

  // Neither restarts nor another look at the calendar tell it again.
  await tidied();
  expect(await reports()).toHaveLength(1);
  expect(await taken()).toEqual([200, 200]);

  // The next day nobody did anything: said without numbers.
  await turnOfTheDay();
  await tidied();
  await until('the hub knows the quiet day', async () => (await taken()).length === 3);
  // It is the same date to the hub, whose calendar was not turned: the last word counts.
  const { performance: quiet } = await hub.control<Ledger>('GET', '/ledger');
  expect(quiet).toEqual([{ bank: bank.identifier, date: yesterday }]);
});

/** Everything that has a day was on the day before. @returns the day that is over now */
async function turnOfTheDay(): Promise<{ readonly date: string }> {
  await world.query(`UPDATE connections SET created_at = created_at - interval '1 day'`);
  await world.query(`UPDATE connection_days SET day = day - 1`);
  await world.query(
    `UPDATE bank_reports SET subject = to_char(subject::date - 1, 'YYYY-MM-DD') WHERE kind = 'dailyPerformance'`,
  );
  const [row] = await world.query<{ date: string }>(
    `SELECT to_char((now() AT TIME ZONE 'UTC')::date - 1, 'YYYY-MM-DD') AS date`,
  );
  return { date: row?.date ?? '' };
}

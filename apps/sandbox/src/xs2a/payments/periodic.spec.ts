import { Tpp, code, href, order, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';
import { executionDates, type StandingOrderPlan } from './standing-order.js';

const PATH = '/v1/periodic-payments/sepa-credit-transfers';

describe('the days of a standing order', () => {
  const days = (plan: StandingOrderPlan, count: number) => {
    const dates = executionDates(plan);
    return Array.from({ length: count }, () => dates.next().value as string | undefined);
  };

  it.each<[StandingOrderPlan, (string | undefined)[]]>([
    [{ startDate: '2030-01-30', frequency: 'Daily' }, ['2030-01-30', '2030-01-31', '2030-02-01']],
    [{ startDate: '2030-01-30', frequency: 'Weekly', endDate: '2030-02-07' }, ['2030-01-30', '2030-02-06', undefined]],
    [{ startDate: '2030-01-30', frequency: 'EveryTwoWeeks' }, ['2030-01-30', '2030-02-13', '2030-02-27']],
    [{ startDate: '2030-01-31', frequency: 'Monthly' }, ['2030-01-31', '2030-02-28', '2030-03-31']],
    [{ startDate: '2030-01-15', frequency: 'Monthly', dayOfExecution: 1 }, ['2030-02-01', '2030-03-01', '2030-04-01']],
    [{ startDate: '2032-01-31', frequency: 'Monthly', dayOfExecution: 31 }, ['2032-01-31', '2032-02-29', '2032-03-31']],
    [{ startDate: '2030-11-10', frequency: 'EveryTwoMonths' }, ['2030-11-10', '2031-01-10', '2031-03-10']],
    [{ startDate: '2030-11-10', frequency: 'Quarterly' }, ['2030-11-10', '2031-02-10', '2031-05-10']],
    [{ startDate: '2030-11-10', frequency: 'SemiAnnual' }, ['2030-11-10', '2031-05-10', '2031-11-10']],
    [{ startDate: '2032-02-29', frequency: 'Annual' }, ['2032-02-29', '2033-02-28', '2034-02-28']],
    [
      { startDate: '2030-04-10', frequency: 'MonthlyVariable', monthsOfExecution: [3, 7] },
      ['2030-07-10', '2031-03-10', '2031-07-10'],
    ],
    // 2030-06-01 and 2030-09-01 are a Saturday and a Sunday.
    [{ startDate: '2030-06-01', frequency: 'Quarterly', executionRule: 'following' }, ['2030-06-03', '2030-09-02']],
    [{ startDate: '2030-05-20', frequency: 'Monthly', executionRule: 'preceding', dayOfExecution: 1 }, ['2030-05-31']],
    // Never before the start.
    [{ startDate: '2030-06-01', frequency: 'Quarterly', executionRule: 'preceding' }, ['2030-06-03', '2030-08-30']],
    [{ startDate: '9999-06-01', frequency: 'Annual' }, ['9999-06-01', undefined]],
  ])('%j are %j', (plan, expected) => {
    expect(days(plan, expected.length)).toEqual(expected);
  });
});

describe('periodic payments', () => {
  let tpp: Tpp;
  let anna: TestCustomer;
  let today: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { set: '2030-01-01T09:00:00Z' });
    await tpp.control('POST', '/clock', { run: false });
    today = String((await tpp.control('GET', '/clock'))['today']);
    anna = await tpp.customer('anna.embedded');
  });

  const initiate = async (amount: string, plan: Json): Promise<Reply> =>
    tpp.call('POST', PATH, { ...order(anna, amount), ...plan }, { 'psu-id': anna.username });
  const set = async (amount: string, plan: Json) => tpp.authorise(anna, tpp.created(await initiate(amount, plan)));
  const status = async (path: string) => (await tpp.call('GET', `${path}/status`)).json['transactionStatus'];
  const postings = async () =>
    ((await tpp.control('GET', '/ledger')) as { postings: { at: string }[] }).postings.map(({ at }) => at.slice(0, 10));
  const untilDay = async (date: string) => tpp.control('POST', '/clock', { set: `${date}T12:00:00Z` });

  it('are executed on the days of their plan, by a jump of the clock too, and end as ACSC', async () => {
    const plan = { startDate: '2030-01-15', endDate: '2030-04-01', frequency: 'Monthly', dayOfExecution: '31' };
    const path = await set('10.00', { ...plan, executionRule: 'following' });
    await untilDay('2030-01-30');
    expect([await status(path), await postings()]).toEqual(['ACTC', []]);
    await untilDay('2030-03-01');
    expect([await status(path), await postings()]).toEqual(['ACTC', ['2030-01-31', '2030-02-28']]);
    await untilDay('2031-01-01');
    expect([await status(path), await postings()]).toEqual(['ACSC', ['2030-01-31', '2030-02-28', '2030-04-01']]);
  });

  it('begin today when they start today, and stand among the standing orders while they run', async () => {
    const path = await set('3.00', { startDate: today, frequency: 'Weekly' });
    await tpp.advance(10);
    expect(await postings()).toEqual([today]);
    const consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    const list = async () => {
      const url = `${href(accounts[0] ?? {}, 'transactions')}?bookingStatus=information`;
      const { information } = (await tpp.call('GET', url, undefined, consent)).json['transactions'] as {
        information: Json[];
      };
      return information.filter(({ transactionId }) => path.endsWith(String(transactionId)));
    };
    expect(await list()).toEqual([
      expect.objectContaining({
        additionalInformationStructured: { standingOrderDetails: { startDate: today, frequency: 'Weekly' } },
      }),
    ]);
    await tpp.control('PUT', '/profile', { cancellation: 'direct' });
    expect((await tpp.call('DELETE', path)).status).toBe(204);
    expect(await list()).toEqual([]);
    await tpp.advance(30 * 86_400);
    expect([await status(path), await postings()]).toEqual(['CANC', [today]]);
  });

  // Control: without the test of FAILURES_TO_THE_END the order runs on as ACTC.
  it('leave out days without money, and end after three of them', async () => {
    const path = await set('99999.00', { startDate: '2030-02-01', frequency: 'Monthly' });
    await untilDay('2030-03-15');
    expect([await status(path), await postings()]).toEqual(['ACTC', []]);
    await untilDay('2030-06-01');
    expect((await tpp.call('GET', `${path}/status`)).json).toMatchObject({
      transactionStatus: 'RJCT',
      psuMessage: expect.stringContaining('AM04'),
    });
  });

  it.each([
    ['no start', {}, 'FORMAT_ERROR', 'startDate'],
    ['a start in the past', { startDate: '2029-12-31', frequency: 'Daily' }, 'FORMAT_ERROR', 'startDate'],
    [
      'an end before the start',
      { startDate: '2030-02-01', endDate: '2030-01-31', frequency: 'Daily' },
      'PERIOD_INVALID',
      'endDate',
    ],
    ['an unknown frequency', { startDate: '2030-02-01', frequency: 'Hourly' }, 'FORMAT_ERROR', 'frequency'],
    [
      'day 32',
      { startDate: '2030-02-01', frequency: 'Monthly', dayOfExecution: '32' },
      'FORMAT_ERROR',
      'dayOfExecution',
    ],
    [
      'a day as number',
      { startDate: '2030-02-01', frequency: 'Monthly', dayOfExecution: 3 },
      'FORMAT_ERROR',
      'dayOfExecution',
    ],
    [
      'months without MonthlyVariable',
      { startDate: '2030-02-01', frequency: 'Monthly', monthsOfExecution: ['1'] },
      'FORMAT_ERROR',
      'monthsOfExecution',
    ],
    [
      'MonthlyVariable without months',
      { startDate: '2030-02-01', frequency: 'MonthlyVariable' },
      'FORMAT_ERROR',
      'monthsOfExecution',
    ],
    [
      'a requestedExecutionDate',
      { startDate: '2030-02-01', frequency: 'Daily', requestedExecutionDate: '2030-02-01' },
      'FORMAT_ERROR',
      'requestedExecutionDate',
    ],
  ])('with %s are refused', async (_name, plan, expected, field) => {
    const answer = await initiate('1.00', plan);
    expect([answer.status, code(answer), answer.text]).toEqual([400, expected, expect.stringContaining(field)]);
  });

  it('are not instant', async () => {
    const path = '/v1/periodic-payments/instant-sepa-credit-transfers';
    const answer = await tpp.call('POST', path, { ...order(anna, '1.00'), startDate: today, frequency: 'Daily' });
    expect([answer.status, code(answer)]).toEqual([404, 'PRODUCT_UNKNOWN']);
  });
});

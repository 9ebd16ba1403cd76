import type { IsoPaymentStatus } from '@tributary/domain';
import { BankReportEntity } from '@tributary/persistence';
import { ProviderError, type ProviderErrorKind } from '@tributary/providers';
import type { TestBanking } from '../../../../test/banking.js';
import { DeskHub } from '../../../../test/desk-hub.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { BankPerformance } from './bank-performance.js';
import { BankReportsService } from './bank-reports.service.js';
import { addReport } from './bank-reports.js';

/*
 * What a hub hears, and in which order. Negative controls, each carried out once:
 * - order given up after six attempts of any kind: while the hub is away a later status is let past, and the first one ends unheard;
 * - `reportOnce` and `reportDue` counting reports of the day itself: the night's report is never made;
 * - a connection without `bank` passed over: its report counts as sent, and the hub never hears it.
 */

const context = { traceId: 'spec', psu: {} };
const subject = 'bpy_1';
let hub: DeskHub;
let banking: TestBanking;
let reports: BankReportsService;
beforeEach(async () => {
  hub = new DeskHub();
  banking = await hub.startDesk();
  reports = banking.get(BankReportsService);
});
afterEach(() => banking.stop());

async function add(...statuses: readonly IsoPaymentStatus[]): Promise<void> {
  const { database, appId, connectionId } = banking;
  for (const status of statuses) {
    const payload = { reference: 'r', status };
    await addReport(database.manager, { appId, connectionId, kind: 'paymentStatus', subject, payload });
  }
}

/** What is due is tried once; then everything that waits is due again. */
async function round(): Promise<void> {
  await reports.sendDue(banking.connectionId, 50, context);
  await banking.database.query('UPDATE bank_reports SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL');
}

function answer(kind: ProviderErrorKind): ProviderError {
  return new ProviderError({ kind, provider: 'spec', operation: 'report', message: 'not now' });
}

const all = () => banking.database.getRepository(BankReportEntity).find({ order: { sequence: 'ASC' } });

it.each<ProviderErrorKind>(['unavailable', 'rate-limited', 'unauthorised', 'malformed'])(
  'a hub that is %s for long hears every status, in order',
  async (kind) => {
    await add('ACSP', 'ACSC');
    hub.reporting = () => Promise.reject(answer(kind));
    for (let attempt = 0; attempt < 10; attempt += 1) await round();
    hub.reporting = () => Promise.resolve();
    // It is back before the first one is due again.
    await banking.database.query(
      `UPDATE bank_reports SET next_attempt_at = now() + interval '1 hour' WHERE payload->>'status' = 'ACSP'`,
    );
    await round();
    expect(hub.statuses).toEqual([]);
    await round();
    await round();
    expect(hub.statuses).toEqual(['ACSP', 'ACSC']);
    expect(await all()).toMatchObject([{ failure: null }, { failure: null }]);
  },
);

it('a status that the hub refuses lets the later ones past in the end, and is over then', async () => {
  await add('ACSP', 'ACSC');
  hub.reporting = (status) => (status === 'ACSP' ? Promise.reject(answer('rejected')) : Promise.resolve());
  for (let attempt = 0; attempt < 5; attempt += 1) await round();
  expect(hub.statuses).toEqual([]);
  for (let attempt = 0; attempt < 3; attempt += 1) await round();
  expect(hub.statuses).toEqual(['ACSC']);
  expect(await all()).toMatchObject([{ nextAttemptAt: null, sentAt: null, failure: 'overtaken' }, { failure: null }]);
});

it('one at a time is taken, for longer than the hub may take; a late failure does not open it again', async () => {
  await add('ACSP');
  const { database, appId, connectionId } = banking;
  const payload = { reference: 'other', status: 'ACSC' };
  await addReport(database.manager, { appId, connectionId, kind: 'paymentStatus', subject: 'bpy_2', payload });
  let held: readonly boolean[] = [];
  hub.reporting = async () => {
    hub.reporting = () => Promise.resolve();
    held = (await all()).map(({ nextAttemptAt }) => (nextAttemptAt?.getTime() ?? 0) > Date.now() + 30_000);
    // Somebody else takes it over, and the hub has it.
    await database.query('UPDATE bank_reports SET next_attempt_at = now() WHERE subject = $1', [subject]);
    await reports.sendDue(connectionId, 1, context);
    throw answer('unavailable');
  };
  await reports.sendDue(connectionId, 1, context);
  expect(held).toEqual([true, false]);
  expect(await all()).toMatchObject([{ nextAttemptAt: null, sentAt: expect.any(Date) }, { attempts: 0 }]);
});

it('a hub is told later where the connection has no settings of a bank for the moment, and never where it was removed', async () => {
  const upstreams = banking.get(UpstreamsService);
  const open = upstreams.provider.bind(upstreams);
  await add('ACSC');
  const { bank: _, ...unable } = hub.provider;
  upstreams.provider = () => Promise.resolve(unable);
  await round();
  expect(await all()).toMatchObject([{ sentAt: null, nextAttemptAt: expect.any(Date), attempts: 1 }]);
  upstreams.provider = open;
  await round();
  expect(hub.statuses).toEqual(['ACSC']);
  expect(await all()).toMatchObject([{ sentAt: expect.any(Date), nextAttemptAt: null, failure: null }]);
  upstreams.provider = () => Promise.reject(new Refusal('no_route', 'removed'));
  await add('RJCT');
  await round();
  expect((await all())[1]).toMatchObject({ sentAt: null, nextAttemptAt: null, failure: 'the connection was removed' });
});

describe('the report of a day', () => {
  const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  const made = async (date: string) => (await all()).filter((report) => report.subject === date).length;

  it('that was asked for while the day went on is made again when it is over, once', async () => {
    const performance = banking.get(BankPerformance);
    await performance.report(banking.appId, day(1));
    // As if it had been asked for yesterday at ten.
    await banking.database.query(`UPDATE bank_reports SET created_at = $1`, [`${day(1)}T10:00:00Z`]);
    await performance.reportDue();
    await performance.reportDue();
    expect(await made(day(1))).toBe(2);
    // One that was asked for after the day is complete.
    expect(await made(day(2))).toBe(1);
    await round();
    expect(hub.days.filter(({ date }) => date === day(1))).toHaveLength(2);
  });

  it('is never followed by an earlier one of the same day', async () => {
    const performance = banking.get(BankPerformance);
    await performance.report(banking.appId, day(1));
    await performance.report(banking.appId, day(1));
    let first = true;
    hub.reporting = async () => {
      if (!first) return;
      first = false;
      throw answer('rejected');
    };
    await reports.sendDue(banking.connectionId, 1, context);
    // As if it had been refused for long.
    await banking.database.query('UPDATE bank_reports SET attempts = 6 WHERE attempts = 1');
    await banking.database.query(
      `UPDATE bank_reports SET next_attempt_at = now() + interval '1 hour' WHERE attempts = 6`,
    );
    await round();
    await round();
    expect(hub.days).toHaveLength(1);
    expect(await all()).toMatchObject([{ failure: 'overtaken', nextAttemptAt: null }, { sentAt: expect.any(Date) }]);
  });
});

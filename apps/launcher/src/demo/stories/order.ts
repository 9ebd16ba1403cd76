import { randomUUID } from 'node:crypto';
import { unattended } from '../app-client.js';
import { authorise, type DemoBank, type DemoWorld, redirectUri } from '../demo-world.js';
import type { Customer } from '../mock-bank.js';
import { expectThat, type Story, until } from '../report.js';
import type { Page, Payment, TimelineEntry } from '../wire.js';

export const creditor = { name: 'Blumen Weber GmbH', account: { iban: 'DE89370400440532013000' } };

/** A day from today, as banks write it. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** `status (ISO code, reason)`. */
export function standing({ status, isoStatus, isoReason }: Payment): string {
  return `${status} (${isoStatus}${isoReason === null ? '' : `, ${isoReason}`})`;
}

/** Sends an order in the name of a customer. */
export async function initiate<Answer extends Payment>(
  { app, institutionId }: DemoWorld<DemoBank>,
  story: Story,
  customer: Customer,
  route: string,
  order: object,
  { what = 'initiate', key }: { readonly what?: string; readonly key: string } = { key: randomUUID() },
): Promise<Answer> {
  const body = {
    institutionId,
    psu: { id: customer.username },
    debtor: { account: { iban: customer.accounts[0]?.iban } },
    redirectUri,
    ...order,
  };
  return story.step(
    what,
    () => app.call<Answer>('POST', route, body, { 'idempotency-key': key }),
    (made) => `${standing(made)}, next step ${made.nextStep?.type ?? 'none'}`,
  );
}

/** The PSU's part of a payment. */
export async function confirm(
  world: DemoWorld<DemoBank>,
  story: Story,
  customer: Customer,
  made: Payment,
): Promise<void> {
  await story.step(
    'the PSU does their part',
    () => authorise(world, customer, made.authorisationId, made.nextStep),
    (road) => road.join(' -> '),
  );
}

/** Waits for the worker, without asking the bank ourselves. */
export function followed<Answer extends Payment>(
  { app }: DemoWorld<DemoBank>,
  story: Story,
  what: string,
  route: string,
  enough: (payment: Answer) => boolean,
): Promise<Answer> {
  return story.step(
    what,
    () => until(() => app.call<Answer>('GET', route, undefined, unattended), enough, 60),
    standing,
  );
}

/**
 * Waits until a payment ended as expected, and shows what was heard of it on the way.
 * @param end ISO 20022 code
 */
export async function followedToItsEnd(
  world: DemoWorld<DemoBank>,
  story: Story,
  made: Payment,
  { what = 'the worker follows it to its end', end = 'ACSC' } = {},
): Promise<readonly TimelineEntry[]> {
  const route = `/v1/payments/${made.id}`;
  const ended = await followed<Payment>(world, story, what, route, ({ final }) => final);
  const { data } = await world.app.call<Page<TimelineEntry>>('GET', `${route}/timeline`);
  story.table(
    ['at', 'source', 'the bank said', 'ISO 20022', 'applied', 'why', 'ms'],
    data.map((entry) => [
      entry.at.slice(11, 23),
      entry.source,
      entry.upstreamStatus,
      entry.isoStatus ?? '-',
      entry.applied ? 'yes' : 'no',
      entry.why,
      entry.latencyMs === null ? '' : String(entry.latencyMs),
    ]),
  );
  expectThat(ended.isoStatus === end, `the end ${end}, not ${ended.isoStatus}`);
  return data;
}

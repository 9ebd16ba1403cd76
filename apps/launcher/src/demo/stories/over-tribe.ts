import { randomUUID } from 'node:crypto';
import type { DemoWorld } from '../demo-world.js';
import { redirectUri } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { TribeHub } from '../tribe-hub.js';
import type { Account, BulkPayment, Consent, Page, Payment } from '../wire.js';
import { accountAccess, giveConsent } from './account-access.js';
import { confirm, creditor, followed, followedToItsEnd, initiate } from './order.js';

type World = DemoWorld<TribeHub>;
const username = 'jonas.euro';

/** What we do as a TPP at the banks behind Tribe Open Banking. */
export async function overTribe(world: World): Promise<void> {
  await accountAccess(world, username, 'redirect');
  await directPayment(world);
  await bulkInPart(world);
  await revokedGrant(world);
}

/** One payment without a consent before it, told by webhook; and one that Tribe could not carry. */
async function directPayment(world: World): Promise<void> {
  const { app, bank, institutionId } = world;
  const customer = await bank.customer(username);
  const before = await bank.counts();
  const story = world.story(`Payment over Tribe, confirmed on the bank's page (${username})`);
  const order = {
    amount: { amount: '12.34', currency: 'EUR' },
    creditor,
    remittance: { unstructured: 'Invoice 2026-1188' },
  };
  const impossible = { institutionId, psu: { id: username }, redirectUri, ...order, endToEndId: 'DEMO-1188' };
  const refused = await story.step(
    'with an end-to-end id of the app',
    () => app.ask<{ code: string }>('POST', '/v1/payments', impossible, { 'idempotency-key': randomUUID() }),
    ({ status, body }) => `${status} ${body.code}`,
  );
  expectThat(refused.status === 422, `422, not ${refused.status}`);
  const made = await initiate<Payment>(world, story, customer, '/v1/payments', order);
  await confirm(world, story, customer, made);
  const heard = await followedToItsEnd(world, story, made, { what: 'webhooks and worker follow it' });
  expectThat(
    heard.some(({ source }) => source === 'webhook'),
    'a webhook of Tribe in the timeline',
  );
  const after = await bank.counts();
  expectThat(after.initiations === before.initiations + 1, "one payment in the hub's own ledger");
}

/** A bulk: the PSU grants it, then confirms it; one of its transfers fails. */
async function bulkInPart(world: World): Promise<void> {
  const customer = await world.bank.customer(username);
  const story = world.story(`Bulk payment over Tribe, of which one transfer fails (${username})`);
  // The simulated banks reject this amount.
  const items = ['20.00', '66.61', '30.50'].map((amount) => ({ amount: { amount, currency: 'EUR' }, creditor }));
  const order = { items, controlSum: { amount: '117.11', currency: 'EUR' } };
  const made = await initiate<BulkPayment>(world, story, customer, '/v1/bulk-payments', order);
  await confirm(world, story, customer, made);
  const route = `/v1/bulk-payments/${made.id}`;
  const granted = await world.app.call<BulkPayment>('GET', route);
  expectThat(granted.nextStep !== null, 'a page to confirm it after the grant');
  await confirm(world, story, customer, granted);
  const decided = await followed<BulkPayment>(
    world,
    story,
    'the worker follows it',
    route,
    ({ isoStatus }) => isoStatus === 'PART' || isoStatus === 'RJCT',
  );
  expectThat(decided.isoStatus === 'PART', `PART, not ${decided.isoStatus}`);
}

/** Nobody tells a TPP that a grant ended: the next read learns it. */
async function revokedGrant(world: World): Promise<void> {
  const { app, bank } = world;
  const customer = await bank.customer(username);
  const story = world.story(`A grant over Tribe that the PSU revokes at the bank (${username})`);
  const consent = await giveConsent(world, story, customer, 'redirect');
  const { data } = await app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`);
  await story.step(
    'the PSU revokes it at the bank',
    () => bank.revokeConsents(customer),
    () => 'done',
  );
  const refused = await story.step(
    'read balances',
    () => app.ask<{ code: string }>('GET', `/v1/accounts/${data[0]?.id}/balances`),
    ({ status, body }) => `${status} ${body.code}`,
  );
  expectThat(refused.status === 403, `403, not ${refused.status}`);
  const now = await app.call<Consent>('GET', `/v1/consents/${consent.id}`);
  expectThat(now.status === 'revoked', `a revoked consent, not ${now.status}`);
}

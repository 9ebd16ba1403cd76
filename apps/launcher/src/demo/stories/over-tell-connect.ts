import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { TellBank } from '../tell-bank.js';
import type { Account, Consent, Page, Payment } from '../wire.js';
import { accountAccess, giveConsent } from './account-access.js';
import { confirm, followedToItsEnd, initiate } from './order.js';

type World = DemoWorld<TellBank>;
const username = 'ava.personal';

/** Pockit over tell.connect: account data, a payment that we ask about, and a consent that ends without a word to us. */
export async function overTellConnect(world: World): Promise<void> {
  await accountAccess(world, username, 'redirect');
  await onePayment(world);
  await silentEnd(world);
}

/** The PSU consents to one payment, then it is sent, once. */
async function onePayment(world: World): Promise<void> {
  const { bank } = world;
  const customer = await bank.customer(username);
  const before = await bank.counts();
  const story = world.story(`Payment over tell.connect, polling only (${username})`);
  const order = {
    amount: { amount: '12.34', currency: 'GBP' },
    creditor: { name: 'J Whitlock', account: { sortCode: '204051', accountNumber: '12345678' } },
    // The PSU chooses the account at the bank.
    debtor: undefined,
    remittance: { unstructured: 'Invoice 1190' },
  };
  const made = await initiate<Payment>(world, story, customer, '/v1/payments', order);
  await confirm(world, story, customer, made);
  await followedToItsEnd(world, story, made);
  const after = await bank.counts();
  expectThat(after.initiations === before.initiations + 1, 'one initiation at the bank');
  expectThat(after.postings === before.postings + 1, "one payment in the bank's own ledger");
}

/** A PSU revokes at the bank, which tells nobody: the next read learns it, and the consent is over. */
async function silentEnd(world: World): Promise<void> {
  const { app, bank } = world;
  const customer = await bank.customer(username);
  const story = world.story(`A consent over tell.connect that the PSU revokes at the bank (${username})`);
  const consent = await giveConsent(world, story, customer, 'redirect');
  const { data } = await app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`);
  await story.step(
    'the PSU revokes it at the bank',
    () => bank.revokeConsents(customer),
    () => 'done',
  );
  const refused = await story.step(
    'read accounts',
    () => app.ask<{ code: string }>('GET', `/v1/accounts?consentId=${consent.id}`),
    ({ status, body }) => `${status} ${body.code}`,
  );
  expectThat(data.length > 0 && refused.status === 403, `403, not ${refused.status}`);
  const now = await app.call<Consent>('GET', `/v1/consents/${consent.id}`);
  expectThat(now.status === 'revoked', `a revoked consent, not ${now.status}`);
}

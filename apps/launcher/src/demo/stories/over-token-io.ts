import { type ApiClient, expectStatus } from '../../api-client.js';
import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { TokenHub } from '../token-hub.js';
import type { Payment } from '../wire.js';
import { accountAccess } from './account-access.js';
import { confirm, creditor, followedToItsEnd, initiate } from './order.js';

type World = DemoWorld<TokenHub>;
const username = 'bruno.saver';

/** One of the many banks behind Token.io: account data, a payment that we ask about, and one that we are told of. */
export async function overTokenIo(world: World, admin: ApiClient, connectionId: string): Promise<void> {
  await accountAccess(world, username, 'redirect');
  await onePayment(world, 'polling only', 'poll', async () => undefined);
  await onePayment(world, 'told by webhooks', 'webhook', async () => {
    const route = `/v1/connections/${connectionId}/webhook`;
    expectStatus(await admin.put(route, {}), `PUT ${route}`);
  });
}

async function onePayment(
  world: World,
  how: string,
  source: 'poll' | 'webhook',
  before: () => Promise<unknown>,
): Promise<void> {
  const { bank } = world;
  const customer = await bank.customer(username);
  const story = world.story(`Payment over Token.io, ${how} (${username})`);
  await before();
  const { executed } = await bank.counts();
  const order = {
    amount: { amount: '12.34', currency: 'EUR' },
    creditor,
    // Token.io wants the name beside the account.
    debtor: { name: 'Bruno Saver', account: { iban: customer.accounts[0]?.iban } },
    scheme: 'SEPA_CREDIT_TRANSFER',
    remittance: { unstructured: 'Invoice 2026-1189' },
  };
  const made = await initiate<Payment>(world, story, customer, '/v1/payments', order);
  await confirm(world, story, customer, made);
  const heard = await followedToItsEnd(world, story, made);
  const told = heard.some((entry) => entry.source === 'webhook');
  expectThat(told === (source === 'webhook'), source === 'webhook' ? 'a webhook in the timeline' : 'no webhook');
  expectThat((await bank.counts()).executed === executed + 1, "one payment in the hub's own ledger");
}

import type { DemoWorld } from '../demo-world.js';
import type { OurBank } from '../our-bank.js';
import { expectThat, until } from '../report.js';
import type { Account, BulkPayment, Consent, Page, Payment } from '../wire.js';
import { accountAccess, giveConsent } from './account-access.js';
import { confirm, followed, initiate } from './order.js';

type World = DemoWorld<OurBank>;
const username = 'anna.pocket';
const creditor = { name: 'Ann Lee', account: { sortCode: '040004', accountNumber: '00123456' } };

/**
 * The loop through our own product: an app of ours is the TPP, another one is the bank, and the simulated hub stands
 * between them. Neither knows that the other one is ours.
 */
export async function beingTheBank(world: World): Promise<void> {
  await accountAccess(world, username, 'redirect');
  await payment(world);
  await bulkInPart(world);
  await revokedToken(world);
}

async function payment(world: World): Promise<void> {
  const { bank } = world;
  const customer = await bank.customer(username);
  const story = world.story(`A payment that we ask for as the TPP, and carry out as the bank (${username})`);
  const order = {
    amount: { amount: '25.50', currency: 'GBP' },
    creditor,
    debtor: { account: { iban: customer.accounts[0]?.iban } },
    scheme: 'FASTER_PAYMENTS',
    remittance: { unstructured: 'INV-7' },
  };
  const made = await initiate<Payment>(world, story, customer, '/v1/payments', order);
  const asked = await bank.newest();
  const early = await story.step(
    'the bank executes it too early',
    () => bank.report(asked.id, 'ACSC'),
    (status) => `${status}: its customer has not confirmed it`,
  );
  expectThat(early === 409, `409, not ${early}`);
  await confirm(world, story, customer, made);
  const route = `/v1/payments/${made.id}`;
  for (const status of ['ACSP', 'ACSC']) {
    await story.step(
      `the bank reports ${status}`,
      () => bank.report(asked.id, status),
      (answer) => String(answer),
    );
    await followed<Payment>(world, story, 'and the TPP learns it', route, ({ isoStatus }) => isoStatus === status);
  }
  const late = await story.step('the bank takes it back', () => bank.report(asked.id, 'RJCT'), String);
  expectThat(late === 409, `409, not ${late}`);
}

async function bulkInPart(world: World): Promise<void> {
  const { app, bank } = world;
  const customer = await bank.customer(username);
  const story = world.story(`A bulk payment that our bank carries out in part (${username})`);
  const items = ['10.10', '20.20'].map((amount) => ({ amount: { amount, currency: 'GBP' }, creditor }));
  const order = {
    items,
    controlSum: { amount: '30.30', currency: 'GBP' },
    debtor: { account: { iban: customer.accounts[0]?.iban } },
    scheme: 'FASTER_PAYMENTS',
  };
  const made = await initiate<BulkPayment>(world, story, customer, '/v1/bulk-payments', order);
  await confirm(world, story, customer, made);
  const route = `/v1/bulk-payments/${made.id}`;
  await confirm(world, story, customer, await app.call<BulkPayment>('GET', route));
  const asked = await bank.newest();
  for (const status of ['ACSP', 'PART']) expectThat((await bank.report(asked.id, status)) === 200, `${status} taken`);
  await followed<BulkPayment>(world, story, 'the TPP learns it', route, ({ isoStatus }) => isoStatus === 'PART');
}

async function revokedToken(world: World): Promise<void> {
  const { app, bank } = world;
  const customer = await bank.customer(username);
  const story = world.story(`A token that our bank revokes (${username})`);
  const consent = await giveConsent(world, story, customer, 'redirect');
  const { data } = await app.call<Page<Account>>('GET', `/v1/accounts?consentId=${consent.id}`);
  await story.step(
    'the bank revokes it',
    () => bank.revokeNewestToken(),
    () => 'done',
  );
  await story.step(
    'read balances',
    () =>
      until(
        () => app.ask<{ code: string }>('GET', `/v1/accounts/${data[0]?.id}/balances`),
        ({ status }) => status === 403,
        15,
      ),
    ({ status, body }) => `${status} ${body.code}`,
  );
  const now = await app.call<Consent>('GET', `/v1/consents/${consent.id}`);
  expectThat(now.status === 'revoked', `a revoked consent, not ${now.status}`);
}

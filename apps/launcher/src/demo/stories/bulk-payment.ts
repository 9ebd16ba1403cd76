import type { DemoWorld } from '../demo-world.js';
import { expectThat } from '../report.js';
import type { BulkPayment } from '../wire.js';
import { confirm, creditor, followed, initiate } from './order.js';

/** One order, one SCA, three transfers, of which the bank rejects one: the rest is paid. */
export async function bulkPayment(world: DemoWorld): Promise<void> {
  const customer = await world.bank.customer('greta.many');
  const story = world.story('Bulk payment of three, one of them to a closed account (greta.many)');
  // The simulated bank says AC04 (closed account number) to this amount.
  const items = ['120.00', '66.61', '80.50'].map((amount) => ({ amount: { amount, currency: 'EUR' }, creditor }));
  const order = { items, controlSum: { amount: '267.11', currency: 'EUR' }, scaPreference: 'embedded' };
  const made = await initiate<BulkPayment>(world, story, customer, '/v1/bulk-payments', order);
  await confirm(world, story, customer, made);
  const decided = await followed<BulkPayment>(
    world,
    story,
    'the worker hears of every item',
    `/v1/bulk-payments/${made.id}`,
    (bulk) => bulk.items.every(({ isoStatus }) => isoStatus === 'ACSC' || isoStatus === 'RJCT'),
  );
  story.table(
    ['item', 'amount', 'ISO 20022', 'reason'],
    decided.items.map(({ amount, isoStatus, isoReason }, index) => [
      String(index + 1),
      `${amount.amount} ${amount.currency}`,
      isoStatus ?? '-',
      isoReason ?? '',
    ]),
  );
  expectThat(decided.isoStatus === 'PART', `PART, not ${decided.isoStatus}`);
  const codes = decided.items.map(({ isoStatus }) => isoStatus).join(' ');
  expectThat(codes === 'ACSC RJCT ACSC', `two paid and one rejected, not ${codes}`);
}

import type { Payment } from './answers.js';
import { readPayment, untilFinal } from './follow.js';
import { MockBank } from './mockbank.js';
import { pay, paymentOrder } from './orders.js';
import { authorise, mockBankPsu } from './psu.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

/*
 * Negative controls, each carried out once against a changed build:
 * - a single lane for all connections in the worker's Jobs: the healthy bank's payments wait behind the hung bank's call;
 * - a pipeline that claims nothing more once a claim found nothing: one open call then holds up all of its bank.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

/** Opens a bank with authorised payments. @param seconds that it has for an answer */
async function bankWithPayments(name: string, seconds: number): Promise<{ bank: MockBank; payments: Payment[] }> {
  const bank = new MockBank(world.stack.sandboxUrl, name);
  // Nothing settles until the bank's clock is moved.
  await bank.profile({ acspAfterSeconds: 3600, acscAfterSeconds: 3600 });
  const connection = await world.connect('xs2a', bank.settings({ timeoutSeconds: seconds }));
  const psu = await mockBankPsu(bank, 'anna.embedded');
  const payments: Payment[] = [];
  for (const amount of ['51.00', '52.00', '53.00']) {
    const payment = await pay(world.app, paymentOrder(world, connection, psu, amount));
    await authorise(world.app, psu, payment.authorisationId ?? '');
    payments.push(payment);
  }
  return { bank, payments };
}

describe('a bank that hangs', () => {
  it('holds up its own payments only: those of another bank end while its calls still hang', async () => {
    const hung = await bankWithPayments('hung', 120);
    await hung.bank.fault({ kind: 'hang', match: { operation: 'payments.status' } });
    await until('every payment of the hung bank waits for it', async () => {
      const { counts } = await hung.bank.ledger();
      return counts.hanging >= hung.payments.length;
    });
    const { calls: before } = await hung.bank.ledger();

    const healthy = await bankWithPayments('healthy', 10);
    await healthy.bank.advance(4000);
    for (const { id } of healthy.payments) {
      expect(await untilFinal(world.app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    }

    // Still the very same calls: none was answered, given up or repeated meanwhile.
    const { counts, calls } = await hung.bank.ledger();
    expect([counts.hanging, calls['payments.status']]).toEqual([hung.payments.length, before['payments.status']]);
    for (const { id } of hung.payments) expect(await readPayment(world.app, id)).toMatchObject({ final: false });

    await hung.bank.advance(4000);
    await hung.bank.mend();
    for (const { id } of hung.payments) {
      await until(`the bank that is back settles ${id}`, async () => {
        await world.elapse(90);
        return (await readPayment(world.app, id)).status === 'settled';
      });
    }
    expect((await hung.bank.ledger()).counts).toMatchObject({ initiations: 3, executed: 3 });
  });

  it('that leaves one call unanswered holds up no other payment, of its own neither', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'one-call');
    // The end comes after the answer to the last step, so that the worker is needed.
    await bank.profile({ acspAfterSeconds: 1, acscAfterSeconds: 1 });
    const connection = await world.connect('xs2a', bank.settings({ timeoutSeconds: 120 }));
    const psu = await mockBankPsu(bank, 'anna.embedded');
    await bank.fault({ kind: 'hang', match: { operation: 'payments.status', amount: '54' } });
    const stuck = await pay(world.app, paymentOrder(world, connection, psu, '54.00'));
    await until('the worker waits for the answer', async () => (await bank.ledger()).counts.hanging === 1);

    const other = await pay(world.app, paymentOrder(world, connection, psu, '55.00'));
    await authorise(world.app, psu, other.authorisationId ?? '');
    expect(await untilFinal(world.app, other.id)).toMatchObject({ status: 'settled' });
    expect((await bank.ledger()).counts.hanging).toBe(1);
    expect(await readPayment(world.app, stuck.id)).toMatchObject({ final: false });
    await bank.mend();
  });
});

import { appliedCodes, readPayment, untilFinal } from './follow.js';
import { MockBank } from './mockbank.js';
import { pay, paymentOrder } from './orders.js';
import { authorise, mockBankPsu } from './psu.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

/*
 * Negative control, carried out once against a changed build: a polling lease that no other run can take over, also
 * after its time (`WHERE false` in the taking statement). The payments then stay where the killed worker left them.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

describe('the worker is killed (SIGKILL) while it polls', () => {
  it('loses no payment: the next worker follows every one to its end', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'polled');
    // Nothing settles until the bank's clock is moved.
    await bank.profile({ acspAfterSeconds: 3600, acscAfterSeconds: 3600 });
    const connection = await world.connect('xs2a', bank.settings({ timeoutSeconds: 120 }));
    const psu = await mockBankPsu(bank, 'anna.embedded');
    const ids: string[] = [];
    for (const amount of ['41.00', '42.00', '66.61']) {
      const payment = await pay(world.app, paymentOrder(world, connection, psu, amount));
      await authorise(world.app, psu, payment.authorisationId ?? '');
      ids.push(payment.id);
    }
    await bank.fault({ kind: 'hang', match: { operation: 'payments.status' } });
    await until('the worker waits for the bank', async () => (await bank.ledger()).counts.hanging > 0);

    world.stack.kill('worker', 'SIGKILL');
    for (const id of ids) expect(await readPayment(world.app, id)).toMatchObject({ final: false });
    await bank.advance(4000);
    await bank.mend();
    await world.stack.restart('worker');
    await world.elapse(90);

    const ends = await Promise.all(ids.map((id) => untilFinal(world.app, id)));
    expect(ends.map(({ status, isoStatus, isoReason }) => [status, isoStatus, isoReason])).toEqual([
      ['settled', 'ACSC', null],
      ['settled', 'ACSC', null],
      ['rejected', 'RJCT', 'AC04'],
    ]);
    for (const id of ids) {
      const codes = await appliedCodes(world.app, id);
      expect(codes).toEqual([...new Set(codes)]);
    }
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 3, payments: 3, executed: 2 });
  });
});

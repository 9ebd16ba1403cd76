import { MockBank } from './mockbank.js';
import { pay, paymentOrder } from './orders.js';
import { mockBankPsu } from './psu.js';
import { until } from './until.js';
import { startWorld, type World } from './world.js';

/*
 * Negative control, carried out once against a changed build: ten thousand unanswered calls in a row wanted in place of
 * five. Nobody is down then, and the test waits in vain.
 */

interface Report {
  readonly connections: readonly {
    readonly downSince: string | null;
    readonly summary: { readonly calls: number; readonly errors: number; readonly averageMs: number | null };
  }[];
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

describe('the performance report', () => {
  it('sees what api and worker met on the wire: answers, then a bank that is down, then its return', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'measured');
    await bank.profile({ acspAfterSeconds: 3600, acscAfterSeconds: 3600 });
    const connection = await world.connect('xs2a', bank.settings());
    const read = async () => {
      const { body } = await world.admin.get<Report>(`/v1/reports/performance?connectionId=${connection.id}`);
      const [found] = body.connections;
      if (!found) throw new Error('the report has no such connection');
      return found;
    };
    const psu = await mockBankPsu(bank, 'anna.embedded');
    await pay(world.app, paymentOrder(world, connection, psu, '51.00'));
    const before = await read();
    expect(before).toMatchObject({ downSince: null, summary: { errors: 0, averageMs: expect.any(Number) } });

    await bank.fault({ kind: 'reset' });
    await until('five calls in a row got no answer, whichever process made them', async () => {
      await world.elapse(3_600);
      return (await read()).downSince !== null;
    });
    const down = await read();
    expect(down.summary.errors).toBeGreaterThanOrEqual(5);

    await bank.mend();
    await until('the bank answers again', async () => {
      await world.elapse(3_600);
      return (await read()).downSince === null;
    });
    // What went wrong stays in the books.
    expect((await read()).summary.errors).toBeGreaterThanOrEqual(5);
  });
});

import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@tributary/platform';
import { readPayment, untilFinal } from './follow.js';
import { MockBank } from './mockbank.js';
import { pay, paymentOrder } from './orders.js';
import { authorise, mockBankPsu } from './psu.js';
import { redisAvailable, startRedis } from './redis-server.js';
import { startWorld, type World } from './world.js';

/*
 * Negative control, carried out once against a changed build: a Sweeper that rings only once, at its start. No payment
 * then ends, since what is due is in PostgreSQL and the queue is only the bell.
 */

function keysIn(port: number): string {
  return spawnSync('redis-cli', ['-p', String(port), 'dbsize'], { encoding: 'utf8' }).stdout.trim();
}

if (redisAvailable) {
  describe('with the queues in Redis', () => {
    let dir: string;
    let port: number;
    let redis: ChildProcess;
    let world: World;
    beforeAll(async () => {
      dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-redis-'));
      port = await freePort();
      redis = await startRedis(port, dir);
      world = await startWorld({ redisUrl: `redis://127.0.0.1:${port}` });
    });
    afterAll(async () => {
      try {
        await world.stop();
      } finally {
        redis.kill('SIGKILL');
        fs.rmSync(dir, { recursive: true, force: true });
      }
    });

    it('follows payments as with PostgreSQL, and loses nothing when Redis dies and comes back empty', async () => {
      const bank = new MockBank(world.stack.sandboxUrl, 'queued');
      const connection = await world.connect('xs2a', bank.settings());
      const psu = await mockBankPsu(bank, 'anna.embedded');
      const send = async (amount: string): Promise<string> => {
        const payment = await pay(world.app, paymentOrder(world, connection, psu, amount));
        await authorise(world.app, psu, payment.authorisationId ?? '');
        return payment.id;
      };
      const first = await send('61.00');
      expect(await untilFinal(world.app, first)).toMatchObject({ isoStatus: 'ACSC' });
      expect(keysIn(port)).not.toBe('0');

      await bank.profile({ acspAfterSeconds: 3600, acscAfterSeconds: 7200 });
      const second = await send('62.00');
      const died = once(redis, 'exit');
      redis.kill('SIGKILL');
      await died;
      expect(await readPayment(world.app, second)).toMatchObject({ status: 'processing' });
      // Without its queue a payment is taken all the same: it is on disk before it is sent.
      const third = await send('63.00');
      await bank.advance(8000);
      redis = await startRedis(port, dir);

      for (const id of [second, third]) {
        await world.elapse(90);
        expect(await untilFinal(world.app, id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
      }
      expect((await bank.ledger()).counts).toMatchObject({ initiations: 3, payments: 3, executed: 3 });
    });
  });
} else {
  // Counted as to do, not as passed. It is no failure: the other tests need nothing but Node.
  it.todo('is not proved on this machine: there is no redis-server in the PATH');
}

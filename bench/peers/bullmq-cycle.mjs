// BullMQ on Redis, full cycle: one delayed job per payment; ask the bank, update the row, add the job again with its next delay.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';

const { BANK_URL, CONCURRENCY, DATABASE_URL, REDIS_URL } = process.env;
const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });
const bank = new Pool(new URL(BANK_URL).origin, { connections: Number(CONCURRENCY), pipelining: 1 });
const queue = new Queue('cycle', { connection });
const update = `UPDATE payments SET status = $2, polls = polls + 1, polled_at = now(), next_poll_at = now() + interval '30 minutes' WHERE id = $1`;
const history = 'INSERT INTO payment_history (payment_id, status, at) VALUES ($1, $2, now())';
const state = { done: 0, first: 0, last: 0 };

const worker = new Worker(
  'cycle',
  async ({ data: { id, reference, status } }) => {
    state.first ||= performance.timeOrigin + performance.now();
    const { body } = await bank.request({
      method: 'GET',
      path: `/b0/v1/payments/sepa-credit-transfers/${reference}/status`,
      headers: { accept: 'application/json', 'x-request-id': randomUUID() },
    });
    const { transactionStatus } = await body.json();
    await database.query({ name: 'update', text: update, values: [id, transactionStatus] });
    if (transactionStatus !== status) {
      await database.query({ name: 'history', text: history, values: [id, transactionStatus] });
    }
    if (transactionStatus !== 'ACSC') {
      const options = { delay: 1_800_000, removeOnComplete: true };
      await queue.add('poll', { id, reference, status: transactionStatus }, options);
    }
    state.done += 1;
    state.last = performance.timeOrigin + performance.now();
  },
  { connection, concurrency: Number(CONCURRENCY), autorun: false },
);
process.on('message', (message) => {
  if (message === 'reset') Object.assign(state, { done: 0, first: 0, last: 0 });
  process.send(state);
});
void worker.run();
await worker.waitUntilReady();
process.send('ready');

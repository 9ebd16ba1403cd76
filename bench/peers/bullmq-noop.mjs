// BullMQ on Redis, no-op: how fast one worker takes jobs that do nothing.
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
let done = 0;
let first = 0;
let last = 0;
const worker = new Worker(
  'noop',
  async () => {
    last = performance.timeOrigin + performance.now();
    first ||= last;
    done += 1;
  },
  { connection, concurrency: Number(process.env.CONCURRENCY), autorun: false },
);
process.on('message', (message) => {
  if (message === 'reset') [done, first, last] = [0, 0, 0];
  process.send({ done, first, last });
});
void worker.run();
await worker.waitUntilReady();
process.send('ready');

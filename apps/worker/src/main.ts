import { setFlagsFromString } from 'node:v8';
import { NestFactory } from '@nestjs/core';
import { runProcess } from '@tributary/banking';
import { NestLogger } from '@tributary/platform';
import { serveHealth } from './health.server.js';
import { WorkerModule } from './worker.module.js';

/** One for each queue that is worked on, and some for the rings. */
const queueConnections = 14;

// V8 lets the heap of a busy worker grow to five times of what lives in it, and keeps it. A V8 that does not know the flag ignores it.
setFlagsFromString('--heap-growing-percent=50');

await runProcess('worker', { queueConnections }, async (parts) => {
  const { settings, logger, queues } = parts;
  // Nest tells at length how it starts; that is worth reading only while something is being looked into.
  const quiet = logger.level === 'info' ? logger.child({}, { level: 'warn' }) : logger;
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(parts), {
    logger: new NestLogger(quiet),
    abortOnError: false,
  });
  const health = await serveHealth(parts);
  logger.info({ port: settings.workerPort, queues: queues.kind }, `worker is at work; jobs are kept in ${queues.kind}`);
  return {
    stop: async () => {
      await health.close();
      await app.close();
    },
  };
});

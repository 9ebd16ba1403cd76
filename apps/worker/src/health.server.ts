import type { ProcessParts } from '@tributary/banking';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** A server that does not answer within this is as good as down. */
const patienceMs = 2_000;

type Answer = readonly [status: number, type: string, body: string];

/**
 * What an operator's tools ask the worker: `/health/live`, `/health/ready` and `/metrics`, as at the api. Three routes
 * without input need no framework.
 */
export async function serveHealth(parts: ProcessParts): Promise<{ close(): Promise<void> }> {
  const { settings, metrics } = parts;
  const routes: Readonly<Record<string, () => Promise<Answer>>> = {
    '/health/live': () => Promise.resolve(json(200, { status: 'ok', checks: {} })),
    '/health/ready': () => ready(parts),
    '/metrics': async () => [200, metrics.registry.contentType, await metrics.registry.metrics()],
  };
  const server = createServer((request, response) => {
    const route = routes[new URL(request.url ?? '/', 'http://worker').pathname];
    if (request.method !== 'GET' || !route) return send(response, json(404, { status: 'not found' }));
    route().then(
      (answer) => send(response, answer),
      () => send(response, json(500, { status: 'error' })),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.workerPort, settings.host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function ready({ dataSource, queues }: ProcessParts): Promise<Answer> {
  const [database, queue] = await Promise.all([
    answers(() => dataSource.query('SELECT 1')),
    answers(() => queues.ping()),
  ]);
  const up = database === 'up' && queue === 'up';
  return json(up ? 200 : 503, { status: up ? 'ok' : 'error', checks: { database, queue } });
}

async function answers(question: () => Promise<unknown>): Promise<'up' | 'down'> {
  try {
    return await Promise.race([question().then(() => 'up' as const), pause(patienceMs, 'down' as const)]);
  } catch {
    return 'down';
  }
}

const json = (status: number, body: object): Answer => [status, 'application/json', JSON.stringify(body)];

function send(response: ServerResponse, [status, type, body]: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

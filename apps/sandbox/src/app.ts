import Fastify, { type FastifyInstance } from 'fastify';
import { upstreams } from './catalogue.js';
import type { SandboxOptions } from './kit/upstream.js';

export const DEFAULT_SEED = 'tributary';

/**
 * Makes the sandbox without listening. Tests call `inject` on it or let it listen on port 0.
 * @param log true: one line per request on standard output.
 */
export function buildSandbox(options: Partial<SandboxOptions> & { log?: boolean } = {}): FastifyInstance {
  const app = Fastify({
    logger: {
      level: options.log === true ? 'info' : 'error',
      // Without the query: a login may stand there.
      serializers: { req: ({ method, url }) => ({ method, path: url.split('?')[0] }) },
    },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (_error, request, reply) => {
      const upstream = upstreams.find(({ id }) => request.raw.url?.startsWith(`/${id}`));
      const body = JSON.stringify(upstream?.badAddress ?? { error: 'The address is not readable' });
      reply.raw.writeHead(400, { 'Content-Type': 'application/json; charset=utf-8' }).end(body);
    },
  });
  app.get('/health/live', async () => ({ status: 'ok' }));
  for (const upstream of upstreams) {
    upstream.register(app, { seed: options.seed ?? DEFAULT_SEED, publicUrl: options.publicUrl });
  }
  return app;
}

import Fastify, { type FastifyInstance } from 'fastify';
import { upstreams } from './catalogue.js';
import { indexPage } from './index.page.js';
import { TestAuthority } from './kit/pki/test-authority.js';
import { TlsDoor } from './kit/pki/tls-door.js';
import type { SandboxOptions } from './kit/upstream.js';

export const DEFAULT_SEED = 'tributary';

export interface SandboxSettings extends Pick<SandboxOptions, 'seed' | 'publicUrl' | 'host'> {
  /** Opens the way in by TLS with client certificates on this port; 0 is any that is free. */
  tlsPort: number | undefined;
  /** Ids of the upstreams that it plays; all of them, if not given. */
  plays: readonly string[];
  /** One line per request on standard output. */
  log: boolean;
}

/**
 * Makes the sandbox without listening. Tests call `inject` on it or let it listen on port 0.
 */
export function buildSandbox(options: Partial<SandboxSettings> = {}): FastifyInstance {
  const app = Fastify({
    logger: {
      level: options.log === true ? 'info' : 'error',
      // Without the query: a login may stand there.
      serializers: { req: ({ method, url }) => ({ method, path: url.split('?')[0] }) },
    },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (_error, request, reply) => {
      const upstream = upstreams.find(({ id }) => id === upstreamIdIn(request.raw.url ?? ''));
      const body = JSON.stringify(upstream?.badAddress ?? { error: 'The address is not readable' });
      reply.raw.writeHead(400, { 'Content-Type': 'application/json; charset=utf-8' }).end(body);
    },
  });
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(indexPage(upstreams)));
  const authority = new TestAuthority();
  const door = new TlsDoor(app, authority);
  const { seed = DEFAULT_SEED, publicUrl, host = '127.0.0.1', tlsPort } = options;
  app.addHook('onReady', async () => {
    if (tlsPort !== undefined) {
      await door.open({ host, port: tlsPort, handshake: 'open' });
    }
  });
  app.addHook('onClose', async () => door.close());
  for (const upstream of upstreams.filter(({ id }) => options.plays?.includes(id) ?? true)) {
    upstream.register(app, { seed, publicUrl, authority, door, host });
  }
  return app;
}

/** `xs2a` of `/xs2a/v1/consents` and of `/xs2a@bank/v1/consents`; the address may be one that cannot be decoded. */
function upstreamIdIn(url: string): string | undefined {
  return url.split(/[/?@]/, 2)[1];
}

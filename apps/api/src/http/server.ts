import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { BankingParts, Logger, Metrics } from '@tributary/banking';
import { noTenant, withTenant } from '@tributary/persistence';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refuseHub } from '../bank/hub-refusal.js';
import { registerBodyParsers } from './body-parsers.js';
import { sendProblem } from './problem.filter.js';
import { checkTexts } from './text-check.js';

/** Bytes; a bulk payment of 1000 items has less than half of it. */
const bodyLimit = 1_048_576;
/** Slow senders are cut off; longer than every answer that waits for a bank. */
const requestTimeoutMs = 60_000;

type ServerParts = Pick<BankingParts, 'logger' | 'metrics' | 'settings'>;

/** The HTTP server below Nest: request ids, limits, bodies, measuring. What a route needs is in its controller. */
export function createServer({ logger, metrics, settings }: ServerParts): FastifyAdapter {
  const server = fastify({
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    genReqId: requestId,
    logger: false,
    // A string is a list of proxies; without one nobody's X-Forwarded-For is believed.
    trustProxy: settings.trustProxy ?? false,
    // The socket may be the sandbox's or a browser's keep-alive one: idle ones are closed at once when we stop.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (_error, request, reply) => {
      void reply.header('x-request-id', request.id);
      const told = { code: 'invalid_request', detail: 'The URL cannot be read.' } as const;
      if (refuseHub(request, reply, { ...told, afterSeconds: null, now: new Date() })) return;
      sendProblem(request, reply, told.code, told);
    },
  });
  const parsers: FastifyInstance = server;
  parsers.decorateRequest('principal', null);
  parsers.decorateRequest('readsFor', null);
  registerBodyParsers(parsers);
  parsers.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    void reply.header('referrer-policy', 'no-referrer');
    done();
  });
  // After the body is there, which arrives in a context of its own. `AccessGuard` says whose request it is.
  parsers.addHook('preValidation', (_request, _reply, done) => withTenant(noTenant, done));
  parsers.addHook('preValidation', (request, _reply, done) => {
    try {
      checkTexts(request.body, '');
      checkTexts(request.query, '/query');
      checkTexts(request.params, '/path');
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
  parsers.addHook('onResponse', (request, reply, done) => {
    measure(request, reply, logger, metrics);
    done();
  });
  return new FastifyAdapter(server);
}

/** The caller's own id where it is usable in logs and headers, else a new one. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

function measure(request: FastifyRequest, reply: FastifyReply, logger: Logger, metrics: Metrics): void {
  const route = request.routeOptions.url ?? 'unknown';
  const { method } = request;
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  metrics.httpRequests.observe({ method, route, status: String(reply.statusCode) }, durationMs / 1_000);
  if (route.startsWith('/health') || route === '/metrics') return;
  logger.info(
    {
      method,
      route,
      statusCode: reply.statusCode,
      durationMs,
      requestId: request.id,
      ...(request.principal && { appId: request.principal.appId }),
      ...(request.readsFor !== null && { readsFor: request.readsFor }),
    },
    'request',
  );
}

import { HttpException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where `@RawBody()` finds the bytes; only below the raw paths. */
    rawBody?: Buffer;
  }
}

/** Below these paths the bytes that arrived are what was signed: nothing may parse them before that is proven. */
const raw = /^\/(webhooks|bank)\//;
const tokenEndpoint = '/oauth/token';

type Done = (error: Error | null, body?: unknown) => void;

/** The bytes are the body; nothing else may be made of them. */
function keepBytes(request: FastifyRequest, body: Buffer, done: Done): void {
  request.rawBody = body;
  done(null, body);
}

/**
 * Who gets which body: JSON as an object, the token endpoint's form as an object of texts, webhooks as the bytes that
 * arrived. Everything else is 415.
 */
export function registerBodyParsers(server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done: Done) => {
    if (raw.test(request.url)) return keepBytes(request, body, done);
    if (body.length === 0) return done(null, undefined);
    const text = body.toString('utf8');
    // Bytes that are not UTF-8 would be replaced in silence.
    if (!Buffer.from(text, 'utf8').equals(body)) return done(new HttpException('not UTF-8', 400));
    return parseJson(request, text, done);
  });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done: Done) => {
      if (raw.test(request.url)) return keepBytes(request, body, done);
      if (request.url.split('?', 1)[0] !== tokenEndpoint) return done(new HttpException('not JSON', 415));
      return done(null, new URLSearchParams(body.toString('utf8')));
    },
  );
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done: Done) => {
    if (raw.test(request.url)) return keepBytes(request, body, done);
    return done(new HttpException('not JSON', 415));
  });
}

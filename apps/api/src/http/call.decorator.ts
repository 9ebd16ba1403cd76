import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Refusal } from '@tributary/banking';
import type { CallContext, PsuContext } from '@tributary/providers';
import type { FastifyRequest } from 'fastify';
import { isIP } from 'node:net';

interface PsuHeader {
  readonly header: string;
  readonly description: string;
  readonly example: string;
  /** What a right value is; any visible text where absent. */
  readonly test?: (value: string) => boolean;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Facts of the PSU's own request. Names: Berlin Group NextGenPSD2 1.3, "PSU related headers". */
const psuHeaders: Readonly<Record<keyof PsuContext, PsuHeader>> = {
  ipAddress: {
    header: 'PSU-IP-Address',
    description: 'IP address of the PSU. Send it only while the PSU is there: it makes the call attended.',
    example: '192.0.2.17',
    test: (value) => isIP(value) > 0,
  },
  ipPort: {
    header: 'PSU-IP-Port',
    description: 'Port of the PSU.',
    example: '49152',
    test: (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
  },
  accept: { header: 'PSU-Accept', description: 'Accept header of the PSU.', example: 'text/html' },
  acceptCharset: { header: 'PSU-Accept-Charset', description: 'Accept-Charset header of the PSU.', example: 'utf-8' },
  acceptEncoding: { header: 'PSU-Accept-Encoding', description: 'Accept-Encoding header of the PSU.', example: 'gzip' },
  acceptLanguage: { header: 'PSU-Accept-Language', description: 'Accept-Language header of the PSU.', example: 'de' },
  userAgent: { header: 'PSU-User-Agent', description: 'Browser or app of the PSU.', example: 'Mozilla/5.0' },
  httpMethod: {
    header: 'PSU-Http-Method',
    description: "Method of the PSU's own request.",
    example: 'GET',
    test: (value) => /^(GET|POST|PUT|PATCH|DELETE)$/.test(value),
  },
  deviceId: {
    header: 'PSU-Device-ID',
    description: 'UUID of the device of the PSU.',
    example: '99435c7e-ad88-49ec-a2ad-99ddcb1f5555',
    test: (value) => uuid.test(value),
  },
  geoLocation: {
    header: 'PSU-Geo-Location',
    description: 'Where the PSU is (RFC 2426 section 3.4.2).',
    example: 'GEO:52.506931;13.144558',
    test: (value) => /^GEO:-?\d{1,3}(\.\d{1,9})?[;,]-?\d{1,3}(\.\d{1,9})?$/i.test(value),
  },
};

const psuHeaderList = Object.entries(psuHeaders).map(([field, facts]) => ({
  field,
  name: facts.header.toLowerCase(),
  ...facts,
}));

/**
 * The request as an upstream call carries it on: our trace id and the PSU's context. An administrator who reads an app's side
 * (`appId`) is no PSU, whatever the headers say: without one no bank is asked, and nothing moves.
 *
 * @throws Refusal
 */
export function callContext(request: FastifyRequest): CallContext {
  const psu: Record<string, string> = {};
  for (const { field, name, header, test, example } of psuHeaderList) {
    const value = request.headers[name];
    if (value === undefined) continue;
    if (typeof value === 'string' && /^[\x20-\x7e]{1,500}$/.test(value) && (test?.(value) ?? true)) psu[field] = value;
    else throw badHeader(header, example);
  }
  return { traceId: request.id, psu: request.readsFor === null ? psu : {} };
}

function badHeader(header: string, example: string): Refusal {
  return new Refusal('invalid_request', `The header ${header} is not valid: expected for example "${example}".`, {
    errors: [{ pointer: `/headers/${header}`, code: 'invalid', message: `expected for example "${example}"` }],
  });
}

/** Parameter: the context for calls to the upstream. Documents the PSU's headers on the operation. */
export const Call = createParamDecorator(
  (_: unknown, context: ExecutionContext): CallContext =>
    callContext(context.switchToHttp().getRequest<FastifyRequest>()),
  [documentHeaders],
);

/** Parameter: the context for calls to an upstream that no PSU is behind: our trace id only. */
export const Trace = createParamDecorator((_: unknown, context: ExecutionContext): CallContext => ({
  traceId: context.switchToHttp().getRequest<FastifyRequest>().id,
  psu: {},
}));

function documentHeaders(target: object, key: string | symbol | undefined): void {
  const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  if (key === undefined || !descriptor) return;
  for (const { header, description, example } of Object.values(psuHeaders)) {
    ApiHeader({ name: header, description, required: false, schema: { type: 'string', maxLength: 500, example } })(
      target,
      key,
      descriptor,
    );
  }
}

import { decodeJson, type UpstreamAnswer, type UpstreamHttp } from '../kit/http.js';
import type { Reader } from '../kit/json.js';
import { attended, type CallContext, ProviderError, type ProviderDeps } from '../port/index.js';
import { refusal, type Service } from './errors.js';
import { providerId, type TokenIoSettings } from './settings.js';
import { createAuthorizer } from './signature.js';

export interface CallSpec {
  readonly operation: string;
  readonly service: Service;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments of the path, ids included; they are encoded here. */
  readonly path: readonly string[];
  /** A list is sent as a repeated parameter (form, explode). */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The consent in whose name data is read: an access token `ta:...`. */
  readonly onBehalfOf?: string | undefined;
  /** Whether the PSU's own request is forwarded. */
  readonly psu?: boolean;
  /** Answer by then with what is known, and go on in the background. */
  readonly answerWithinSeconds?: number | undefined;
  readonly movesMoney?: boolean;
}

/** A decoded answer. */
export interface Answered<T> {
  readonly value: T;
  /** The parsed body as it was. */
  readonly tree: unknown;
}

/** The one way of all calls to Token.io: signature, headers, errors. */
export interface TokenIoClient {
  /** Throws a ProviderError for everything but a readable 2xx. */
  call<T>(spec: CallSpec, context: CallContext, read: Reader<T>): Promise<Answered<T>>;
}

export function createClient(settings: TokenIoSettings, deps: ProviderDeps, http: UpstreamHttp): TokenIoClient {
  const base = settings.baseUrl.replace(/\/+$/, '');
  const authorize = createAuthorizer(settings, deps.now);
  const jsonErrors = settings.assumptions?.jsonErrorsHeader === false ? undefined : 'true';

  function send(spec: CallSpec, context: CallContext): Promise<UpstreamAnswer> {
    const { operation, method, movesMoney, answerWithinSeconds } = spec;
    const url = urlOf(base, spec);
    // One string is signed and sent: a second serialisation could differ.
    const body = spec.body === undefined ? undefined : JSON.stringify(spec.body);
    const headers = {
      accept: 'application/json',
      'content-type': body === undefined ? undefined : 'application/json',
      authorization: authorize({ method, url, body }),
      'token-json-error': jsonErrors,
      'on-behalf-of': spec.onBehalfOf,
      'request-timeout': answerWithinSeconds?.toString(),
      ...(spec.psu === true ? psuHeaders(context) : {}),
    };
    const { traceId, signal } = context;
    return http.send({ operation, traceId, method, url, headers, body, movesMoney, signal });
  }

  return {
    async call(spec, context, read) {
      const answer = await send(spec, context);
      if (answer.status < 400) return decodeJson(providerId, answer, read);
      const { error, unknownCode } = refusal(answer, spec.service, deps.now());
      if (unknownCode !== null) {
        const message = `unknown error code ${unknownCode.slice(0, 60)} with HTTP ${answer.status}`;
        deps.warn({ operation: spec.operation, message });
      }
      throw error;
    },
  };
}

function urlOf(base: string, { path, query = {} }: CallSpec): URL {
  // Ids hold colons, which a path may hold as they are (RFC 3986 section 3.3): the path that is signed is the path sent.
  const encoded = path.map((segment) => encodeURIComponent(segment).replaceAll('%3A', ':'));
  const url = new URL(`${base}/${encoded.join('/')}`);
  for (const [name, value] of Object.entries(query)) {
    const values = value === undefined ? [] : typeof value === 'object' ? value : [String(value)];
    for (const one of values) url.searchParams.append(name, one);
  }
  return url;
}

/** The PSU's own request. Its presence lifts the bank's limit of unattended reads. */
function psuHeaders(context: CallContext): Readonly<Record<string, string | undefined>> {
  const { ipAddress, userAgent, deviceId, geoLocation } = context.psu;
  return {
    'token-customer-ip-address': ipAddress === undefined ? undefined : ipv4Of(ipAddress),
    'customer-initiated': attended(context) ? 'true' : undefined,
    'token-customer-user-agent': sendable(userAgent),
    'token-customer-device-id': sendable(deviceId),
    'token-customer-geo-location': sendable(geoLocation),
  };
}

/** The header is for IPv4 addresses; an IPv4 address inside an IPv6 one is taken out, any other is left out. */
function ipv4Of(address: string): string | undefined {
  const plain = address.replace(/^::ffff:/i, '');
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(plain) ? plain : undefined;
}

const sendable = (value: string | undefined): string | undefined =>
  value !== undefined && /^[\x20-\x7e]{1,500}$/.test(value) ? value : undefined;

/** Refuses before anything is sent. */
export function refused(
  kind: 'unsupported' | 'rejected',
  operation: string,
  message: string,
  context?: CallContext,
): ProviderError {
  return new ProviderError({ kind, provider: providerId, operation, traceId: context?.traceId, message });
}

import { Axios } from 'axios';
import { Pool } from 'undici';
import { type AddressGuard, ProviderError, type ProviderErrorFacts, type UpstreamCall } from '../port/index.js';
import { createBreaker } from './breaker.js';
import { MalformedAnswer, parseJson, type Reader } from './json.js';
import { createTlsConnect, type TlsIdentity } from './tls-connect.js';
import { describeTransportFailure, isOwnCertificateFault } from './transport-failure.js';
import { type Attempt, type ExchangeLimits, type Received, undiciAdapter } from './undici-adapter.js';

/** What an upstream's HTTP client needs to know. */
export interface UpstreamHttpOptions {
  readonly provider: string;
  readonly connectionId: string;
  /** Only these are ever called: scheme, host and port. Links of an upstream cannot lead anywhere else. */
  readonly origins: ReadonlySet<string>;
  /** Where connections may go to, whatever a host's name resolves to; null: anywhere. */
  readonly addresses: AddressGuard | null;
  readonly tls?: TlsIdentity | undefined;
  readonly connectMs?: number;
  readonly limits?: Partial<ExchangeLimits>;
  readonly maxConnections?: number;
  /** Answers with 408 and 5xx come back as well, for upstreams that say in them why; the provider then judges them. */
  readonly returnsServerErrors?: boolean;
  readonly now: () => Date;
  readonly report: (call: UpstreamCall) => void;
}

export interface UpstreamRequest {
  /** Our name of the call, for errors and measurements. */
  readonly operation: string;
  readonly traceId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  /** An undefined one is not sent. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer | undefined;
  /** A request after which money may move: every doubt about its fate is `outcome-unknown`. */
  readonly movesMoney?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * What an answer that decides nothing by its status (408, 5xx, a redirect) says all the same in words of this upstream: it
   * replaces what the status alone means.
   */
  readonly faultWords?: ((answer: UpstreamAnswer) => Partial<ProviderErrorFacts>) | undefined;
}

export interface UpstreamAnswer {
  readonly request: UpstreamRequest;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface UpstreamHttp {
  /**
   * Sends once; nothing is repeated, no redirect followed. Answers with 2xx and 4xx come back, anything else is an error:
   * `unavailable` when no byte left us, or the call is safe; `outcome-unknown` for a money call that left us; `unauthorised` when
   * the TLS handshake failed for our own certificate (the upstream then read nothing, whatever had left us). After ten failures in a
   * row nothing is sent for a few seconds, which is `unavailable` too.
   */
  send(request: UpstreamRequest): Promise<UpstreamAnswer>;
  close(): Promise<void>;
}

const defaults = { headersMs: 10_000, bodyMs: 10_000, totalMs: 30_000, maxAnswerBytes: 10 * 1024 * 1024 };

/** An HTTP client for one upstream: axios over one undici pool per origin. */
export function createUpstreamHttp(options: UpstreamHttpOptions): UpstreamHttp {
  const limits: ExchangeLimits = { ...defaults, ...options.limits };
  const pools = new Map<string, Pool>();
  const breaker = createBreaker();
  const tls = createTlsConnect(options.tls ?? {}, options.connectMs ?? 5_000, options.addresses);
  // Without the defaults of `axios.create`, which are for browsers and bodies in JSON and are merged anew into every request.
  const client = new Axios({ headers: { Accept: 'application/json' } });

  const poolFor = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (!pool) {
      const connections = options.maxConnections ?? 64;
      pool = new Pool(origin, { connections, pipelining: 1, connect: tls.connect });
      pools.set(origin, pool);
    }
    return pool;
  };

  const exchange = async (request: UpstreamRequest, attempt: Attempt): Promise<UpstreamAnswer> => {
    const { url, method, body, signal } = request;
    try {
      const { status, data } = await client.request<Received>({
        url: url.href,
        method,
        headers: withoutGaps(request.headers),
        data: body,
        adapter: undiciAdapter(poolFor(url.origin), url, attempt, limits, signal),
      });
      return { request, status, ...data };
    } catch (cause) {
      const refusal = tls.refusalOf(cause);
      const failure = refusal === undefined ? cause : { code: refusal };
      throw providerError(options.provider, request, transportFailure(request, attempt, failure));
    }
  };

  const send = async (request: UpstreamRequest): Promise<UpstreamAnswer> => {
    if (!options.origins.has(request.url.origin)) {
      const message = 'The institution linked to a host that is not its own; the link was not followed.';
      throw providerError(options.provider, request, { kind: 'malformed', message });
    }
    const startedAt = options.now();
    const began = performance.now();
    let httpStatus: number | null = null;
    try {
      const answer = await exchange(request, { written: false });
      httpStatus = answer.status;
      const fault = faultOf(answer, options.returnsServerErrors === true);
      if (fault) {
        const words = request.faultWords?.(answer);
        throw providerError(options.provider, request, { ...fault, upstream: { httpStatus }, ...words });
      }
      return answer;
    } finally {
      options.report({
        provider: options.provider,
        connectionId: options.connectionId,
        operation: request.operation,
        startedAt,
        durationMs: performance.now() - began,
        httpStatus,
        ok: httpStatus !== null && httpStatus < 500 && httpStatus !== 429,
      });
    }
  };

  return {
    send: (request) =>
      breaker(
        () => send(request),
        () => resting(options.provider, request),
      ),
    async close() {
      await Promise.allSettled([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/**
 * Decodes a JSON answer; an empty body (204) is `undefined` to the reader. What does not decode is `malformed`, or `outcome-unknown` after a money call: an accepted
 * instruction with an unreadable receipt is still accepted.
 */
export function decodeJson<T>(
  provider: string,
  answer: UpstreamAnswer,
  read: Reader<T>,
): { readonly value: T; readonly tree: unknown } {
  try {
    const tree = answer.body.length === 0 ? undefined : parseJson(answer.body);
    return { value: read(tree, ''), tree };
  } catch (cause) {
    if (cause instanceof MalformedAnswer) throw malformed(provider, answer, cause);
    throw cause;
  }
}

/** The error for an answer that was read and makes no sense. */
export function malformed(provider: string, answer: UpstreamAnswer, finding: MalformedAnswer): ProviderError {
  const { request, status: httpStatus } = answer;
  return providerError(provider, request, {
    kind: request.movesMoney === true ? 'outcome-unknown' : 'malformed',
    message: `The institution's answer does not decode: ${finding.message}.`,
    upstream: { httpStatus },
  });
}

type Doubt = Pick<ProviderErrorFacts, 'kind' | 'message'> & Partial<ProviderErrorFacts>;

function transportFailure(request: UpstreamRequest, attempt: Attempt, cause: unknown): Doubt {
  const what = describeTransportFailure(cause);
  if (isOwnCertificateFault(cause)) {
    return { kind: 'unauthorised', message: `No TLS connection: ${what}. Check the certificate in the connection.` };
  }
  if (!attempt.written) {
    return {
      kind: 'unavailable',
      message: `The institution was not reached: ${what}. Nothing was sent; try again later.`,
    };
  }
  return request.movesMoney === true
    ? { kind: 'outcome-unknown', message: `The request left us, but no answer came: ${what}. Do not send it again.` }
    : { kind: 'unavailable', message: `The institution did not answer: ${what}. Try again later.` };
}

/** Answers that decide nothing: 408 and 5xx, and redirects, which we do not follow. */
function faultOf({ status, request }: UpstreamAnswer, serverErrorsWanted: boolean): Doubt | null {
  const redirect = status >= 300 && status < 400;
  if (!redirect && (serverErrorsWanted || (status !== 408 && status < 500))) return null;
  if (request.movesMoney === true) {
    const message = `The institution answered with HTTP ${status}, which does not say whether it took the instruction. Do not send it again.`;
    return { kind: 'outcome-unknown', message };
  }
  return redirect
    ? {
        kind: 'malformed',
        message: `The institution answered with a redirect (HTTP ${status}), which is not followed.`,
      }
    : { kind: 'unavailable', message: `The institution answered with HTTP ${status}. Try again later.` };
}

function resting(provider: string, request: UpstreamRequest): ProviderError {
  const message =
    'The institution failed many times in a row and is left alone for a few seconds. Nothing was sent; try again later.';
  return providerError(provider, request, { kind: 'unavailable', message });
}

function providerError(provider: string, { operation, traceId }: UpstreamRequest, facts: Doubt): ProviderError {
  return new ProviderError({ provider, operation, traceId, ...facts });
}

function withoutGaps(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) given[name] = value;
  return given;
}

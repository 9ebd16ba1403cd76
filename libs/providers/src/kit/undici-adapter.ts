import { type AxiosAdapter, AxiosHeaders } from 'axios';
import type { Dispatcher, Pool } from 'undici';

/** Limits of one exchange; times in milliseconds. */
export interface ExchangeLimits {
  /** Between the last byte of the request and the answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of the answer's body. */
  readonly bodyMs: number;
  /** All in all, waiting for a free connection included: a bank that trickles cannot hold us. */
  readonly totalMs: number;
  readonly maxAnswerBytes: number;
}

/**
 * What is known about one request while it runs. `written` turns true right before its first byte goes to an established
 * connection (TCP and TLS done): while it is false, the upstream provably saw nothing of it.
 */
export interface Attempt {
  written: boolean;
}

/** Why an exchange ended without an answer, where we ended it ourselves. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  constructor(readonly code: 'TIMEOUT' | 'TOO_LARGE' | 'ABORTED') {
    super(code);
  }
}

/** An answer as it came. */
export interface Received {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** In place of the answer's own, which are in {@link Received}: axios would copy and normalise them several times. */
const noHeaders = new AxiosHeaders();

/**
 * An axios adapter for one request to this URL over an undici pool. Follows no redirect, repeats nothing, and gives a {@link Received}
 * as its data.
 */
export function undiciAdapter(
  pool: Pool,
  url: URL,
  attempt: Attempt,
  limits: ExchangeLimits,
  signal?: AbortSignal,
): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      let status = 0;
      let headers: Readonly<Record<string, string | string[] | undefined>> = {};
      let controller: Dispatcher.DispatchController | undefined;
      let settled = false;

      const settle = (act: () => void): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        act();
      };
      const stop = (code: ExchangeError['code']): void => {
        const error = new ExchangeError(code);
        settle(() => reject(error));
        controller?.abort(error);
      };
      const cancel = (): void => stop('ABORTED');
      const timer = setTimeout(() => stop('TIMEOUT'), limits.totalMs);
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted) return cancel();

      pool.dispatch(
        {
          path: url.pathname + url.search,
          method: (config.method ?? 'get').toUpperCase(),
          headers: plainHeaders(config.headers),
          body: bodyOf(config.data),
          headersTimeout: limits.headersMs,
          bodyTimeout: limits.bodyMs,
        },
        {
          onRequestStart(started) {
            // Too late (nobody waits any more) or a second time (undici would repeat it): not a byte of it may leave.
            if (settled || attempt.written) return started.abort(new ExchangeError('ABORTED'));
            attempt.written = true;
            controller = started;
          },
          onResponseStart(_, code, received) {
            status = code;
            headers = received;
            if (Number(received['content-length'] ?? 0) > limits.maxAnswerBytes) stop('TOO_LARGE');
          },
          onResponseData(_, chunk) {
            size += chunk.length;
            if (size > limits.maxAnswerBytes) stop('TOO_LARGE');
            else chunks.push(chunk);
          },
          onResponseEnd() {
            const [only] = chunks;
            const body = chunks.length === 1 && only ? only : Buffer.concat(chunks);
            const data: Received = { body, headers: flat(headers) };
            settle(() => resolve({ data, status, statusText: '', headers: noHeaders, config }));
          },
          onResponseError(_, error) {
            settle(() => reject(error));
          },
        },
      );
    });
}

function plainHeaders(headers: AxiosHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers.toJSON())) {
    if (value !== null && value !== undefined) plain[name] = String(value);
  }
  return plain;
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(headers)) {
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function bodyOf(data: unknown): string | Buffer | null {
  return typeof data === 'string' || Buffer.isBuffer(data) ? data : null;
}

import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createUpstreamHttp, decodeJson, type UpstreamAnswer } from '../../kit/http.js';
import { lenient, list, listOrNone, MalformedAnswer, parseJson, type Reader, record, text } from '../../kit/json.js';
import { deriveUuid } from '../../kit/reference.js';
import { type CallContext, ProviderError, type ProviderDeps, type ProviderErrorKind } from '../../port/index.js';
import { providerId } from '../settings.js';
import { bankDefaults, type BankSettings } from './settings.js';
import { createSigner } from './signature.js';

/** One Action: a POST to Tribe, signed with our key, whose answer is 200 with JSON or a refusal. Every one may be repeated. */
export interface ActionsClient {
  /** The longest that `call` takes. */
  readonly callSeconds: number;
  call<T>(operation: string, path: string, body: object, read: Reader<T>, context: CallContext): Promise<T>;
  /**
   * For an Action whose answer is of use only now: where none comes, it is asked for again under the same request id. Tribe then
   * answers as before, or refuses what it has done already; it does nothing twice.
   */
  insist<T>(
    operation: string,
    path: string,
    request: { readonly id: string; readonly body: object },
    read: Reader<T>,
    context: CallContext,
  ): Promise<T>;
  close(): Promise<void>;
}

export function createActionsClient(settings: BankSettings, deps: ProviderDeps): ActionsClient {
  const sign = createSigner(settings.privateKeyPem);
  const base = settings.baseUrl.replace(/\/+$/, '');
  const answerMs = (settings.timeoutSeconds ?? bankDefaults.timeoutSeconds) * 1_000;
  const totalMs = answerMs * 3;
  const http = createUpstreamHttp({
    provider: providerId,
    connectionId: deps.connectionId,
    origins: new Set([new URL(base).origin]),
    addresses: deps.addresses,
    tls: {
      cert: settings.mutualTls?.certificatePem,
      key: settings.mutualTls?.privateKeyPem,
      ca: settings.mutualTls?.caPem,
    },
    limits: { headersMs: answerMs, bodyMs: answerMs, totalMs },
    now: deps.now,
    report: deps.report,
  });
  async function post<T>(request: ActionRequest, read: Reader<T>, { traceId, signal }: CallContext): Promise<T> {
    const { operation, path, body, requestId } = request;
    const answer = await http.send({
      operation,
      traceId,
      method: 'POST',
      url: new URL(`${base}${path}`),
      headers: {
        'content-type': 'application/json',
        'x-api-key': settings.apiKey,
        'x-request-id': requestId,
        'x-signature': sign(body),
      },
      body,
      signal,
    });
    if (answer.status !== 200) throw refusal(answer);
    return decodeJson(providerId, answer, read).value;
  }

  return {
    callSeconds: totalMs / 1_000,

    call: (operation, path, content, read, context) =>
      post({ operation, path, body: bytesOf(content), requestId: randomUUID() }, read, context),

    async insist(operation, path, { id, body: content }, read, context) {
      const body = bytesOf(content);
      // Other bytes are another request: the customer may have chosen otherwise meanwhile.
      const request = `${id} ${createHash('sha256').update(body).digest('hex')}`;
      const requestId = deriveUuid(deps.connectionId, request, operation);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await post({ operation, path, body, requestId }, read, context);
        } catch (error) {
          const lost = error instanceof ProviderError && ['unavailable', 'malformed'].includes(error.kind);
          if (!lost || attempt === mostAttempts) throw error;
          // The pauses between the attempts are 1, 2, ... times as long.
          await setTimeout(pauseMs * attempt, undefined, { signal: context.signal });
        }
      }
    },

    close: () => http.close(),
  };
}

interface ActionRequest {
  readonly operation: string;
  readonly path: string;
  readonly body: Buffer;
  readonly requestId: string;
}

/** A customer waits meanwhile. */
const mostAttempts = 3;
const pauseMs = 200;

const bytesOf = (content: object): Buffer => Buffer.from(JSON.stringify(content));

/** The error body of an Action. What is wrong stands in the additional errors. */
const errorBody = record({
  code: lenient(text),
  additionalErrors: lenient(listOrNone(record({ code: lenient(text), details: lenient(text) }))),
});

const kinds: Readonly<Record<number, ProviderErrorKind>> = {
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'not-found',
  429: 'rate-limited',
};

const sentences: Partial<Record<ProviderErrorKind, string>> = {
  unauthorised: 'Tribe does not accept our identification: check API key and keys in the settings of the connection.',
  'not-found': 'Tribe does not know what the Action names.',
  'rate-limited': 'Tribe takes no more Actions now.',
};

function refusal(answer: UpstreamAnswer): ProviderError {
  const { status: httpStatus, request } = answer;
  const kind = kinds[httpStatus] ?? (httpStatus < 300 ? 'malformed' : 'rejected');
  const codes = codesOf(answer.body);
  return new ProviderError({
    kind,
    provider: providerId,
    operation: request.operation,
    traceId: request.traceId,
    message: sentences[kind] ?? `Tribe refused the Action${codes.length > 0 ? `: ${codes.join(', ')}` : ''}.`,
    upstream: { httpStatus, code: codes.at(-1) },
  });
}

/** The code, then the additional ones. */
function codesOf(body: Buffer): readonly string[] {
  try {
    const { code, additionalErrors = [] } = errorBody(parseJson(body), '');
    return [code, ...additionalErrors.map((one) => one.code)].filter((one) => one !== undefined);
  } catch (error) {
    if (error instanceof MalformedAnswer) return [];
    throw error;
  }
}

/** The answer to an Action that only says that it was done. */
export const done: Reader<void> = (value, path) => {
  const { status } = record({ status: text })(value, path);
  if (status !== 'success') throw new MalformedAnswer('status', '"success"');
};

export const described = record({
  tppName: lenient(text),
  tppRegistrationNumber: lenient(text),
  scopes: list(text),
  cancelUrl: text,
});

export const issued = record({ callbackUrl: text, accessToken: text, validUntil: text });

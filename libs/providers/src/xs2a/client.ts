import { randomUUID } from 'node:crypto';
import type { ScaApproach } from '@tributary/domain';
import { decodeJson, type UpstreamAnswer, type UpstreamHttp } from '../kit/http.js';
import type { Reader } from '../kit/json.js';
import { type CallContext, type Psu, ProviderError, type ProviderDeps, type TokenStore } from '../port/index.js';
import { endedToken, refusal, type Service } from './errors.js';
import { approachOf, psuIdentity, psuRequest, unsendableHeader } from './headers.js';
import { type Links, readLinks } from './links.js';
import { renamedMembers } from './profile.js';
import type { TokenKeeper } from './sca/oauth.js';
import { providerId, type Xs2aSettings } from './settings.js';
import { createRequestSigner } from './signing/request-signer.js';
import type { WireLinks } from './wire.js';

/** For whom a call is made, and with which rights. */
export interface Caller {
  /** null: the call is about no PSU that we know. */
  readonly psu: Psu | null;
  /** null: no access token, whatever the subject has. */
  readonly tokens: TokenStore | null;
  readonly consentReference?: string | null | undefined;
}

export interface CallSpec {
  readonly operation: string;
  readonly service: Service;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** In place of a body in JSON: bytes of another media type. */
  readonly content?: Content | undefined;
  /** UUID; a random one when absent. */
  readonly requestId?: string;
  readonly movesMoney?: boolean;
}

/** A body as it goes over the wire. */
export interface Content {
  readonly type: string;
  readonly bytes: string;
}

/** A decoded answer and what came around it. */
export interface Answered<T> {
  readonly value: T;
  readonly httpStatus: number;
  /** The parsed body as it was. */
  readonly tree: unknown;
  /** The same with its members as the framework names them. */
  readonly members: unknown;
  /** Links are resolved against it. */
  readonly url: URL;
  readonly links: Links;
  /** As the answer's header says; undefined where it does not. */
  readonly approach: ScaApproach | undefined;
}

type Decoded = { readonly _links?: WireLinks } | undefined;

/** The one way of all calls to the bank's interface: headers, token, errors, links. */
export interface Xs2aClient {
  /** Calls and decodes; throws a ProviderError for everything but a readable 2xx. */
  call<T extends Decoded>(spec: CallSpec, caller: Caller, context: CallContext, read: Reader<T>): Promise<Answered<T>>;
  /** Calls without decoding, for answers that may be XML or text; throws a ProviderError for everything but a 2xx. */
  receive(spec: CallSpec, caller: Caller, context: CallContext): Promise<UpstreamAnswer>;
  /** Decodes an answer in JSON and resolves its links. */
  decode<T extends Decoded>(answer: UpstreamAnswer, read: Reader<T>): Answered<T>;
  /** URL of a resource of the framework below the configured base. */
  url(...segments: readonly string[]): URL;
}

export function createClient(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  http: UpstreamHttp,
  keeper: TokenKeeper,
): Xs2aClient {
  const base = settings.baseUrl.replace(/\/+$/, '');
  const { answerMembers, requestMembers } = settings.profile ?? {};
  const sign = createRequestSigner(settings, deps.now);

  const contentOf = ({ body, content }: CallSpec): Content | undefined => {
    if (content !== undefined || body === undefined) return content;
    return { type: 'application/json', bytes: JSON.stringify(renamedMembers(body, requestMembers)) };
  };

  async function attempt(
    spec: CallSpec,
    caller: Caller,
    context: CallContext,
    token?: string,
  ): Promise<UpstreamAnswer> {
    const { operation, method, url, movesMoney } = spec;
    const content = contentOf(spec);
    const headers = {
      accept: 'application/json',
      'content-type': content?.type,
      'X-Request-ID': spec.requestId ?? randomUUID(),
      'Consent-ID': caller.consentReference ?? undefined,
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      ...(method === 'POST' || method === 'PUT' ? psuIdentity(settings, caller.psu) : {}),
      ...(spec.service === 'funds' ? {} : psuRequest(context)),
      ...settings.apiHeaders,
      ...spec.headers,
    };
    const unsendable = unsendableHeader(headers);
    if (unsendable !== undefined) {
      const message = `The header ${unsendable} has characters that HTTP cannot carry; nothing was sent.`;
      const { traceId } = context;
      throw new ProviderError({ kind: 'rejected', provider: providerId, operation, traceId, message });
    }
    const { traceId, signal } = context;
    const request = { operation, traceId, method, url, headers, body: content?.bytes };
    return http.send({ ...request, headers: { ...headers, ...(sign && (await sign(request))) }, movesMoney, signal });
  }

  async function send(spec: CallSpec, caller: Caller, context: CallContext): Promise<UpstreamAnswer> {
    const { tokens: store } = caller;
    const tokens = store && (await keeper.current(store, context));
    const answer = await attempt(spec, caller, context, tokens?.accessToken);
    // An access token that ended before its time. A money call is never sent a second time, not even after a refusal.
    const renewable = store !== null && tokens?.refreshToken !== undefined && spec.movesMoney !== true;
    if (!renewable || !endedToken(answer)) return answer;
    const renewed = await keeper.renew(store, tokens, context);
    return attempt(spec, caller, context, renewed.accessToken);
  }

  const warn = (operation: string, message: string): void => deps.warn({ operation, message });

  async function receive(spec: CallSpec, caller: Caller, context: CallContext): Promise<UpstreamAnswer> {
    const answer = await send(spec, caller, context);
    if (answer.status < 400) return answer;
    const { error, unknownCode } = refusal(providerId, answer, spec.service, deps.now());
    if (unknownCode !== null) warn(spec.operation, `unknown message code ${unknownCode} with HTTP ${answer.status}`);
    throw error;
  }

  function decode<T extends Decoded>(answer: UpstreamAnswer, read: Reader<T>): Answered<T> {
    const { operation, url } = answer.request;
    const decoded = decodeJson(providerId, answer, (json, path) => {
      const members = renamedMembers(json, answerMembers);
      return { members, value: read(members, path) };
    });
    const { tree } = decoded;
    const { value, members } = decoded.value;
    const { _links: wireLinks } = value ?? {};
    const { links, refused } = readLinks(wireLinks, url, settings);
    if (refused.length > 0)
      warn(operation, `links to foreign hosts or of a wrong kind left out: ${refused.join(', ')}`);
    const approach = approachOf(answer.headers);
    if (approach === null) warn(operation, 'unknown word in the header ASPSP-SCA-Approach');
    return { value, httpStatus: answer.status, tree, members, url, links, approach: approach ?? undefined };
  }

  return {
    receive,
    decode,
    call: async (spec, caller, context, read) => decode(await receive(spec, caller, context), read),
    url: (...segments) => new URL(`${base}/${segments.map(encodeURIComponent).join('/')}`),
  };
}

import { malformed, type UpstreamAnswer, type UpstreamHttp } from '../kit/http.js';
import { MalformedAnswer } from '../kit/json.js';
import { attended, type CallContext, ProviderError, type ProviderDeps, type UnattendedReads } from '../port/index.js';
import { assumptionsOf, providerId, type TellConnectSettings } from './settings.js';
import { createSigner, signatureHeader } from './signature.js';

/** A call as one attempt of it goes out. */
export interface Attempt {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Below the base URL, with a leading slash, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON, and signed as the same text. */
  readonly json?: object | undefined;
  /** Sent as a form, signed as JSON. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Basic with our own credentials, or the bearer of a PSU's grant. */
  readonly bearer: string | null;
  /** Whether the PSU's address goes with it, where there is one. */
  readonly showsPsu?: boolean | undefined;
  /** What the bank counts by while the PSU is away; absent: it counts not. */
  readonly counted?: { readonly reads: UnattendedReads; readonly endpoint: string } | undefined;
  readonly movesMoney?: boolean | undefined;
}

/** Sends one signed attempt. */
export type Transport = (attempt: Attempt, context: CallContext) => Promise<UpstreamAnswer>;

/** Headers, signature and our own count of unattended calls; whoever tries again signs and counts again. */
export function createTransport(settings: TellConnectSettings, deps: ProviderDeps, http: UpstreamHttp): Transport {
  const { unattendedCallsPerDay, answerSignatures } = assumptionsOf(settings);
  const base = settings.baseUrl.replace(/\/+$/, '');
  const signer = createSigner(settings, deps.now);
  // RFC 7617 section 2; the page prints a colon too many.
  const basic = `Basic ${Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64')}`;

  async function count({ operation, counted }: Attempt, context: CallContext): Promise<void> {
    if (counted === undefined || attended(context)) return;
    const retryAfter = await counted.reads.take(counted.endpoint, unattendedCallsPerDay);
    if (retryAfter === null) return;
    const message = 'Calls of this kind without the PSU are used up for today, by our own count; nothing was sent.';
    const { traceId } = context;
    throw new ProviderError({ kind: 'rate-limited', provider: providerId, operation, traceId, message, retryAfter });
  }

  function believe(answer: UpstreamAnswer): void {
    if (answerSignatures === 'ignored') return;
    const token = answer.headers[signatureHeader];
    if (token === undefined && answerSignatures === 'whereSigned') return;
    const call = { url: answer.request.url, payload: answer.body.length === 0 ? undefined : answer.body.toString() };
    const fault = token === undefined ? 'form' : signer.verify(token, call);
    if (fault !== null) throw malformed(providerId, answer, new MalformedAnswer(signatureHeader, `good (${fault})`));
  }

  return async (attempt, context) => {
    const { operation, method, json, form, bearer, movesMoney } = attempt;
    await count(attempt, context);
    const url = new URL(`${base}${attempt.path}`);
    url.search = new URLSearchParams(attempt.query).toString();
    const payload = form ?? json;
    // One text is signed and sent: a second serialisation could differ.
    const text = payload === undefined ? undefined : JSON.stringify(payload);
    const { traceId, signal, psu } = context;
    const answer = await http.send({
      operation,
      traceId,
      method,
      url,
      headers: {
        accept: 'application/json',
        authorization: bearer === null ? basic : `Bearer ${bearer}`,
        'content-type': form ? 'application/x-www-form-urlencoded' : json && 'application/json',
        'x-user-ip': attempt.showsPsu === true ? psu.ipAddress : undefined,
        [signatureHeader]: signer.sign({ url, payload: text }),
      },
      body: form ? new URLSearchParams(form).toString() : text,
      movesMoney,
      signal,
    });
    believe(answer);
    return answer;
  };
}

import type { UpstreamAnswer } from '../kit/http.js';
import { lenient, MalformedAnswer, parseJson, record, text } from '../kit/json.js';
import { retryAfter } from '../kit/retry-after.js';
import { ProviderError, type ProviderErrorFacts, type ProviderErrorKind } from '../port/index.js';
import { assumptionsOf, providerId, type TellConnectSettings } from './settings.js';

/** Decides where there is no code, or one that nobody knows. */
const kindsByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'not-found',
  405: 'unsupported',
  409: 'rejected',
  415: 'unsupported',
  429: 'rate-limited',
};

/** What words of theirs mean. */
export type ErrorWords = Readonly<Record<string, ProviderErrorKind>>;

/** Codes of tell.money's own interfaces; for TPPs none are documented. */
const kindsByCode: ErrorWords = {
  invalid_request: 'rejected',
  invalid_grant: 'consent-invalid',
  invalid_client: 'unauthorised',
  invalid_signature: 'unauthorised',
  invalid_token: 'consent-invalid',
  insufficient_scope: 'rejected',
  app_not_live: 'unauthorised',
  not_found: 'not-found',
  duplicate_uuid: 'rejected',
  payment_already_submitted: 'outcome-unknown',
  rate_limited: 'rate-limited',
  consent_expired: 'consent-invalid',
  consent_inactive: 'consent-invalid',
  consent_not_found: 'consent-invalid',
  invalid_consent: 'consent-invalid',
  consent_already_authorised: 'rejected',
  multiple_accounts_not_permitted: 'rejected',
};

/** With what the connection says about this bank's words. */
export function errorWords(settings: TellConnectSettings): ErrorWords {
  return { ...kindsByCode, ...assumptionsOf(settings).errorCodes };
}

/** What each kind tells an app's developer. */
const sentences: Readonly<Record<ProviderErrorKind, string>> = {
  unavailable: 'The institution cannot answer now; try again later.',
  'rate-limited': 'The institution allows no more calls without the PSU today; come back at the time given.',
  'outcome-unknown': 'It is not known whether the institution took the instruction; do not send it again.',
  rejected: 'The institution refused the request.',
  'psu-credentials': 'The institution did not accept what the PSU entered; the PSU can try again.',
  'consent-invalid': 'The consent cannot be used any more; the PSU has to give a new one.',
  unauthorised: 'tell.connect does not accept our own identification; check client, application and certificate.',
  'not-found': 'The institution does not know the reference.',
  unsupported: 'The institution does not offer this.',
  malformed: "The institution's answer does not decode.",
};

/** Statuses that say by themselves that the request was not carried out. */
const refusesByItself: ReadonlySet<number> = new Set([401, 429]);

/** How a refused call stands to the PSU's grant that it was made with. */
export type GrantVerdict = 'token' | 'consent' | null;

/**
 * Whether a refusal of a call with a bearer speaks about the grant: the access token only, which may be renewed, or the consent.
 * Nobody tells a TPP of a revocation, so a 401 or 403 that names no other reason counts as one.
 * @param scopeHeld whether the grant is known to cover the call
 */
export function grantVerdict({ status, body }: UpstreamAnswer, words: ErrorWords, scopeHeld: boolean): GrantVerdict {
  const code = codeOf(body);
  const kind = meaningOf(code, words);
  if (code === 'invalid_token') return 'token';
  // What was granted and is refused now was taken back.
  if (code === 'insufficient_scope' && scopeHeld) return 'consent';
  if (kind === 'consent-invalid') return 'consent';
  if (kind !== undefined) return null;
  if (status === 401) return 'token';
  return status === 403 ? 'consent' : null;
}

/** The error for an answer with a 4xx status. */
export function refusal(
  answer: UpstreamAnswer,
  now: Date,
  words: ErrorWords,
  more: Partial<ProviderErrorFacts> = {},
): { readonly error: ProviderError; readonly unknownCode: string | null } {
  const { request, status: httpStatus } = answer;
  const code = codeOf(answer.body);
  const known = meaningOf(code, words);
  const judged = httpStatus === 429 ? 'rate-limited' : (known ?? kindsByStatus[httpStatus] ?? 'rejected');
  // A money call is only refused by an answer that says so in words: a page can come from anything in between.
  const undecided = request.movesMoney === true && code === undefined && !refusesByItself.has(httpStatus);
  const kind = undecided ? 'outcome-unknown' : (more.kind ?? judged);
  const error = new ProviderError({
    provider: providerId,
    operation: request.operation,
    traceId: request.traceId,
    message: `${sentences[kind]} It said: HTTP ${httpStatus}${spoken(code)}.`,
    upstream: { httpStatus, code },
    retryAfter: kind === 'rate-limited' ? retryAfter(answer.headers['retry-after'], now) : undefined,
    ...more,
    kind,
  });
  return { error, unknownCode: known === undefined && code !== undefined ? code : null };
}

/** undefined for a word that nobody knows. */
export function meaningOf(code: string | undefined, words: ErrorWords): ProviderErrorKind | undefined {
  return code !== undefined && Object.hasOwn(words, code) ? words[code] : undefined;
}

const spoken = (code: string | undefined): string => (code !== undefined && /^\w{1,100}$/.test(code) ? ` ${code}` : '');

const wordMembers = record({ code: lenient(text), error: lenient(text), error_description: lenient(text) });

/** Their word for what is wrong, in any of the places and spellings that are known; undefined for a page or nothing. */
export function codeOf(body: Buffer): string | undefined {
  try {
    const tree = parseJson(body);
    const plain = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? Object.entries(tree) : [];
    const { code, error, error_description } = wordMembers(
      Object.fromEntries(plain.map(([name, value]) => [name.toLowerCase(), value])),
      '',
    );
    return (code ?? error ?? error_description)?.slice(0, 100);
  } catch (error) {
    if (error instanceof MalformedAnswer) return undefined;
    throw error;
  }
}

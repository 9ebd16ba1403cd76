import type { UpstreamAnswer } from '../kit/http.js';
import { lenient, listOrNone, MalformedAnswer, parseJson, type Read, record, text } from '../kit/json.js';
import { retryAfter } from '../kit/retry-after.js';
import { ProviderError, type ProviderErrorFacts, type ProviderErrorKind } from '../port/index.js';
import { inOneSpelling } from './spelling.js';
import { providerId } from './settings.js';

/** Decides where there is no code, or one that nobody knows. */
const kindsByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'not-found',
  405: 'unsupported',
  406: 'unsupported',
  415: 'unsupported',
  429: 'rate-limited',
};

/**
 * Codes of the TPP API v2 and of the BANK API v2, whose list says that it is shared, with those of the Berlin Group for
 * signatures and tokens. 401 alone means five unlike things.
 */
export const kindsByCode: Readonly<Record<string, ProviderErrorKind>> = {
  FORMAT_ERROR: 'rejected',
  PARAMETER_NOT_CONSISTENT: 'rejected',
  HEADERS_ERROR: 'rejected',
  PAYMENT_SCHEME_INVALID: 'rejected',
  PAYMENT_FAILED: 'rejected',
  WRONG_CREDENTIALS: 'unauthorised',
  AUTHENTICATION_REQUIRED: 'unauthorised',
  SSL_CREDENTIALS_NOT_FOUND: 'unauthorised',
  REQUEST_ID_NOT_UUID: 'unauthorised',
  SIGNATURE_MISSING: 'unauthorised',
  SIGNATURE_INVALID: 'unauthorised',
  CERTIFICATE_MISSING: 'unauthorised',
  CERTIFICATE_INVALID: 'unauthorised',
  CERTIFICATE_EXPIRED: 'unauthorised',
  CERTIFICATE_BLOCKED: 'unauthorised',
  SERVICE_BLOCKED: 'unauthorised',
  ROLE_INVALID: 'unauthorised',
  TOKEN_INVALID: 'consent-invalid',
  TOKEN_EXPIRED: 'consent-invalid',
  TOKEN_UNKNOWN: 'consent-invalid',
  RESOURCE_UNKNOWN: 'not-found',
  RESOURCE_NOT_FOUND: 'not-found',
  API_ACTION_DOES_NOT_EXIST: 'unsupported',
  SERVICE_INVALID: 'unsupported',
  REQUESTED_FORMATS_INVALID: 'unsupported',
  REQUEST_FORMAT_INVALID: 'unsupported',
  ACCESS_EXCEEDED: 'rate-limited',
  ASPSP_UNKNOWN_ERROR: 'unavailable',
  INTERNAL_SERVER_ERROR: 'unavailable',
  INTERNAL_ERROR: 'unavailable',
};

/** What each kind tells an app's developer. */
const sentences: Readonly<Record<ProviderErrorKind, string>> = {
  unavailable: 'The institution cannot answer now; try again later.',
  'rate-limited': 'The institution allows no more calls today; come back at the time given.',
  'outcome-unknown': 'It is not known whether the institution took the instruction; do not send it again.',
  rejected: 'The institution refused the request.',
  'psu-credentials': 'The institution did not accept what the PSU entered; the PSU can try again.',
  'consent-invalid': 'The consent cannot be used any more; the PSU has to give a new one.',
  unauthorised: 'Tribe does not accept our own identification; check client id, seal and connection settings.',
  'not-found': 'The institution does not know the reference.',
  unsupported: 'The institution does not offer this.',
  malformed: "The institution's answer does not decode.",
};

/** Statuses that say by themselves that the request was not carried out (RFC 9110 section 15.5.2, RFC 6585 section 4). */
const refusesByItself: ReadonlySet<number> = new Set([401, 429]);

/** The error for an answer with a 4xx status. */
export function refusal(
  answer: UpstreamAnswer,
  now: Date,
): { readonly error: ProviderError; readonly unknownCode: string | null } {
  const { request, status: httpStatus } = answer;
  const { code } = wordsOf(answer.body);
  const known = code !== undefined && Object.hasOwn(kindsByCode, code) ? kindsByCode[code] : undefined;
  const judged = httpStatus === 429 ? 'rate-limited' : (known ?? kindsByStatus[httpStatus] ?? 'rejected');
  // A money call is only refused by an answer that says so in words that we can read: a page or an empty answer can come
  // from anything in between.
  const undecided =
    request.movesMoney === true &&
    (judged === 'unavailable' || (code === undefined && !refusesByItself.has(httpStatus)));
  const kind = undecided ? 'outcome-unknown' : judged;
  const { operation, traceId } = request;
  const error = new ProviderError({
    kind,
    provider: providerId,
    operation,
    traceId,
    message: `${sentences[kind]} It said: HTTP ${httpStatus}${spoken(code)}.`,
    upstream: { httpStatus, code },
    retryAfter:
      kind === 'rate-limited'
        ? retryAfter(answer.headers['x-rate-limit-reset'] ?? answer.headers['retry-after'], now)
        : undefined,
  });
  return { error, unknownCode: known === undefined && code !== undefined ? code : null };
}

/**
 * What a 5xx adds in words. Whatever went wrong between Tribe and the bank comes as 502 ASPSP_UNKNOWN_ERROR with ASPSP_ERROR_DESC,
 * also a bank that took the payment and then failed to say so. For a new payment it is a refusal only where it names one of the
 * bank's codes that refuses (BANK API v2, list of error codes), or where the connection promises that it always is.
 */
export function faultWords(
  answer: UpstreamAnswer,
  aspspErrorIsRefusal: boolean,
): Partial<Pick<ProviderErrorFacts, 'kind' | 'message' | 'upstream'>> {
  const { code, additional } = wordsOf(answer.body);
  const { status: httpStatus, request } = answer;
  const upstream = { httpStatus, code };
  const fromBank = additional.filter((error) => error.code === 'ASPSP_ERROR_DESC');
  const said = httpStatus === 502 && code === 'ASPSP_UNKNOWN_ERROR' && fromBank.length > 0;
  if (request.movesMoney !== true || !said || !(aspspErrorIsRefusal || fromBank.some(refuses))) return { upstream };
  return { kind: 'rejected', message: `The bank refused the payment. Tribe said: HTTP 502${spoken(code)}.`, upstream };
}

/** Whether the bank's words are a code that says that it did nothing. */
function refuses({ title, details }: Additional): boolean {
  return [title, details].some((word) => {
    const kind = word !== undefined && Object.hasOwn(kindsByCode, word) ? kindsByCode[word] : undefined;
    return kind !== undefined && kind !== 'unavailable';
  });
}

/** Whether a call was refused because its access token is no longer good. */
export function endedToken({ status, body }: UpstreamAnswer): boolean {
  return status === 401 && /^TOKEN_(EXPIRED|INVALID|UNKNOWN)$/.test(wordsOf(body).code ?? '');
}

const spoken = (code: string | undefined): string => (code !== undefined && /^\w{1,100}$/.test(code) ? ` ${code}` : '');

const additionalError = record({ code: text, title: lenient(text), details: lenient(text) });
const errorBody = record({ code: lenient(text), additionalErrors: lenient(listOrNone(additionalError)) });

type Additional = Read<typeof additionalError>;

/** Codes of an error; a body that is no JSON has none, and the HTTP status speaks alone. */
function wordsOf(body: Buffer): { readonly code: string | undefined; readonly additional: readonly Additional[] } {
  try {
    const { code, additionalErrors } = errorBody(inOneSpelling(parseJson(body)), '');
    return { code: code?.slice(0, 100), additional: additionalErrors ?? [] };
  } catch (error) {
    if (error instanceof MalformedAnswer) return { code: undefined, additional: [] };
    throw error;
  }
}

import { ProviderError, type ProviderErrorFacts, type ProviderErrorKind } from '../port/index.js';
import type { UpstreamAnswer } from '../kit/http.js';
import { MalformedAnswer, parseJson } from '../kit/json.js';
import { retryAfter } from '../kit/retry-after.js';
import { errorBody, type WireTppMessage } from './wire.js';

/** What a call is about: some codes mean another thing for accounts than for payments. */
export type Service = 'ais' | 'pis' | 'funds';

/** Statuses whose meaning no code changes; others come from the code first. */
const kindsByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'not-found',
  405: 'unsupported',
  406: 'unsupported',
  409: 'rejected',
  410: 'not-found',
  413: 'rejected',
  415: 'unsupported',
  422: 'rejected',
  429: 'rate-limited',
};

type Meaning = ProviderErrorKind | Partial<Record<Service | number, ProviderErrorKind>>;

/**
 * Message codes of the framework (Implementation Guidelines 1.3, section 14.11) and those seen besides. Where a code means several
 * things, by HTTP status or by service; what is not listed there falls back to the status.
 */
export const kindsByCode: Readonly<Record<string, Meaning>> = {
  CERTIFICATE_INVALID: 'unauthorised',
  CERTIFICATE_EXPIRED: 'unauthorised',
  CERTIFICATE_BLOCKED: 'unauthorised',
  CERTIFICATE_REVOKE: 'unauthorised',
  CERTIFICATE_REVOKED: 'unauthorised',
  CERTIFICATE_MISSING: 'unauthorised',
  SIGNATURE_INVALID: 'unauthorised',
  SIGNATURE_MISSING: 'unauthorised',
  ROLE_INVALID: 'unauthorised',
  REQUIRED_KID_MISSING: 'unauthorised',
  KID_MISSING: 'unauthorised',
  UNAUTHORIZED: 'unauthorised',
  FORBIDDEN: 'unauthorised',
  CORPORATE_ID_INVALID: 'rejected',
  PSU_CREDENTIALS_INVALID: 'psu-credentials',
  CONSENT_INVALID: 'consent-invalid',
  CONSENT_EXPIRED: 'consent-invalid',
  CONSENT_UNKNOWN: 'consent-invalid',
  NO_PIIS_ACTIVATION: 'consent-invalid',
  TOKEN_UNKNOWN: 'consent-invalid',
  TOKEN_INVALID: 'consent-invalid',
  TOKEN_EXPIRED: 'consent-invalid',
  RESOURCE_UNKNOWN: 'not-found',
  RESOURCE_EXPIRED: { ais: 'consent-invalid', pis: 'rejected', funds: 'consent-invalid' },
  RESOURCE_BLOCKED: 'rejected',
  SERVICE_BLOCKED: 'rejected',
  SERVICE_INVALID: { 400: 'rejected', 405: 'unsupported', 406: 'unsupported' },
  PARAMETER_NOT_SUPPORTED: 'unsupported',
  SESSIONS_NOT_SUPPORTED: 'unsupported',
  REQUESTED_FORMATS_INVALID: 'unsupported',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported',
  PRODUCT_INVALID: 'unsupported',
  PRODUCT_UNKNOWN: 'unsupported',
  FORMAT_ERROR: 'rejected',
  PARAMETER_NOT_CONSISTENT: 'rejected',
  TIMESTAMP_INVALID: 'rejected',
  PERIOD_INVALID: 'rejected',
  SCA_METHOD_UNKNOWN: 'rejected',
  SCA_INVALID: 'rejected',
  STATUS_INVALID: 'rejected',
  CARD_INVALID: 'rejected',
  PAYMENT_FAILED: 'rejected',
  EXECUTION_DATE_INVALID: 'rejected',
  CANCELLATION_INVALID: 'rejected',
  REFERENCE_MIX_INVALID: 'rejected',
  REFERENCE_STATUS_INVALID: 'rejected',
  FUNDS_NOT_AVAILABLE: 'rejected',
  ACCESS_EXCEEDED: 'rate-limited',
  INTERNAL_SERVER_ERROR: 'unavailable',
  SERVICE_UNAVAILABLE: 'unavailable',
};

const consentStates: Readonly<Record<string, ProviderErrorFacts['consentState']>> = {
  CONSENT_EXPIRED: 'expired',
};

/** A bank that does not know an account information consent any more will never serve it again. */
const consentStateOf = (code: string, service: Service): ProviderErrorFacts['consentState'] =>
  code === 'CONSENT_UNKNOWN' && service === 'ais' ? 'revoked' : consentStates[code];

/** What each kind tells an app's developer. */
const sentences: Readonly<Record<ProviderErrorKind, string>> = {
  unavailable: 'The institution cannot answer now; try again later.',
  'rate-limited': 'The institution allows no more calls now; come back at the time given.',
  'outcome-unknown': 'It is not known whether the institution took the instruction; do not send it again.',
  rejected: 'The institution refused the request.',
  'psu-credentials': 'The institution did not accept what the PSU entered; the PSU can try again.',
  'consent-invalid': 'The consent cannot be used any more, or not for this; the PSU has to give a new one.',
  unauthorised:
    'The institution does not accept our own identification; check certificate, client and connection settings.',
  'not-found': 'The institution does not know the reference.',
  unsupported: 'The institution does not offer this.',
  malformed: "The institution's answer does not decode.",
};

/** The kind of a refusal: its HTTP status and its code together. null for a code that nobody knows (the status decides then). */
export function kindOf(
  httpStatus: number,
  code: string | undefined,
  service: Service,
): { readonly kind: ProviderErrorKind; readonly known: boolean } {
  const fallback = kindsByStatus[httpStatus] ?? 'rejected';
  if (httpStatus === 429 || code === undefined) return { kind: fallback, known: true };
  const meaning = Object.hasOwn(kindsByCode, code) ? kindsByCode[code] : undefined;
  if (meaning === undefined) return { kind: fallback, known: false };
  if (typeof meaning === 'string') return { kind: meaning, known: true };
  return { kind: meaning[httpStatus] ?? meaning[service] ?? fallback, known: true };
}

/** Statuses that say by themselves that the request was not carried out (RFC 9110 section 15.5.2, RFC 6585 section 4). */
const refusesByItself: ReadonlySet<number> = new Set([401, 429]);

/** The error for an answer with a 4xx status. */
export function refusal(
  provider: string,
  answer: UpstreamAnswer,
  service: Service,
  now: Date,
): { readonly error: ProviderError; readonly unknownCode: string | null } {
  const { request, status: httpStatus } = answer;
  const code = errorCode(answer.body)?.slice(0, 100);
  const judged = kindOf(httpStatus, code, service);
  // A money call is only refused by an answer that says so in words that we can read: a page or an empty answer can come
  // from anything in between, a conflict can be the order's own first copy, and a fault of the bank decides nothing.
  const undecided =
    request.movesMoney === true &&
    (httpStatus === 409 || judged.kind === 'unavailable' || (code === undefined && !refusesByItself.has(httpStatus)));
  const kind = undecided ? 'outcome-unknown' : judged.kind;
  const said = code !== undefined && /^\w{1,100}$/.test(code) ? ` ${code}` : '';
  const error = new ProviderError({
    kind,
    provider,
    operation: request.operation,
    traceId: request.traceId,
    message: `${sentences[kind]} It said: HTTP ${httpStatus}${said}.`,
    upstream: { httpStatus, code },
    retryAfter: kind === 'rate-limited' ? retryAfter(answer.headers['retry-after'], now) : undefined,
    consentState: code === undefined ? undefined : consentStateOf(code, service),
  });
  return { error, unknownCode: judged.known || code === undefined ? null : code };
}

/** Whether a call was refused because its access token is no longer good. */
export function endedToken({ status, body }: UpstreamAnswer): boolean {
  return status === 401 && /^TOKEN_(EXPIRED|INVALID|UNKNOWN)$/.test(errorCode(body) ?? '');
}

/** The first ERROR of several messages; a body that is no JSON has none, and the HTTP status speaks alone. */
function errorCode(body: Buffer): string | undefined {
  try {
    const { tppMessages, code, additionalErrors } = errorBody(parseJson(body), '');
    return firstError(tppMessages) ?? code ?? firstError(additionalErrors);
  } catch (error) {
    if (error instanceof MalformedAnswer) return undefined;
    throw error;
  }
}

function firstError(messages: readonly WireTppMessage[] = []): string | undefined {
  const leading = messages.find(({ category }) => category === undefined || category.toUpperCase() === 'ERROR');
  return (leading ?? messages[0])?.code;
}

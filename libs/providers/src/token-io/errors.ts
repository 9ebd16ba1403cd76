import type { UpstreamAnswer } from '../kit/http.js';
import {
  anything,
  lenient,
  list,
  MalformedAnswer,
  parseJson,
  type Read,
  record,
  text,
  textOrNumber,
} from '../kit/json.js';
import { retryAfter } from '../kit/retry-after.js';
import { ProviderError, type ProviderErrorKind } from '../port/index.js';
import { providerId } from './settings.js';

/** What a call is about: a refusal of access means another thing for a consent than for a payment. */
export type Service = 'ais' | 'pis' | 'admin';

type Meaning = ProviderErrorKind | { readonly ais: ProviderErrorKind; readonly else: ProviderErrorKind };

/** Codes of the error schemas (FieldError, TokenBankError, PermissionDeniedError, ...); others fall back to the HTTP status. */
export const kindsByCode: Readonly<Record<string, Meaning>> = {
  'Field.NotUnique': 'rejected',
  'Field.Expected': 'rejected',
  'Field.InvalidFormat': 'rejected',
  'Field.Invalid': 'rejected',
  PanDetected: 'rejected',
  'Bank.RegistrationNotFound': 'unauthorised',
  'Bank.FeatureNotSupported': 'unsupported',
  'FieldBank.FeatureNotSupported': 'unsupported',
  PermissionDenied: { ais: 'consent-invalid', else: 'unauthorised' },
  NOT_FOUND: 'not-found',
  'Resource.NotFound': 'not-found',
  RESOURCE_EXHAUSTED: 'rate-limited',
  InternalServerError: 'unavailable',
  UNIMPLEMENTED: 'unsupported',
  UNAVAILABLE: 'unavailable',
  DEADLINE_EXCEEDED: 'unavailable',
};

const kindsByStatus: Readonly<Record<number, Meaning>> = {
  400: 'rejected',
  401: 'unauthorised',
  403: { ais: 'consent-invalid', else: 'unauthorised' },
  404: 'not-found',
  405: 'unsupported',
  409: 'rejected',
  415: 'unsupported',
  422: 'rejected',
  429: 'rate-limited',
  501: 'unsupported',
};

/** What each kind tells an app's developer. */
const sentences: Readonly<Record<ProviderErrorKind, string>> = {
  unavailable: 'Token.io, or the bank behind it, cannot answer now; try again later.',
  'rate-limited': 'Token.io, or the bank behind it, allows no more calls now; come back at the time given.',
  'outcome-unknown': 'It is not known whether Token.io took the instruction; do not send it again.',
  rejected: 'Token.io refused the request.',
  'psu-credentials': 'The bank did not accept what the PSU entered; the PSU can try again.',
  'consent-invalid': 'The consent cannot be used any more, or not for this; the PSU has to give a new one.',
  unauthorised:
    'Token.io does not accept our own identification, or does not permit this to our member; check key, member and permissions.',
  'not-found': 'Token.io does not know the reference.',
  unsupported: 'The bank does not offer this.',
  malformed: "Token.io's answer does not decode.",
};

/** An error's words, in whichever of the documented forms it came. */
export interface WireError {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly paths: readonly string[];
  readonly traceId: string | undefined;
}

const body = record({
  errorCode: lenient(text),
  code: lenient(textOrNumber),
  message: lenient(text),
  paths: lenient(list(text)),
  tokenTraceId: lenient(text),
  token_trace_id: lenient(text),
});
const envelope = record({ error: anything });

/** Reads `{ error: {...} }`, a bare FieldError, the gateway's older form, or plain text (then there is no code). */
export function readError(answer: Pick<UpstreamAnswer, 'body' | 'headers'>): WireError {
  const traced = answer.headers['tokentraceid'];
  try {
    const tree = parseJson(answer.body);
    const { error } = envelope(tree, '');
    const said: Read<typeof body> = body(error ?? tree, '');
    return {
      code: said.errorCode ?? said.code,
      message: said.message,
      paths: said.paths ?? [],
      traceId: said.tokenTraceId ?? said.token_trace_id ?? traced,
    };
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error;
    return { code: undefined, message: undefined, paths: [], traceId: traced };
  }
}

/** The error for an answer with a status of 400 and more. */
export function refusal(
  answer: UpstreamAnswer,
  service: Service,
  now: Date,
): { readonly error: ProviderError; readonly unknownCode: string | null } {
  const { request, status: httpStatus, headers } = answer;
  const said = readError(answer);
  const code = said.code?.slice(0, 100);
  const known = code === undefined || Object.hasOwn(kindsByCode, code) || /^\d{1,3}$/.test(code);
  const kind = judged(httpStatus, code, said, service, request.movesMoney === true);
  const parts = [
    `It said: HTTP ${httpStatus}${code !== undefined && /^[\w.]{1,100}$/.test(code) ? ` ${code}` : ''}`,
    ...(said.paths.length > 0 ? [`about ${said.paths.filter(namesField).slice(0, 10).join(', ')}`] : []),
    ...(headers['token-external-error'] === 'true' ? ['the bank failed, not Token.io'] : []),
    ...(said.traceId !== undefined && /^[\w-]{1,80}$/.test(said.traceId) ? [`tokenTraceId ${said.traceId}`] : []),
  ];
  const error = new ProviderError({
    kind,
    provider: providerId,
    operation: request.operation,
    traceId: request.traceId,
    message: `${sentences[kind]} ${parts.join('; ')}.`,
    upstream: { httpStatus, code },
    retryAfter: kind === 'rate-limited' ? retryAfter(headers['retry-after'], now) : undefined,
  });
  return { error, unknownCode: known ? null : (code ?? null) };
}

function judged(
  httpStatus: number,
  code: string | undefined,
  { paths, message }: WireError,
  service: Service,
  movesMoney: boolean,
): ProviderErrorKind {
  const kind = meaningOf(httpStatus, code, service);
  if (!movesMoney) return kind;
  // Our reference is taken: an earlier copy of the same order got through, whatever we heard of it.
  if (code === 'Field.NotUnique' && paths.some((path) => path.endsWith('refId'))) return 'outcome-unknown';
  if (httpStatus >= 500 || httpStatus === 408 || httpStatus === 409) return 'outcome-unknown';
  // A page or an empty answer can come from anything in between.
  const readable = code !== undefined || message !== undefined || httpStatus === 401 || httpStatus === 429;
  return readable ? kind : 'outcome-unknown';
}

function meaningOf(httpStatus: number, code: string | undefined, service: Service): ProviderErrorKind {
  const byCode = code !== undefined && Object.hasOwn(kindsByCode, code) ? kindsByCode[code] : undefined;
  const meaning = (httpStatus === 429 ? undefined : byCode) ?? kindsByStatus[httpStatus];
  if (meaning === undefined) return httpStatus >= 500 || httpStatus === 408 ? 'unavailable' : 'rejected';
  if (typeof meaning === 'string') return meaning;
  return service === 'ais' ? meaning.ais : meaning.else;
}

const namesField = (path: string): boolean => /^[\w.[\]-]{1,120}$/.test(path);

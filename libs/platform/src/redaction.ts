import { types } from 'node:util';
import { HIDDEN, redactText } from './text-redaction.js';

/**
 * Fields whose text or number may be logged: names of things, outcomes, counts and durations. Everything else is
 * hidden, so that a field that nobody thought of cannot leak. `code` and `state` are not here on purpose: they may be an
 * OTP, an authorisation code or the state of a callback. An error's code is `errorCode`.
 */
const LOGGABLE: ReadonlySet<string> = new Set(
  [
    'id appId consentId authorisationId accountId transactionId paymentId institutionId',
    'basketId decisionId connectionId eventId endpointId jobId requestId traceId spanId clientId subjectId',
    'provider operation capability queue queues job process context event type kind source',
    'method route httpStatus statusCode errorCode upstreamCode upstreamStatus isoStatus',
    'status scaStatus stage approach outcome reason rule attempt attempts',
    'ms durationMs latencyMs delayMs afterSeconds at since until',
    'count total size bytes limit rows claimed changed pending running inFlight',
    'host port pid version signal exitCode currency country environment',
  ].flatMap((line) => line.split(' ')),
);

/** Whether text and numbers under this name are logged. */
export type AllowField = (name: string) => boolean;

/** The allow-list, with the extra names of one logger. */
export function allowFields(extra: readonly string[] = []): AllowField {
  const more = new Set(extra);
  return (name) => LOGGABLE.has(name) || more.has(name);
}

/** Data nested deeper than this is hidden; it also ends circular data. */
const DEEPEST = 6;

/** A copy of structured data in which only allowed fields keep their text and numbers. Names, flags and nulls stay. */
export function redactFields(data: object, allow: AllowField, depth = 0): Record<string, unknown> {
  const redacted: [string, unknown][] = [];
  // A name of the allow-list is one of our own.
  for (const [name, value] of Object.entries(data)) {
    redacted.push([LOGGABLE.has(name) ? name : redactText(name), redactValue(name, value, allow, depth)]);
  }
  return Object.fromEntries(redacted);
}

/** A value that goes into a message: an object as in structured data, everything else as it is. */
export function redactArgument(value: unknown, allow: AllowField): unknown {
  return typeof value === 'object' ? redactValue('', value, allow, 0) : value;
}

function redactValue(name: string, value: unknown, allow: AllowField, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (isError(value)) return describeError(value, allow, depth);
  if (typeof value === 'object' && depth >= DEEPEST) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => redactValue(name, item, allow, depth + 1));
  if (value instanceof Date || typeof value === 'number' || typeof value === 'bigint') {
    return allow(name) ? (typeof value === 'bigint' ? value.toString() : value) : HIDDEN;
  }
  if (typeof value === 'string') return allow(name) ? redactText(value) : HIDDEN;
  return typeof value === 'object' ? redactFields(value, allow, depth + 1) : HIDDEN;
}

/** What is logged of an error: its words, its stack, its allowed fields and its cause; never a request or a response. */
function describeError(error: Error, allow: AllowField, depth: number): Record<string, unknown> {
  const fields = Object.entries(error).filter(([name, value]) => typeof value !== 'object' && allow(name));
  return {
    type: error.name,
    message: redactText(error.message),
    ...(error.stack ? { stack: redactText(error.stack) } : {}),
    ...('code' in error && isErrorCode(error.code) ? { errorCode: error.code } : {}),
    ...redactFields(Object.fromEntries(fields), allow, depth + 1),
    ...(isError(error.cause) && depth < DEEPEST ? { cause: describeError(error.cause, allow, depth + 1) } : {}),
  };
}

/** Also true for errors of another realm, which are no instances of our `Error`. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** Node's `ECONNREFUSED`, PostgreSQL's five-character SQLSTATE. An OTP of six digits is neither. */
function isErrorCode(code: unknown): code is string {
  return typeof code === 'string' && /^(?:[A-Z][A-Z0-9_]{2,39}|[0-9A-Z]{5})$/.test(code);
}

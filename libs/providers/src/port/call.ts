/**
 * What every call to an upstream carries, and what a provider may assume about it.
 * Left out on purpose: who the app is. A provider never learns for whom we ask.
 */
export interface CallContext {
  /** Correlates our log, the error an app gets, and (where it is a UUID header) the upstream's own log. */
  readonly traceId: string;
  /** The PSU's own request, forwarded. An IP address makes the call attended; without it the call is unattended. */
  readonly psu: PsuContext;
  readonly signal?: AbortSignal | undefined;
}

/** Facts of the PSU's own request, as the app forwarded them in `PSU-...` headers. */
export interface PsuContext {
  readonly ipAddress?: string | undefined;
  readonly ipPort?: string | undefined;
  readonly accept?: string | undefined;
  readonly acceptCharset?: string | undefined;
  readonly acceptEncoding?: string | undefined;
  readonly acceptLanguage?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly httpMethod?: string | undefined;
  /** UUID. */
  readonly deviceId?: string | undefined;
  /** `GEO:52.506931;13.144558` (RFC 2426 section 3.4.2). */
  readonly geoLocation?: string | undefined;
}

/** Whether the PSU is there: the daily limit for unattended access does not count this call (RTS Art. 36(5)). */
export function attended(context: CallContext): boolean {
  return context.psu.ipAddress !== undefined;
}

/** JSON that a provider hands to us to keep, encrypted, and gets back unread with the next call about the same thing. */
export type Continuation = { readonly [key: string]: JsonValue };
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The user of the bank, as the app names them. */
export interface Psu {
  readonly id: string;
  readonly corporateId?: string | undefined;
}

/** Where the PSU's browser comes back to, and the unguessable value that it must bring. */
export interface CallbackTarget {
  /** Absolute URL of our callback for this provider, without a query. */
  readonly url: string;
  /** One-use; unknown to anybody but the bank and the PSU's browser. */
  readonly state: string;
}

/** Query of the PSU's return. Hints, never proof. */
export type CallbackQuery = Readonly<Record<string, string>>;

import type { ScaApproach } from '@tributary/domain';
import type { CallbackTarget, CallContext, Psu } from '../port/index.js';
import type { Xs2aSettings } from './settings.js';

type Headers = Readonly<Record<string, string | undefined>>;

/** Who the PSU is to the bank; for the calls that create something or carry on an SCA, no others know these headers. */
export function psuIdentity(settings: Xs2aSettings, psu: Psu | null): Headers {
  const known = settings.sendPsuId !== false;
  return {
    'PSU-ID': known ? psu?.id : undefined,
    'PSU-ID-Type': known && psu ? settings.psuIdType : undefined,
    'PSU-Corporate-ID': psu?.corporateId,
  };
}

/** Headers about the PSU's own request, and where each comes from (Implementation Guidelines 1.3, section 4.8). */
const psuFacts = {
  'PSU-IP-Address': 'ipAddress',
  'PSU-IP-Port': 'ipPort',
  'PSU-Accept': 'accept',
  'PSU-Accept-Charset': 'acceptCharset',
  'PSU-Accept-Encoding': 'acceptEncoding',
  'PSU-Accept-Language': 'acceptLanguage',
  'PSU-User-Agent': 'userAgent',
  'PSU-Http-Method': 'httpMethod',
  'PSU-Device-ID': 'deviceId',
  'PSU-Geo-Location': 'geoLocation',
} as const satisfies Record<string, keyof CallContext['psu']>;
export const psuHeaderNames: readonly string[] = Object.keys(psuFacts);
const psuFactList = Object.entries(psuFacts);

/** The facts of the PSU's own request, passed on. */
export function psuRequest({ psu }: CallContext): Headers {
  const headers: Record<string, string> = {};
  for (const [name, fact] of psuFactList) {
    const value = psu[fact];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

const preferences: Readonly<Record<ScaApproach, { readonly redirect: boolean; readonly decoupled: boolean }>> = {
  redirect: { redirect: true, decoupled: false },
  // To the framework, OAuth2 is a kind of redirect.
  oauth: { redirect: true, decoupled: false },
  embedded: { redirect: false, decoupled: false },
  decoupled: { redirect: false, decoupled: true },
};

/** The SCA approach that we wish for, and where the PSU's browser comes back to. */
export function wishHeaders(approach: ScaApproach, callback: CallbackTarget): Headers {
  const { redirect, decoupled } = preferences[approach];
  const back = `${callback.url}?${new URLSearchParams({ state: callback.state }).toString()}`;
  return {
    'TPP-Redirect-Preferred': String(redirect),
    'TPP-Decoupled-Preferred': String(decoupled),
    'TPP-Redirect-URI': back,
    'TPP-Nok-Redirect-URI': `${back}&nok=1`,
  };
}

/**
 * Whether the bank is to open the SCA together with what is created. What will be signed in a basket never has one of its own
 * (Implementation Guidelines 1.3, section 8.1).
 */
export function startHeader({ explicitStart }: Xs2aSettings, inBasket = false): Headers {
  const explicit = inBasket ? true : explicitStart;
  return { 'TPP-Explicit-Authorisation-Preferred': explicit === undefined ? undefined : String(explicit) };
}

const approaches: Readonly<Record<string, ScaApproach>> = {
  REDIRECT: 'redirect',
  EMBEDDED: 'embedded',
  DECOUPLED: 'decoupled',
};

/** The approach that an answer names; undefined without the header, null for a word that the framework does not have. */
export function approachOf(headers: Readonly<Record<string, string>>): ScaApproach | null | undefined {
  const word = headers['aspsp-sca-approach']?.trim().toUpperCase();
  if (word === undefined || word === '') return undefined;
  return Object.hasOwn(approaches, word) ? (approaches[word] ?? null) : null;
}

const unsendable = /[^\t\x20-\x7e\x80-\xff]/;

/** The first header whose value HTTP cannot carry (RFC 9110 section 5.5: visible characters, blanks and Latin-1). */
export function unsendableHeader(headers: Headers): string | undefined {
  const names = Object.keys(headers);
  return names.find((name) => unsendable.test(headers[name] ?? ''));
}

import { isIP } from 'node:net';
import type { Call } from './call.js';
import type { ScaWish } from './subject.js';
import { formatError } from './tpp-error.js';
import { UUID } from './uuid.js';

const FORBIDDEN_SCHEMES = ['javascript:', 'data:', 'vbscript:', 'file:'];

/**
 * What the TPP says about the SCA (TPP-Redirect-Preferred and its kind); also checks the headers about the PSU.
 * @param psuAddress whether a strict bank wants PSU-IP-Address here.
 * @throws TppError 400 FORMAT_ERROR naming the header.
 */
export function readScaWish(call: Call, psuAddress: 'required' | 'optional'): ScaWish {
  const redirectUri = uri(call, 'TPP-Redirect-URI');
  const wish = {
    redirect: flag(call, 'TPP-Redirect-Preferred'),
    decoupled: flag(call, 'TPP-Decoupled-Preferred'),
    explicit: flag(call, 'TPP-Explicit-Authorisation-Preferred'),
    redirectUri,
    nokRedirectUri: uri(call, 'TPP-Nok-Redirect-URI'),
  };
  const strict = call.bank.profile.headers === 'strict';
  if (strict && wish.redirect && redirectUri === undefined) {
    throw formatError('TPP-Redirect-URI', 'is required with TPP-Redirect-Preferred');
  }
  const address = call.header('PSU-IP-Address');
  if (strict && psuAddress === 'required' && address === undefined) {
    throw formatError('PSU-IP-Address', 'is missing');
  }
  const { userAgentRequired } = call.bank.profile;
  if (userAgentRequired && psuAddress === 'required' && call.header('PSU-User-Agent') === undefined) {
    throw formatError('PSU-User-Agent', 'is missing');
  }
  if (address !== undefined && isIP(address) === 0) {
    throw formatError('PSU-IP-Address', 'must be an IPv4 or IPv6 address');
  }
  const device = call.header('PSU-Device-ID');
  if (strict && device !== undefined && !UUID.test(device)) {
    throw formatError('PSU-Device-ID', 'must be a UUID');
  }
  const place = call.header('PSU-Geo-Location');
  if (strict && place !== undefined && !/^GEO:-?\d{1,3}\.\d{6};-?\d{1,3}\.\d{6}$/.test(place)) {
    throw formatError('PSU-Geo-Location', 'must look like GEO:52.506931;13.144558');
  }
  return wish;
}

/** What the start of an authorisation says anew (1.3.11: the same headers); what it leaves out holds as it was. */
export function readStartWish(call: Call, before: ScaWish): ScaWish {
  const { redirect, decoupled, redirectUri, nokRedirectUri } = readScaWish(call, 'optional');
  const said = (name: string): boolean => call.header(name) !== undefined;
  return {
    ...before,
    ...(said('TPP-Redirect-Preferred') && { redirect }),
    ...(said('TPP-Decoupled-Preferred') && { decoupled }),
    // Both addresses are of one start: an old one for failures does not go with a new one.
    ...(redirectUri !== undefined && { redirectUri, nokRedirectUri }),
  };
}

function flag(call: Call, name: string): boolean {
  const value = call.header(name)?.toLowerCase();
  if (value !== undefined && value !== 'true' && value !== 'false') {
    throw formatError(name, 'must be true or false');
  }
  return value === 'true';
}

function uri(call: Call, name: string): string | undefined {
  const value = call.header(name);
  if (value === undefined) {
    return undefined;
  }
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (!parsed || FORBIDDEN_SCHEMES.includes(parsed.protocol)) {
    throw formatError(name, 'must be an absolute URI');
  }
  return value;
}

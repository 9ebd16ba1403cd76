import type { Customer } from '../customers/customer.js';
import type { Hub } from '../hub.js';
import { newSecret } from '../identifier.js';
import type { Member } from '../members/member.js';
import { identify } from './accounts-choice.js';
import type { Authorisation } from './authorisation.js';

/**
 * The PSU's answer at the bank.
 * @param base origin and prefix of the hub's own pages.
 * @returns where the browser goes next: the hub's callback, or the TPP when it receives callbacks itself; undefined for
 * an answer in the app, which needs no browser.
 */
export function decide(
  hub: Hub,
  base: string,
  authorisation: Authorisation,
  approved: boolean,
  customer?: Customer,
): string | undefined {
  if (authorisation.state !== 'open') {
    return undefined;
  }
  if (approved && customer && authorisation.customer === undefined) {
    identify(hub, authorisation, customer);
  }
  const good = approved && authorisation.customer !== undefined;
  authorisation.state = good ? 'approved' : 'refused';
  if (authorisation.bank.approach !== 'redirect') {
    authorisation.decided(good);
    return undefined;
  }
  authorisation.code = good ? newSecret() : undefined;
  return bankCallback(base, authorisation);
}

/** The bank's redirect: OAuth 2.0 parameters, to the owner of the callback. */
function bankCallback(base: string, authorisation: Authorisation): string {
  const tpp = authorisation.member.callbackOwner === 'tpp';
  const url = new URL(tpp ? authorisation.callbackUrl : `${base}/callback`);
  const state = tpp ? (authorisation.callbackState ?? authorisation.oauthState) : authorisation.oauthState;
  url.searchParams.set('state', state);
  if (authorisation.code === undefined) {
    url.searchParams.set('error', 'access_denied');
  } else {
    url.searchParams.set('code', authorisation.code);
  }
  return url.href;
}

/**
 * Takes the parameters of a bank's callback, whoever received it. Each is taken once; again it changes nothing.
 * @param owner the TPP that received it, if one did.
 * @returns the authorisation to which it belongs; undefined when it is not known.
 */
export function takeCallback(hub: Hub, query: URLSearchParams, owner?: Member): Authorisation | undefined {
  const [code, state] = [query.get('code'), query.get('state')];
  const answered = [...hub.authorisations.values()].filter(
    (one) =>
      state !== null &&
      (owner === undefined || one.member === owner) &&
      (one.oauthState === state || one.callbackState === state),
  );
  const found = answered.findLast((one) => (code === null ? one.state === 'refused' : one.code === code));
  if (found && !found.returned) {
    found.returned = true;
    found.decided(found.code !== undefined);
  }
  return found;
}

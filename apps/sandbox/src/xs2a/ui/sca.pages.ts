import { isAnswered, isFinal, type Authorisation } from '../authorisation.js';
import type { Call } from '../call.js';
import { fail } from '../sca-outcome.js';
import { loginPage, logIn, openVisit } from './login.js';
import { messagePage, type PageAnswer, type PageRoute } from './page-route.js';

const PATH = '/ui/sca/:key';

/** The page behind scaRedirect: login first, then the visit. */
export const scaPages: readonly PageRoute[] = [
  { method: 'GET', path: PATH, handle: (call) => withAuthorisation(call, () => loginPage(call, here(call))) },
  {
    method: 'POST',
    path: PATH,
    handle: (call) => withAuthorisation(call, (authorisation) => post(call, authorisation)),
  },
];

function post(call: Call, authorisation: Authorisation): PageAnswer {
  if (call.form().get('decision') === 'refuse') {
    fail(call.bank, authorisation);
    return leave(call, authorisation);
  }
  const customer = logIn(call, authorisation);
  if (isFinal(authorisation.status)) {
    return leave(call, authorisation);
  }
  if (typeof customer === 'string') {
    return loginPage(call, here(call), customer);
  }
  return { redirect: `${call.links.prefix}/ui/visits/${openVisit(call, customer, authorisation).key}` };
}

/** Back to the TPP: TPP-Redirect-URI, or TPP-Nok-Redirect-URI when it went badly; a last page when there is no address. */
export function leave(call: Call, authorisation: Authorisation, confirmationCode?: string): PageAnswer {
  const { wish } = authorisation;
  const good = authorisation.status === 'finalised' || authorisation.status === 'unconfirmed';
  const back = good ? wish.redirectUri : (wish.nokRedirectUri ?? wish.redirectUri);
  if (back !== undefined) {
    return { redirect: confirmationCode === undefined ? back : withCode(call, back, confirmationCode) };
  }
  return good
    ? messagePage(call, 'Done', 'You confirmed the request. You can close this page.')
    : messagePage(call, 'Not confirmed', 'The request was not confirmed. You can close this page.');
}

function withCode({ bank }: Call, address: string, code: string): string {
  const url = new URL(address);
  url.searchParams.set(bank.profile.confirmationName, code);
  return url.href;
}

function withAuthorisation(call: Call, act: (authorisation: Authorisation) => PageAnswer): PageAnswer {
  const key = call.param('key');
  const authorisation = call.bank.browserKeys.get(key);
  if (!authorisation || authorisation.oauth) {
    return messagePage(call, 'Link not known', 'Please go back to the app or site that sent you here.', 404);
  }
  if (isAnswered(authorisation)) {
    return messagePage(call, 'Link no longer valid', 'The request was answered, or it took too long.', 410);
  }
  return act(authorisation);
}

function here(call: Call): string {
  return `${call.links.prefix}/ui/sca/${call.param('key')}`;
}

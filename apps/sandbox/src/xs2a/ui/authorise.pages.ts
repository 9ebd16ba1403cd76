import type { Call } from '../call.js';
import { clientUrl, readAuthoriseRequest, readClient, type AuthoriseRequest } from '../oauth/authorise-request.js';
import { OAuthError } from '../oauth/oauth-error.js';
import { fail } from '../sca-outcome.js';
import { loginPage, logIn, openVisit } from './login.js';
import type { PageAnswer, PageRoute } from './page-route.js';

const PATH = '/oauth/authorize';

/** The authorise endpoint of OAuth 2.0; the login form is sent to the same address with the same query. */
export const authorisePages: readonly PageRoute[] = [
  { method: 'GET', path: PATH, handle: (call) => withRequest(call, () => loginPage(call, here(call))) },
  { method: 'POST', path: PATH, handle: (call) => withRequest(call, (request) => post(call, request)) },
];

function post(call: Call, request: AuthoriseRequest): PageAnswer {
  if (call.form().get('decision') === 'refuse') {
    if (request.authorisation) {
      fail(call.bank, request.authorisation);
    }
    return denied(request);
  }
  const customer = logIn(call, request.authorisation);
  if (request.authorisation?.status === 'failed') {
    return denied(request);
  }
  if (typeof customer === 'string') {
    return loginPage(call, here(call), customer);
  }
  const { authorisation, ...oauth } = request;
  return { redirect: `${call.links.prefix}/ui/visits/${openVisit(call, customer, authorisation, oauth).key}` };
}

function denied(request: AuthoriseRequest): PageAnswer {
  return { redirect: clientUrl(request, { error: 'access_denied', error_description: 'The PSU refused' }) };
}

function withRequest(call: Call, act: (request: AuthoriseRequest) => PageAnswer): PageAnswer {
  const client = readClient(call);
  try {
    return act(readAuthoriseRequest(call));
  } catch (error) {
    if (error instanceof OAuthError) {
      return { redirect: clientUrl(client, { error: error.code, error_description: error.description }) };
    }
    throw error;
  }
}

function here(call: Call): string {
  const query = new URLSearchParams();
  for (const name of call.queryNames()) {
    query.set(name, call.query(name) ?? '');
  }
  return `${call.links.prefix}${PATH}?${query.toString()}`;
}

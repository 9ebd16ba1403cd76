import type { Json } from '../answer.js';
import type { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';
import { formatError } from '../refusal.js';
import { withQuery } from '../with-query.js';
import { readRequestUrl, urlNotValid } from './request-url.js';

/** What the bank shows to the PSU. The same address again gives the same answer until the consent is saved. */
export function initAuthorization(hub: Hub, bank: Bank, fields: Fields): Json {
  fields.only('requestUrl');
  const requestUrl = readRequestUrlField(fields);
  fields.assert(hub.settings.fieldErrors);
  const known = hub.sessions.get(requestUrl);
  if (known && (known.used || known.endsAt <= hub.now())) {
    throw formatError(urlNotValid('was used before or is too old'));
  }
  const session = known ?? readRequestUrl(hub, bank, requestUrl);
  hub.sessions.set(requestUrl, session);
  const { tpp, scopes, redirectUri, state } = session;
  return {
    tppName: tpp.name,
    tppRegistrationNumber: tpp.registrationNumber,
    scopes,
    cancelUrl: withQuery(redirectUri, { error: 'access_denied', state }),
  };
}

export function readRequestUrlField(fields: Fields): string {
  return (
    fields.text('requestUrl', {
      max: 8000,
      required: true,
      missing: 'AUTHORIZATION_REQUEST_URL_DOES_NOT_EXIST',
      code: 'AUTHORIZATION_REQUEST_URL_NOT_VALID',
    }) ?? ''
  );
}

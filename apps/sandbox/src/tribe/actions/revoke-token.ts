import type { Json } from '../answer.js';
import type { Fields } from '../fields.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';
import { Refusal } from '../refusal.js';

/** Kills the token of a PSU; the TPP's bearer fails from now on. A second time is a success too. */
export function revokeToken(hub: Hub, bank: Bank, fields: Fields): Json {
  fields.only('accessToken');
  const accessToken = fields.text('accessToken', {
    min: 16,
    max: 1024,
    required: true,
    check: (text) => (/^[\x21-\x7e]+$/.test(text) ? undefined : 'must be visible ASCII without blanks'),
    code: 'AUTHORIZATION_TOKEN_NOT_VALID',
  });
  fields.assert(hub.settings.fieldErrors);
  const consent = hub.consents.get(accessToken ?? '');
  if (consent?.bank === bank) {
    consent.state = 'revoked';
  } else if (hub.settings.unknownToken === 'refused') {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'The token is not known');
  }
  return { status: 'success' };
}

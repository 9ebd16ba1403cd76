import { sign } from 'node:crypto';
import type { Authorisation } from '../authorisation/authorisation.js';
import type { Hub } from '../hub.js';
import { HUB_MEMBER_ID, newId } from '../identifier.js';
import type { TokenRequest } from '../requests/token-request.js';
import type { Token } from './token.js';

const LIFE_MS = 90 * 86_400_000;

/** The token that comes of an authorised request. */
export function newToken(hub: Hub, request: TokenRequest, { accounts, bank }: Authorisation): Token {
  const access = request.body.kind === 'access';
  const id = newId(access ? 'ta' : 'tt');
  const wanted = request.body.kind === 'access' ? request.body.expiresAtMs : undefined;
  const token: Token = {
    id,
    memberId: request.memberId,
    request,
    bankId: bank.id,
    accounts: [...accounts],
    effectiveMs: hub.nowMs(),
    expiresMs: wanted ?? hub.nowMs() + LIFE_MS,
    ended: undefined,
    replacedBy: undefined,
    signature: {
      memberId: HUB_MEMBER_ID,
      keyId: hub.key.id,
      signature: sign(null, Buffer.from(id), hub.key.private).toString('base64url'),
    },
    unattended: new Map(),
  };
  hub.tokens.set(id, token);
  return token;
}

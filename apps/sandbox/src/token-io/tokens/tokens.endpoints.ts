import { ShapeError } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { dottedPage } from '../pages.js';
import type { Token } from './token.js';
import { tokenView } from './token-view.js';

const ONE = '/tokens/:tokenId';

/** What PSUs agreed to. */
export const tokenEndpoints: readonly Endpoint[] = [
  { operation: 'tokens.list', method: 'GET', path: '/tokens', handle: list },
  { operation: 'tokens.get', method: 'GET', path: ONE, handle: (call) => ok({ token: tokenView(find(call)) }) },
  { operation: 'tokens.cancel', method: 'PUT', path: `${ONE}/cancel`, handle: cancel },
];

/** Newest first. */
function list(call: Call): Answer {
  const type = call.query('type');
  if (type !== undefined && type !== 'ACCESS' && type !== 'TRANSFER') {
    throw new ShapeError('type', 'must be ACCESS or TRANSFER');
  }
  const [after, before] = [instant(call, 'filter.startTimeMs'), instant(call, 'filter.endTimeMs')];
  const [source, acting] = [call.query('filter.sourceAccountId'), call.query('filter.actingAsRefId')];
  const found = [...call.hub.tokens.values()].filter(
    (token) =>
      token.memberId === call.member.id &&
      (type === undefined || (token.request.body.kind === 'access') === (type === 'ACCESS')) &&
      (after === undefined || token.effectiveMs >= after) &&
      (before === undefined || token.effectiveMs <= before) &&
      (source === undefined || token.accounts.some(({ id }) => id === source)) &&
      (acting === undefined || actingAsOf(token) === acting),
  );
  const page = dottedPage(call, found.toReversed(), ({ id }) => id);
  return ok({ offset: page.next, tokens: page.items.map(tokenView) });
}

/** A number of milliseconds in the query. */
export function instant(call: Call, name: string): number | undefined {
  const text = call.query(name);
  if (text !== undefined && !/^\d{1,15}$/.test(text)) {
    throw new ShapeError(name, 'must be a number of milliseconds');
  }
  return text === undefined ? undefined : Number(text);
}

function actingAsOf({ request }: Token): unknown {
  const acting = request.payload['actingAs'];
  return typeof acting === 'object' && acting !== null && 'refId' in acting ? acting.refId : undefined;
}

function cancel(call: Call): Answer {
  const token = find(call);
  call.headerBoolean('customer-initiated');
  if (token.ended === 'atBank') {
    throw new ApiError(403, 'The consent was revoked at the bank', { external: true });
  }
  token.ended = 'cancelled';
  return ok({ result: { status: 'SUCCESS', token: tokenView(token) } });
}

function find(call: Call): Token {
  const token = call.hub.tokens.get(call.param('tokenId'));
  if (!token || token.memberId !== call.member.id) {
    throw notFound('token', call.param('tokenId'));
  }
  return token;
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { BankRefusal, type InboundCall, type InboundRequest } from '../../port/index.js';
import { actions, isAction } from './questions.js';
import { isUuid } from './refusals.js';
import type { BodyVerifier } from './signature.js';

/**
 * Proves who asks, in Tribe's order: path and method, API key, request id, signature. Nothing of the body is looked at but its
 * bytes. @throws BankRefusal
 */
export function prove(apiKey: string, verifier: BodyVerifier, request: InboundRequest): InboundCall {
  const { method, action, headers, rawBody } = request;
  if (method !== 'POST' || !isAction(action)) throw new BankRefusal('unknown-action', 'This API action does not exist');
  const key = headers['x-api-key'];
  if (!key) throw new BankRefusal('unauthenticated', 'Header "X-Api-Key" is missing');
  if (!equal(key, apiKey)) throw new BankRefusal('wrong-credentials', 'Wrong credentials');
  const requestId = headers['x-request-id'];
  if (!isUuid(requestId)) throw new BankRefusal('request-id', 'Header "X-Request-Id" is not valid UUID');
  const signature = headers['x-signature'];
  if (!signature) throw new BankRefusal('headers', 'Header "X-Signature" is missing');
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) {
    throw new BankRefusal('headers', 'Header "Content-Encoding" is not supported');
  }
  if (!verifier.holds(rawBody, signature)) throw new BankRefusal('wrong-credentials', 'Wrong credentials');
  return {
    request,
    action,
    requestId: requestId.toLowerCase(),
    changesState: actions[action].changesState,
    // A direct payment speaks for nobody, whatever is sent.
    token: action === 'v2_payment_direct_single' ? null : (headers['x-auth-token'] ?? null),
  };
}

/** In a time that does not tell where they differ. */
function equal(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

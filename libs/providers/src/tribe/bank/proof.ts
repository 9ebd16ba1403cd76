import { createHash, timingSafeEqual } from 'node:crypto';
import { BankRefusal, type InboundCall, type InboundRequest } from '../../port/index.js';
import { actions, isAction } from './questions.js';
import { isUuid } from './refusals.js';
import { bankDefaults, type BankSettings, type MutualTls } from './settings.js';
import type { BodyVerifier } from './signature.js';

type ProofSettings = Pick<BankSettings, 'apiKey' | 'webhookApiKey' | 'checkOrder' | 'mutualTls'>;

/**
 * Proves who asks, in Tribe's order: path and method, client certificate, API key, request id, signature. Nothing of the body is looked
 * at but its bytes. @throws BankRefusal
 */
export function prove(settings: ProofSettings, verifier: BodyVerifier, request: InboundRequest): InboundCall {
  const { method, action, headers } = request;
  if (method !== 'POST' || !isAction(action)) throw new BankRefusal('unknown-action', 'This API action does not exist');
  checkCertificate(settings.mutualTls, headers);
  const key = headers['x-api-key'];
  if (!key) throw new BankRefusal('unauthenticated', 'Header "X-Api-Key" is missing');
  if (!equal(key, settings.webhookApiKey ?? settings.apiKey)) throw wrongCredentials();
  const signatureFirst = (settings.checkOrder ?? bankDefaults.checkOrder) === 'signatureFirst';
  if (signatureFirst) checkSignature(verifier, request);
  const requestId = headers['x-request-id'];
  if (!isUuid(requestId)) throw new BankRefusal('request-id', 'Header "X-Request-Id" is not valid UUID');
  if (!signatureFirst) checkSignature(verifier, request);
  return {
    request,
    action,
    requestId: requestId.toLowerCase(),
    changesState: actions[action].changesState,
    // A direct payment speaks for nobody, whatever is sent.
    token: action === 'v2_payment_direct_single' ? null : (headers['x-auth-token'] ?? null),
  };
}

function checkCertificate(mutualTls: MutualTls | undefined, headers: InboundRequest['headers']): void {
  if (mutualTls?.subjectHeader === undefined) return;
  const subject = headers[mutualTls.subjectHeader];
  if (!subject) {
    const title = 'SSL credentials not found: "SSL_CLIENT_S_DN_Email", "SSL_CLIENT_S_DN"';
    throw new BankRefusal('client-certificate', title);
  }
  if (mutualTls.subject !== undefined && subject !== mutualTls.subject) throw wrongCredentials();
}

function checkSignature(verifier: BodyVerifier, { headers, rawBody }: InboundRequest): void {
  const signature = headers['x-signature'];
  if (!signature) throw new BankRefusal('headers', 'Header "X-Signature" is missing');
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) {
    throw new BankRefusal('headers', 'Header "Content-Encoding" is not supported');
  }
  if (!verifier.holds(rawBody, signature)) throw wrongCredentials();
}

const wrongCredentials = (): BankRefusal => new BankRefusal('wrong-credentials', 'Wrong credentials');

/** In a time that does not tell where they differ. */
function equal(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

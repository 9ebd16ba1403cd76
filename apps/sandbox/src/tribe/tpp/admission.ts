import type { Fault } from '../../kit/faults.js';
import { deathOf, type Consent } from '../consent.js';
import type { HubFault } from '../operations.js';
import type { Tpp } from '../parties.js';
import { Refusal } from '../refusal.js';
import type { Arrival } from '../site.js';
import { UUID } from '../vocabulary.js';
import { TppCall } from './call.js';
import type { Endpoint } from './endpoint.js';
import { checkMessageSignature } from './message-signature.js';

/**
 * Lets a call in or not: X-Request-Id, media types, client, message signature, bearer, scope.
 * @throws Refusal with the first mistake.
 */
export function admit(arrival: Arrival, endpoint: Endpoint, faults: readonly Fault<HubFault>[]): TppCall {
  const directory = endpoint.security === 'directory';
  const requestId = arrival.header('X-Request-Id');
  if ((requestId === undefined && !directory) || (requestId !== undefined && !UUID.test(requestId))) {
    throw new Refusal(401, 'REQUEST_ID_NOT_UUID', 'Header "X-Request-Id" is not valid UUID');
  }
  checkMedia(arrival, endpoint);
  const tpp = clientOf(arrival, directory);
  if (tpp && !directory) {
    checkMessageSignature(arrival, tpp);
  }
  const consent = tpp && endpoint.security === 'consent' ? consentOf(arrival, tpp, endpoint, faults) : undefined;
  return new TppCall(arrival, tpp, consent, faults);
}

function checkMedia(arrival: Arrival, endpoint: Endpoint): void {
  const accept = arrival.header('Accept') ?? '*/*';
  if (!/(?:^|[\s,])(?:application\/json|application\/\*|\*\/\*)/i.test(accept)) {
    throw new Refusal(406, 'REQUESTED_FORMATS_INVALID', 'Only application/json supported');
  }
  if (endpoint.method === 'POST' && arrival.mediaType !== 'application/json') {
    throw new Refusal(415, 'REQUEST_FORMAT_INVALID', 'Only application/json supported');
  }
}

function clientOf(arrival: Arrival, directory: boolean): Tpp | undefined {
  const clientId = arrival.header('X-Client-ID');
  if (clientId === undefined) {
    if (directory && arrival.hub.settings.directoryClient === 'optional') {
      return undefined;
    }
    throw new Refusal(401, 'AUTHENTICATION_REQUIRED', 'X-Client-ID is missing');
  }
  const tpp = arrival.hub.tpps.get(clientId);
  if (!tpp) {
    throw new Refusal(401, 'WRONG_CREDENTIALS', 'The client is not known');
  }
  if (tpp.blocked) {
    throw new Refusal(403, 'SERVICE_BLOCKED', 'The client is blocked');
  }
  return tpp;
}

function consentOf(arrival: Arrival, tpp: Tpp, endpoint: Endpoint, faults: readonly Fault<HubFault>[]): Consent {
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(arrival.header('Authorization') ?? '')?.[1];
  const consent = arrival.hub.bearers.get(bearer ?? '');
  if (!consent || consent.tpp !== tpp) {
    throw tokenInvalid();
  }
  if (faults.some(({ kind }) => kind === 'revokeConsent')) {
    consent.state = 'revoked';
  }
  const death = deathOf(consent, arrival.hub.now());
  if (death !== undefined && !(death === 'spent' && endpoint.spent === true)) {
    throw tokenInvalid();
  }
  if (endpoint.scope !== undefined && !consent.scopes.includes(endpoint.scope)) {
    throw new Refusal(403, 'ROLE_INVALID', 'Role not valid for current resource');
  }
  return consent;
}

export function tokenInvalid(): Refusal {
  return new Refusal(401, 'TOKEN_INVALID', 'OAuth token not valid');
}

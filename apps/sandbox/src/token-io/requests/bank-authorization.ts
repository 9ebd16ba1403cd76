import type { Authorisation } from '../authorisation/authorisation.js';
import { askedFields, challengeOf, provide } from '../authorisation/embedded.js';
import { ApiError } from '../api-error.js';
import type { Bank } from '../banks/bank.js';
import type { Call } from '../call.js';
import { startAuthorisation } from './request-life.js';
import type { TokenRequest } from './token-request.js';

export interface AuthorizationWish {
  useCredentialFlow: boolean;
  useHostedPages: boolean;
  credentials: Record<string, string>;
}

/** POST .../authorization: a link, the fields that the bank asks for, or how the credentials were taken. */
export function authorizeAtBank(call: Call, request: TokenRequest, wish: AuthorizationWish): Record<string, unknown> {
  if (request.status !== 'PENDING') {
    throw new ApiError(400, `the token request is ${request.status}`);
  }
  const bank = bankOf(call, request);
  const open = request.authorisation?.state === 'open' ? request.authorisation : undefined;
  if (bank.approach === 'redirect') {
    const authorisation = startAuthorisation(call.hub, call.member, request, bank);
    return { redirectUrl: `${call.base}/ui/bank/${authorisation.key}`, oauthState: authorisation.oauthState };
  }
  if (wish.useHostedPages) {
    return { redirectUrl: `${call.base}/ui/app/request-token/${request.id}` };
  }
  if (!wish.useCredentialFlow) {
    throw new ApiError(400, 'must be true at this bank: it asks for credentials', { paths: ['useCredentialFlow'] });
  }
  const authorisation = open ?? startAuthorisation(call.hub, call.member, request, bank);
  return credentialStep(call, request, authorisation, wish.credentials);
}

/** @throws ApiError when the bank is not known, down, or does not have what is asked for. */
export function bankOf({ hub }: Call, request: TokenRequest, bankId = request.bankId): Bank {
  const bank = hub.banks.get(bankId ?? '');
  if (!bank) {
    throw new ApiError(400, 'is missing or not known', { paths: ['requestOptions.bankId'] });
  }
  const access = request.body.kind === 'access';
  if ((access ? bank.status.ais : bank.status.pis) === 'DOWN') {
    throw new ApiError(503, 'The bank does not answer', { external: true });
  }
  const { supportsAccountList, supportsSinglePayment, supportsStandingOrder } = bank.capabilities;
  const able = { access: supportsAccountList, transfer: supportsSinglePayment, standingOrder: supportsStandingOrder };
  if (!able[request.body.kind]) {
    throw new ApiError(501, `${bank.id} does not support this`, { external: true });
  }
  return bank;
}

function credentialStep(
  { hub }: Call,
  request: TokenRequest,
  authorisation: Authorisation,
  credentials: Record<string, string>,
): Record<string, unknown> {
  if (Object.keys(credentials).length > 0 && authorisation.step !== undefined) {
    const next = provide(hub, authorisation, credentials);
    if (next === 'approved') {
      authorisation.state = 'approved';
      authorisation.decided(true);
    } else if (typeof next === 'object') {
      authorisation.state = 'refused';
      authorisation.decided(false, next.refused);
      return { status: 'AUTHENTICATION_FAILED' };
    }
  }
  return (
    statusOf(authorisation) ?? { fields: { fields: fieldsOf(authorisation) }, oauthState: authorisation.oauthState }
  );
}

function statusOf({ state }: Authorisation): Record<string, unknown> | undefined {
  if (state === 'approved') {
    return { status: 'AUTHENTICATED' };
  }
  return state === 'refused' ? { status: 'DECLINED_BY_PSU' } : undefined;
}

/** What the bank asks for, in the words of v1; without a step the PSU is to confirm in the app. */
function fieldsOf(authorisation: Authorisation): Record<string, unknown>[] {
  const { step } = authorisation;
  if (step === undefined) {
    return [{ id: 'decoupled', displayName: 'Confirm in the app of your bank', type: 'DECOUPLED' }];
  }
  const { description, image, flickerCode } = challengeOf(authorisation);
  const asked = askedFields(step).map(({ id, kind, displayName, options }) => ({
    id,
    displayName,
    description,
    type: kind === 'password' ? 'PASSWORD' : 'FIELD',
    ...(options ? { options } : {}),
  }));
  const shown = [
    ...(authorisation.isRetry
      ? [{ id: 'message', displayName: 'That was not right. Please try again.', type: 'PSU_MESSAGE' }]
      : []),
    ...(image ? [{ id: 'image', displayName: description, type: 'IMAGE', image }] : []),
    ...(flickerCode ? [{ id: 'flicker', displayName: description, type: 'FLICKER', flickerCode }] : []),
  ];
  return [...shown, ...asked];
}

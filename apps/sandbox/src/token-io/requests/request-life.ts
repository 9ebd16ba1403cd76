import { newAuthorisation, type Authorisation } from '../authorisation/authorisation.js';
import type { Bank } from '../banks/bank.js';
import type { Hub } from '../hub.js';
import type { Member } from '../members/member.js';
import { newToken } from '../tokens/new-token.js';
import { failTransfer, newTransfer, submitTransfer } from '../transfers/transfer-life.js';
import { placeStandingOrder } from './standing-order.js';
import { resultSignature } from './request-view.js';
import type { TokenRequest } from './token-request.js';

/** A request lives so long; a consent that was begun may still be given later. */
const REQUEST_SECONDS = 20 * 60;

export function openRequest(hub: Hub, request: TokenRequest): void {
  hub.requests.set(request.id, request);
  hub.after(REQUEST_SECONDS, () => {
    if (request.status === 'PENDING') {
      request.status = 'EXPIRED';
      request.reason = 'The token request has expired';
    }
  });
}

/** Begins (or begins again) the authorisation at a bank. */
export function startAuthorisation(hub: Hub, member: Member, request: TokenRequest, bank: Bank): Authorisation {
  if (request.authorisation?.state === 'open') {
    request.authorisation.state = 'closed';
  }
  request.bankId = bank.id;
  const authorisation = newAuthorisation({
    bank,
    member,
    subjectId: request.id,
    summary: summaryOf(request, member),
    decided: (approved, reason) => {
      const wait = bank.approach === 'redirect' ? hub.profile.verificationSeconds : 0;
      hub.soon(wait, () => (approved ? grant(hub, member, request, authorisation) : refuse(hub, request, reason)));
    },
    returnUrl: () => requestReturnUrl(hub, request),
    callbackUrl: request.redirectUrl,
    callbackState: undefined,
  });
  request.authorisation = authorisation;
  hub.authorisations.set(authorisation.key, authorisation);
  if (request.body.kind === 'transfer' && bank.capabilities.requiresOneStepPayment && !request.transferId) {
    newTransfer(hub, request, request.body, bank, undefined, 'PENDING_EXTERNAL_AUTHORIZATION');
  }
  return authorisation;
}

/** The PSU agreed: there is a token now, and for money what follows from it. */
function grant(hub: Hub, member: Member, request: TokenRequest, authorisation: Authorisation): void {
  if (request.tokenId !== undefined || request.status === 'REJECTED') {
    return;
  }
  const token = newToken(hub, request, authorisation);
  request.tokenId = token.id;
  if (request.status === 'PENDING') {
    request.status = 'PROCESSED';
  }
  const { bank } = authorisation;
  if (request.body.kind === 'standingOrder') {
    placeStandingOrder(hub, member, request, request.body, token);
    return;
  }
  if (request.body.kind === 'transfer') {
    const waiting = hub.transfers.get(request.transferId ?? '');
    if (waiting) {
      waiting.tokenId = token.id;
      waiting.debtor = token.accounts[0];
      submitTransfer(hub, waiting, bank);
    } else if (member.autoRedeem) {
      submitTransfer(hub, newTransfer(hub, request, request.body, bank, token, 'PENDING'), bank);
    }
  }
}

/** The PSU or the bank refused. */
export function refuse(hub: Hub, request: TokenRequest, reason = 'The consent was rejected by the user'): void {
  if (request.tokenId !== undefined || request.status !== 'PENDING') {
    return;
  }
  request.status = 'REJECTED';
  request.reason = reason;
  const transfer = hub.transfers.get(request.transferId ?? '');
  if (transfer) {
    failTransfer(hub, transfer, 'FAILURE_DECLINED', reason);
  }
}

export function summaryOf({ body }: TokenRequest, member: Member): Authorisation['summary'] {
  if (body.kind === 'access') {
    return { kind: 'access', payee: member.name, resources: body.resources, debtor: body.debtorAccount };
  }
  const { creditorName, creditorAccount, amount, currency, remittance, debtorAccount } = body;
  return {
    kind: body.kind === 'transfer' ? 'payment' : 'standingOrder',
    payee: creditorName,
    creditor: creditorAccount,
    amount,
    currency,
    remittance,
    debtor: debtorAccount,
  };
}

/** Back to the TPP, as the hub does it. Both spellings of the request's id are in use. */
export function requestReturnUrl(hub: Hub, request: TokenRequest): string {
  const url = new URL(request.redirectUrl);
  const set = (name: string, value: string | undefined) => value !== undefined && url.searchParams.set(name, value);
  set('request-id', request.id);
  set('request_id', request.id);
  set('state', request.callbackState);
  if (request.authorisation?.state === 'refused' || request.status === 'REJECTED') {
    // 2: the bank's access_denied is UNKNOWN in the numbers of gRPC.
    set('error', '2');
    set('message', request.reason ?? 'access_denied');
    set('trace-id', request.authorisation?.id);
    return url.href;
  }
  const transfer = hub.transfers.get(request.transferId ?? '');
  if (request.tokenId !== undefined) {
    set('token-id', request.tokenId);
    set('signature', JSON.stringify(resultSignature(hub, request, request.tokenId)));
  }
  set('transfer-id', transfer?.id);
  set('transfer-status', transfer?.status);
  return url.href;
}

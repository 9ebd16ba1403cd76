import { sign } from 'node:crypto';
import type { Hub } from '../hub.js';
import { HUB_MEMBER_ID } from '../identifier.js';
import type { TokenRequest } from './token-request.js';

export function requestView({ id, payload, options }: TokenRequest): Record<string, unknown> {
  return { id, requestOptions: options ?? {}, requestPayload: payload };
}

/** The flat result; ids appear as soon as they exist. */
export function requestResultView(hub: Hub, request: TokenRequest): Record<string, unknown> {
  const { status, reason, tokenId, transferId, submissionId, bankId, body } = request;
  return {
    ...(transferId && body.kind === 'transfer' ? { transferId } : {}),
    ...(submissionId ? { standingOrderSubmissionId: submissionId } : {}),
    ...(tokenId ? { tokenId, signature: resultSignature(hub, request, tokenId) } : {}),
    status,
    ...(reason ? { statusReasonInformation: reason } : {}),
    ...(bankId ? { bankId } : {}),
  };
}

/** The hub signs the state and the token id as JSON with sorted keys and no spaces. */
export function resultSignature(hub: Hub, request: TokenRequest, tokenId: string): Record<string, string> {
  const text = JSON.stringify({ state: encodeURIComponent(request.callbackState ?? ''), tokenId });
  return {
    memberId: HUB_MEMBER_ID,
    keyId: hub.key.id,
    signature: sign(null, Buffer.from(text), hub.key.private).toString('base64url'),
  };
}

import type { AccountIdentifier } from '@tributary/domain';
import type { CallbackTarget } from '../port/index.js';
import { refused } from './client.js';
import type { TokenIoSettings } from './settings.js';

/** Letters and digits: what a reference may hold, 18 of them at most (refId). */
export const refIdForm = {
  length: 18,
  alphabet: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
} as const;

/** Members that every token request has. */
export function commonPayload(
  { memberId, onBehalfOfId, onBehalfOfName, assumptions }: TokenIoSettings,
  { refId, callback }: { readonly refId: string; readonly callback: CallbackTarget },
): object {
  const inUrl = assumptions?.stateCarrier === 'redirectUrl';
  return {
    to: { id: memberId },
    refId,
    redirectUrl: inUrl ? `${callback.url}?state=${encodeURIComponent(callback.state)}` : callback.url,
    ...(!inUrl && { callbackState: callback.state }),
    ...(onBehalfOfId !== undefined && {
      actingAs: { refId: onBehalfOfId, ...(onBehalfOfName !== undefined && { displayName: onBehalfOfName }) },
    }),
  };
}

export function requestOptions(bankId: string): object {
  return { bankId };
}

/** An account in the form that v1 and account information use: one member that names the kind (AccountIdentifier). */
export function accountIdentifier({ scheme, value }: AccountIdentifier): object {
  switch (scheme) {
    case 'iban':
      return { iban: { iban: value } };
    case 'bban':
      return { bban: { bban: value } };
    case 'sortCodeAccountNumber':
      return { gbDomestic: { sortCode: value.slice(0, 6), accountNumber: value.slice(6) } };
    case 'bankgiro':
      return { bankgiro: { bankgiroNumber: value } };
    case 'plusgiro':
      return { plusgiro: { plusgiroNumber: value } };
    case 'pan':
    case 'maskedPan':
      return { pan: { pan: value } };
    case 'msisdn':
      return { msisdn: { msisdn: value } };
    case 'other':
      throw refused(
        'unsupported',
        'nameAccount',
        'Token.io cannot name this account: give its IBAN or national number.',
      );
  }
}

import type { AccountIdentifier, Money } from '@tributary/domain';
import type { HeldConsent } from './account-information.js';
import type { CallContext } from './call.js';

export interface FundsQuestion {
  readonly institutionReference: string;
  readonly account: { readonly identifier: AccountIdentifier; readonly currency?: string | undefined };
  readonly amount: Money;
  readonly consent?: HeldConsent | undefined;
}

/** Yes or no at this instant; nothing is reserved. */
export interface FundsConfirmation {
  confirm(question: FundsQuestion, context: CallContext): Promise<boolean>;
}

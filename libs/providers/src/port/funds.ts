import type { AccountIdentifier, Money } from '@tributary/domain';
import type { ConsentOrder, ConsentSnapshot, HeldConsent } from './account-information.js';
import type { CallContext } from './call.js';

export interface FundsQuestion {
  readonly institutionReference: string;
  readonly account: { readonly identifier: AccountIdentifier; readonly currency?: string | undefined };
  readonly amount: Money;
  /** Of account information, or one for this alone (`access` is then `fundsConfirmation`). */
  readonly consent?: HeldConsent | undefined;
}

/**
 * Yes or no at this instant; nothing is reserved. Where the upstream has consents for this alone, it has all three of
 * their methods: orders and consents whose `access` is `['fundsConfirmation']`, over exactly one account.
 */
export interface FundsConfirmation {
  confirm(question: FundsQuestion, context: CallContext): Promise<boolean>;
  createConsent?(order: ConsentOrder, context: CallContext): Promise<ConsentSnapshot>;
  readConsent?(consent: HeldConsent, context: CallContext): Promise<ConsentSnapshot>;
  revokeConsent?(consent: HeldConsent, context: CallContext): Promise<ConsentSnapshot>;
}

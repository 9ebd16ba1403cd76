import type { Consent } from '../consent.js';
import type { Payment } from '../payments/payment.js';
import type { ScaContext } from '../subject.js';

/** transactionStatus of a signing basket; ACSC is shown once every payment in it is ACSC. */
export type BasketStatus = 'RCVD' | 'PATC' | 'ACTC' | 'RJCT' | 'CANC';

/** Payments and consents that one SCA authorises together. */
export interface SigningBasket extends ScaContext {
  kind: 'basket';
  payments: readonly Payment[];
  consents: readonly Consent[];
  status: BasketStatus;
}

/** Waiting for a signature, so that its members cannot be authorised on their own. */
export function isBasketOpen({ status }: SigningBasket): boolean {
  return status === 'RCVD' || status === 'PATC';
}

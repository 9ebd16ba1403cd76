import { reasonText } from './rejection-rules.js';
import type { ExecutedTransfer, Payment } from './payment.js';

/** A message of `tppMessages`. */
export interface TppNotice {
  category: 'ERROR' | 'WARNING';
  code: string;
  path?: string;
  text: string;
}

/** Amounts that make the bank say something and go on, so that a tester can have it without a control call. */
export const NOTICED_AMOUNTS: Readonly<Record<string, TppNotice>> = {
  '77.01': { category: 'WARNING', code: 'WARNING', text: 'The payee is new to this account' },
  '77.02': {
    category: 'WARNING',
    code: 'BENEFICIARY_WHITELISTING_REQUIRED',
    text: 'The PSU must add the payee to the trusted beneficiaries first',
  },
};

/** psuMessage and tppMessages of the answer to an initiation. */
export function initiationMessages(payment: Payment): Record<string, unknown> {
  const notices = payment.transfers.flatMap(({ amount }) => NOTICED_AMOUNTS[amount.toFixed(2)] ?? []);
  if (payment.reason !== undefined) {
    return reasonMessages(payment);
  }
  return notices.length === 0
    ? {}
    : { psuMessage: notices.map(({ text }) => `${text}.`).join(' '), tppMessages: notices };
}

/** The reason of a rejection, whole or of single items: ISO 20022 code and words, for the PSU and for the TPP. */
export function reasonMessages(payment: Payment): Record<string, unknown> {
  const items = payment.service === 'bulk-payments' ? (payment.executions[0]?.transfers ?? []) : [];
  if (payment.reason === undefined) {
    const notices = items.flatMap(itemNotice);
    return notices.length === 0
      ? {}
      : { psuMessage: `${notices.length} of ${items.length} payments were rejected`, tppMessages: notices };
  }
  const whole: TppNotice = { category: 'ERROR', code: 'PAYMENT_FAILED', text: payment.reason };
  return {
    psuMessage: `The payment was rejected: ${payment.reason}`,
    tppMessages: [whole, ...items.flatMap(itemNotice)],
  };
}

function itemNotice({ reasonCode }: ExecutedTransfer, index: number): TppNotice[] {
  return reasonCode === undefined
    ? []
    : [{ category: 'ERROR', code: 'PAYMENT_FAILED', path: `payments[${index}]`, text: reasonText(reasonCode) }];
}

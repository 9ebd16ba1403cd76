import { type AccountIdentifier, formatMoney, sameMoney } from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import type { PaymentSnapshot } from '@tributary/providers';
import { namesStranger } from './item-statuses.js';

/** What does not fit the order; the snapshot is then not applied. */
export type IntegrityFinding =
  'amount-mismatch' | 'creditor-mismatch' | 'reference-mismatch' | 'reference-taken' | 'item-mismatch';

/** Compares what an upstream says with the order. What contradicts it is not believed. */
export function integrity(payment: Payment, snapshot: PaymentSnapshot): IntegrityFinding | null {
  const { order } = payment;
  const asked = { minor: payment.amountMinor, currency: payment.currency };
  if (snapshot.amount && !sameMoney(snapshot.amount, asked)) return 'amount-mismatch';
  if ('creditor' in order && namesOther(order.creditor.account, snapshot.creditorAccount)) return 'creditor-mismatch';
  if (snapshot.reference && payment.reference && snapshot.reference !== payment.reference) return 'reference-mismatch';
  return namesStranger(payment, snapshot.items) ? 'item-mismatch' : null;
}

/** Only a whole IBAN can be compared with an IBAN: banks mask numbers, or name the same account in another way. */
function namesOther({ scheme, value }: AccountIdentifier, said: string | undefined): boolean {
  const named = compact(said ?? '');
  return scheme === 'iban' && iban.test(named) && named !== compact(value);
}

const iban = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;
const compact = (account: string): string => account.replaceAll(/[\s-]/g, '').toUpperCase();

/** One sentence for people about why an observation was not believed, or contradicts an end; null where it was fine. */
export function alertFor(why: string, payment: Payment, snapshot: PaymentSnapshot): string | null {
  switch (why) {
    case 'final-contradicted':
      return `final ${payment.isoStatus} is contradicted by ${snapshot.upstreamStatus}`;
    case 'amount-mismatch':
      return `the upstream names another amount than ${formatMoney({ minor: payment.amountMinor, currency: payment.currency })}`;
    case 'creditor-mismatch':
      return 'the upstream names another creditor account than the order';
    case 'reference-mismatch':
      return 'the upstream names another payment';
    case 'item-mismatch':
      return 'the upstream names an item that the bulk does not have';
    default:
      return null;
  }
}

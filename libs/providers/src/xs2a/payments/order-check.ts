import { type AnyOrder, type BulkItem, formatMoney, isBulk, type Money, type PaymentOrder } from '@tributary/domain';
import { type PaymentIntent, ProviderError } from '../../port/index.js';
import { painProblem } from '../pain/pain-limits.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { offeredServices, productFor } from './offer.js';
import { type PaymentProduct, serviceFor } from './products.js';

/** Lengths of the JSON members (1.3.11, schema paymentInitiation_json). */
const maxLengths = { creditorName: 70, debtorName: 70, endToEndId: 35, unstructured: 140, structured: 140 } as const;
/** 14 digits before the point (schema amountValue). */
const maxWholeDigits = 14;
/** The framework names at most eleven months; all twelve are `Monthly`. */
const maxMonths = 11;

type Transfer = Pick<BulkItem, 'amount' | 'creditor' | 'endToEndId' | 'remittance'>;

/** The product that carries an order. Throws ProviderError `unsupported` for one that this bank cannot carry, naming the field. */
export function productOf({ order }: Pick<PaymentIntent<AnyOrder>, 'order'>, settings: Xs2aSettings): PaymentProduct {
  const product = productFor(order, settings);
  if (product === undefined) throw refused('scheme', 'this institution does not offer it');
  const service = serviceFor(order);
  if (!offeredServices(settings).includes(service)) {
    const [field, what] = neededBy[service];
    throw refused(field, `this institution offers no ${what} payments`);
  }
  if (order.executionDate !== undefined && settings.futureDated === false) {
    throw refused('executionDate', 'this institution takes no day of execution');
  }
  checkDebtor(order, product, settings);
  if (isBulk(order)) {
    order.items.forEach((item, index) => checkTransfer(item, product, `items.${index}.`));
  } else {
    checkTransfer(order, product, '');
    checkRecurrence(order);
  }
  const problem = product.format === 'xml' ? painProblem(order) : null;
  if (problem !== null) throw refused(...problem);
  return product;
}

/** What of an order makes a service needed, and what to call it. */
const neededBy = {
  payments: ['scheme', 'single'],
  'bulk-payments': ['items', 'bulk'],
  'periodic-payments': ['recurrence', 'recurring'],
} as const;

function checkDebtor({ debtor }: AnyOrder, product: PaymentProduct, settings: Xs2aSettings): void {
  const { ibanOnly, format, name } = product;
  const account = debtor?.account;
  // pain.001 has no message without the account that pays.
  if (account === undefined && (settings.debtorAccountRequired !== false || format === 'xml')) {
    throw refused('debtor.account', 'this institution needs to know which account pays');
  }
  if (ibanOnly && account !== undefined && account.scheme !== 'iban') {
    throw refused('debtor.account', `${name} needs an IBAN`);
  }
  limit('debtor.name', debtor?.name, maxLengths.debtorName);
}

/** What a single payment and an item of a bulk have in common. `at` leads to the item. */
function checkTransfer({ amount, creditor, endToEndId, remittance }: Transfer, product: PaymentProduct, at: string) {
  const { currency, ibanOnly, name } = product;
  checkAmount(amount, currency, name, at);
  if (ibanOnly && creditor.account.scheme !== 'iban') throw refused(`${at}creditor.account`, `${name} needs an IBAN`);
  if (creditor.name.trim() === '') throw refused(`${at}creditor.name`, 'it is required');
  limit(`${at}creditor.name`, creditor.name, maxLengths.creditorName);
  limit(`${at}endToEndId`, endToEndId, maxLengths.endToEndId);
  limit(`${at}remittance.unstructured`, remittance?.unstructured, maxLengths.unstructured);
  limit(`${at}remittance.structured`, remittance?.structured, maxLengths.structured);
  // EPC SCT rulebook, attribute AT-T009: one of both.
  if (ibanOnly && remittance?.structured !== undefined && remittance.unstructured !== undefined) {
    const why = 'a SEPA transfer carries an unstructured text or a structured reference, not both';
    throw refused(`${at}remittance`, why);
  }
}

function checkAmount(amount: Money, currency: string | null, product: string, at: string): void {
  if (amount.minor <= 0n) throw refused(`${at}amount`, 'it must be more than zero');
  if (currency !== null && amount.currency !== currency) {
    throw refused(`${at}amount.currency`, `${product} is in ${currency} only`);
  }
  const whole = formatMoney(amount).split('.')[0] ?? '';
  if (whole.length > maxWholeDigits) throw refused(`${at}amount`, `at most ${maxWholeDigits} digits before the point`);
}

function checkRecurrence({ recurrence, executionDate }: PaymentOrder): void {
  if (recurrence === undefined) return;
  const { startDate, endDate, monthsOfExecution } = recurrence;
  if (executionDate !== undefined) throw refused('executionDate', 'a recurring payment begins at its start date');
  if (endDate !== undefined && endDate < startDate) throw refused('recurrence.endDate', 'it is before the start date');
  if (monthsOfExecution !== undefined && monthsOfExecution.length > maxMonths) {
    throw refused('recurrence.monthsOfExecution', `at most ${maxMonths} months; all of them are "monthly"`);
  }
}

function limit(field: string, text: string | undefined, length: number): void {
  if (text !== undefined && Array.from(text).length > length) throw refused(field, `at most ${length} characters`);
}

function refused(field: string, why: string): ProviderError {
  const message = `The institution cannot carry this payment: "${field}": ${why}. Nothing was sent to it.`;
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'checkPayment', field, message });
}

import { formatMoney, type PaymentOrder } from '@tributary/domain';
import { type HeldPayment, ProviderError } from '../../port/index.js';
import { wireIdentifier } from '../accounts/access.js';
import { allProducts, type PaymentProduct, paymentProducts, productFor } from './products.js';
import { providerId, type Xs2aSettings } from '../settings.js';

/** Lengths of the JSON members (1.3.11, schema paymentInitiation_json). */
const maxLengths = { creditorName: 70, endToEndId: 35, unstructured: 140, structured: 140 } as const;
/** 14 digits before the point (schema amountValue). */
const maxWholeDigits = 14;

/** The product that carries an order. Throws ProviderError `unsupported` for one that this bank cannot carry, naming the field. */
export function productOf({ order }: Pick<HeldPayment, 'order'>, settings: Xs2aSettings): PaymentProduct {
  const product = productFor(order.scheme, settings.paymentProducts ?? allProducts);
  if (product === undefined) throw refused('scheme', 'this institution does not offer it');
  const { currency, ibanOnly } = paymentProducts[product];
  const { amount, creditor, debtor } = order;
  if (amount.minor <= 0n) throw refused('amount', 'it must be more than zero');
  if (currency !== null && amount.currency !== currency)
    throw refused('amount.currency', `${product} is in ${currency} only`);
  const whole = formatMoney(amount).split('.')[0] ?? '';
  if (whole.length > maxWholeDigits) throw refused('amount', `at most ${maxWholeDigits} digits before the point`);
  if (ibanOnly && creditor.account.scheme !== 'iban') throw refused('creditor.account', `${product} needs an IBAN`);
  if (ibanOnly && debtor?.account !== undefined && debtor.account.scheme !== 'iban') {
    throw refused('debtor.account', `${product} needs an IBAN`);
  }
  if (settings.debtorAccountRequired !== false && debtor?.account === undefined) {
    throw refused('debtor.account', 'this institution needs to know which account pays');
  }
  checkTexts(order, ibanOnly);
  return product;
}

function checkTexts({ creditor, endToEndId, remittance }: PaymentOrder, sepa: boolean): void {
  if (creditor.name.trim() === '') throw refused('creditor.name', 'it is required');
  limit('creditor.name', creditor.name, maxLengths.creditorName);
  limit('endToEndId', endToEndId, maxLengths.endToEndId);
  limit('remittance.unstructured', remittance?.unstructured, maxLengths.unstructured);
  limit('remittance.structured', remittance?.structured, maxLengths.structured);
  // EPC SCT rulebook, attribute AT-T009: one of both.
  if (sepa && remittance?.structured !== undefined && remittance.unstructured !== undefined) {
    throw refused('remittance', 'a SEPA transfer carries an unstructured text or a structured reference, not both');
  }
}

/** The JSON body of a single payment. */
export function initiationBody(order: PaymentOrder, product: PaymentProduct, settings: Xs2aSettings): object {
  const { creditor, debtor, remittance } = order;
  const { structured, unstructured } = remittance ?? {};
  return {
    endToEndIdentification: paymentProducts[product].endToEndId ? order.endToEndId : undefined,
    debtorAccount: debtor?.account && wireIdentifier(debtor.account),
    debtorName: debtor?.name,
    instructedAmount: { currency: order.amount.currency, amount: formatMoney(order.amount) },
    creditorAccount: wireIdentifier(creditor.account),
    creditorAgent: creditor.agent?.bic,
    creditorAgentName: creditor.agent?.name,
    creditorName: creditor.name,
    creditorAddress: creditor.address,
    remittanceInformationUnstructured: unstructured,
    remittanceInformationStructured:
      settings.structuredRemittance === 'object' && structured !== undefined ? { reference: structured } : structured,
    requestedExecutionDate: order.executionDate,
  };
}

function limit(field: string, text: string | undefined, length: number): void {
  if (text !== undefined && Array.from(text).length > length) throw refused(field, `at most ${length} characters`);
}

function refused(field: string, why: string): ProviderError {
  const message = `The institution cannot carry this payment: "${field}": ${why}. Nothing was sent to it.`;
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'checkPayment', message });
}

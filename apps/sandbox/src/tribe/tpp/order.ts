import type { Json } from '../answer.js';
import { totalsOf } from '../bridge/to-bank.js';
import type { Fields } from '../fields.js';
import { amountProblem, decimalsOf } from '../money.js';
import type { Bank } from '../parties.js';
import { Refusal, formatError, invalidField } from '../refusal.js';
import type { Settings } from '../settings.js';
import { SCHEMES, type Scheme } from '../vocabulary.js';

const ITEM = [
  'creditorAccount',
  'creditorName',
  'instructedAmount',
  'remittanceInformationUnstructured',
  'remittanceInformationStructured',
  'creditorAddress',
];
const SINGLE = [...ITEM, 'paymentScheme', 'debtorAccount', 'debtorName', 'creditorBank'];

/** What is known of an order after its check. */
export interface CheckedOrder {
  content: Json;
  scheme: Scheme;
}

/**
 * Checks a SinglePayment as the TPP API describes it; all mistakes are told together.
 * @param bank undefined while the PSU still has to choose one.
 * @throws Refusal 400 FORMAT_ERROR or PAYMENT_SCHEME_INVALID.
 */
export function checkSingle(json: Json, fields: Fields, bank: Bank | undefined, settings: Settings): CheckedOrder {
  fields.only(...SINGLE);
  const scheme = fields.oneOf('paymentScheme', SCHEMES);
  checkDebtor(fields, settings);
  checkItem(fields);
  const creditorBank = fields.object('creditorBank', scheme === 'SWIFT')?.only('name', 'bic', 'country');
  creditorBank?.text('name', { required: scheme === 'SWIFT' });
  creditorBank?.text('bic', { max: 11 });
  creditorBank?.text('country', { min: 2, max: 2, required: scheme === 'SWIFT' });
  fields.assert(settings.fieldErrors);
  const used = checkScheme(scheme ?? defaultScheme(json, settings), bank);
  return { content: scheme ? json : { ...json, paymentScheme: used }, scheme: used };
}

/** Checks a BulkPayment: 1 to 1000 items of one currency. */
export function checkBulk(json: Json, fields: Fields, bank: Bank, settings: Settings): CheckedOrder {
  fields.only('paymentScheme', 'debtorAccount', 'debtorName', 'payments');
  const scheme = fields.oneOf('paymentScheme', SCHEMES, true);
  checkDebtor(fields, settings);
  for (const item of fields.objects('payments', 1, 1000)) {
    checkItem(item.only(...ITEM));
  }
  fields.assert(settings.fieldErrors);
  const payments = json['payments'] as Json[];
  const currencies = new Set(payments.map((item) => (item['instructedAmount'] as Json)['currency']));
  if (currencies.size > 1) {
    throw formatError(invalidField('payments', 'must all have the same currency'));
  }
  if (totalsOf(payments).amount.length > 10) {
    throw formatError(invalidField('payments', 'have a sum of more than 10 characters'));
  }
  if (scheme === undefined || scheme === 'SWIFT') {
    throw schemeInvalid('SWIFT cannot be used for bulk payments');
  }
  return { content: json, scheme: checkScheme(scheme, bank) };
}

function checkDebtor(fields: Fields, settings: Settings): void {
  const debtor = fields.object('debtorAccount', settings.debtorAccount === 'required');
  if (debtor) {
    checkReference(debtor);
  }
  fields.text('debtorName', { max: 70 });
}

function checkItem(fields: Fields): void {
  const creditor = fields.object('creditorAccount', true);
  if (creditor) {
    checkReference(creditor);
  }
  fields.text('creditorName', { max: 70, required: true });
  fields.text('remittanceInformationUnstructured', { max: 140 });
  const structured = fields.object('remittanceInformationStructured')?.only('reference', 'referenceType');
  structured?.text('reference', { max: 35, required: true });
  structured?.text('referenceType', { max: 35 });
  const address = fields
    .object('creditorAddress')
    ?.only('streetName', 'buildingNumber', 'townName', 'postCode', 'country');
  address?.text('streetName', { max: 70 });
  address?.text('buildingNumber');
  address?.text('townName');
  address?.text('postCode');
  address?.text('country', { min: 2, max: 2, required: true });
  checkAmount(fields);
}

/** `instructedAmount`: positive, with at most the currency's decimals. */
export function checkAmount(fields: Fields): void {
  const amount = fields.object('instructedAmount', true)?.only('amount', 'currency');
  const currency = amount?.text('currency', {
    min: 3,
    max: 3,
    required: true,
    check: (text) => (decimalsOf(text) === undefined ? 'is not a currency of ISO 4217' : undefined),
  });
  amount?.text('amount', {
    max: 14,
    required: true,
    check: (text) => (currency === undefined ? undefined : amountProblem(text, currency)),
  });
}

/** At least one of iban, bban, or accountNumber with sortCode. */
export function checkReference(account: Fields): void {
  account.only('iban', 'bban', 'accountNumber', 'sortCode');
  account.text('iban', { max: 34 });
  account.text('bban', { max: 30 });
  const digits = (text: string) => (/^\d+$/.test(text) ? undefined : 'must have digits only');
  account.text('accountNumber', { min: 8, max: 8, check: digits });
  account.text('sortCode', { min: 6, max: 6, check: digits });
  const domestic = account.has('accountNumber') && account.has('sortCode');
  if (!account.has('iban') && !account.has('bban') && !domestic) {
    account.wrong('iban', 'or bban or accountNumber with sortCode is needed');
  }
}

/** FPS for GBP with identifiers of the United Kingdom on both sides, SCT for EUR with IBANs; otherwise no guess. */
function defaultScheme(order: Json, settings: Settings): Scheme {
  const { currency } = order['instructedAmount'] as { currency: string };
  const accounts = [order['creditorAccount'], order['debtorAccount'] ?? order['creditorAccount']] as Json[];
  const british = accounts.every(
    ({ sortCode, iban }) => sortCode !== undefined || (typeof iban === 'string' && iban.startsWith('GB')),
  );
  if (settings.defaultScheme === 'guessed' && currency === 'GBP' && british) {
    return 'FPS';
  }
  if (settings.defaultScheme === 'guessed' && currency === 'EUR' && accounts.every(({ iban }) => iban !== undefined)) {
    return 'SCT';
  }
  throw schemeInvalid('paymentScheme is missing and cannot be guessed');
}

/** @throws Refusal 400 PAYMENT_SCHEME_INVALID when the bank does not offer it. */
export function checkScheme(scheme: Scheme, bank: Bank | undefined): Scheme {
  if (bank && !bank.paymentSchemes.includes(scheme)) {
    throw schemeInvalid('Provided payment scheme is invalid for current ASPSP');
  }
  return scheme;
}

function schemeInvalid(title: string): Refusal {
  return new Refusal(400, 'PAYMENT_SCHEME_INVALID', title);
}

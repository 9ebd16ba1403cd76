import { type AnyOrder, type BulkItem, formatMoney, isBulk, type Money, type PaymentOrder } from '@tributary/domain';
import { ProviderError } from '../port/index.js';
import { wireReference } from './identifiers.js';
import { type WirePaymentScheme, wireSchemeOf } from './schemes.js';
import { providerId } from './settings.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';

/** Lengths of the members (TPP API v2, SinglePayment and below it). */
const longest = { name: 70, unstructured: 140, structured: 35, street: 70 } as const;
/** 11 digits and two decimals (StructuredAmount: 14 characters); a bulk's total has 10 characters on its way to the bank. */
const amountForm = /^\d{1,11}(\.\d{1,2})?$/;
const longestTotal = 10;
/** Schemes of one currency. */
const currencies: Partial<Record<WirePaymentScheme, string>> = {
  SCT: 'EUR',
  SCTI: 'EUR',
  FPS: 'GBP',
  BACS: 'GBP',
  CHAPS: 'GBP',
};

type Transfer = Pick<BulkItem, 'amount' | 'creditor' | 'endToEndId' | 'endToEndIdIsOurs' | 'remittance'>;

/**
 * The body of an initiation. What Tribe has no member for is refused, naming the field: an order that goes out is the order that
 * the app gave. The one exception is an end-to-end id that we made ourselves.
 * @throws ProviderError `unsupported`
 */
export function initiationBody(order: AnyOrder, settings: Pick<TppSettings, 'schemeWhenAbsent'>): object {
  const scheme = wireScheme(order, settings);
  if (order.executionDate !== undefined) throw refused('executionDate', 'Tribe takes no day of execution');
  return isBulk(order) ? bulkBody(order, scheme) : singleBody(order, scheme);
}

function singleBody(order: PaymentOrder, scheme: WirePaymentScheme | undefined): object {
  if (order.recurrence !== undefined) throw refused('recurrence', 'Tribe has no recurring payments');
  return {
    paymentScheme: scheme,
    ...debtorOf(order),
    ...transferOf(order, scheme, ''),
    creditorBank: bankOf(order, scheme),
  };
}

function bulkBody(order: Extract<AnyOrder, { items: unknown }>, scheme: WirePaymentScheme | undefined): object {
  if (scheme === undefined) throw refused('scheme', 'a bulk payment needs one');
  if (scheme === 'SWIFT') throw refused('scheme', 'Tribe has no bulk payments by SWIFT');
  if (order.batchBooking !== undefined) throw refused('batchBooking', 'Tribe cannot be told how to book');
  if (formatMoney(order.amount).length > longestTotal) {
    throw refused('controlSum', `Tribe takes at most ${longestTotal} characters`);
  }
  const payments = order.items.map((item, index) => {
    const at = `items.${index}.`;
    if (item.creditor.agent !== undefined) throw refused(`${at}creditor.agent`, 'an item of a bulk has no bank here');
    return transferOf(item, scheme, at);
  });
  return { paymentScheme: scheme, ...debtorOf(order), payments };
}

/** What a single payment and an item of a bulk have in common. `at` leads to the item. */
function transferOf(transfer: Transfer, scheme: WirePaymentScheme | undefined, at: string): object {
  const { amount, creditor, remittance, endToEndIdIsOurs } = transfer;
  if (endToEndIdIsOurs !== true) throw refused(`${at}endToEndId`, 'Tribe carries no end-to-end id');
  const account = wireReference(creditor.account);
  if (account === undefined) throw refused(`${at}creditor.account`, 'Tribe takes an IBAN, a BBAN or a UK account');
  if (creditor.name.trim() === '') throw refused(`${at}creditor.name`, 'it is required');
  const { unstructured, structured } = remittance ?? {};
  limit(`${at}remittance.unstructured`, unstructured, longest.unstructured);
  limit(`${at}remittance.structured`, structured, longest.structured);
  return {
    instructedAmount: amountOf(amount, scheme, at),
    creditorAccount: account,
    creditorName: limit(`${at}creditor.name`, creditor.name, longest.name),
    creditorAddress: addressOf(creditor, at),
    remittanceInformationUnstructured: unstructured,
    remittanceInformationStructured: structured === undefined ? undefined : { reference: structured },
  };
}

function amountOf(amount: Money, scheme: WirePaymentScheme | undefined, at: string): object {
  const { minor, currency } = amount;
  if (minor <= 0n) throw refused(`${at}amount`, 'it must be more than zero');
  const needed = scheme && currencies[scheme];
  if (needed !== undefined && currency !== needed)
    throw refused(`${at}amount.currency`, `${scheme} is in ${needed} only`);
  const text = formatMoney(amount);
  if (!amountForm.test(text)) throw refused(`${at}amount`, 'Tribe takes at most 11 digits and two decimals');
  return { amount: text, currency };
}

function addressOf({ address }: Transfer['creditor'], at: string): object | undefined {
  if (address === undefined) return undefined;
  const { streetName, buildingNumber, townName, postCode, country } = address;
  limit(`${at}creditor.address.streetName`, streetName, longest.street);
  return { streetName, buildingNumber, townName, postCode, country };
}

/** Where the creditor has the account; SWIFT cannot do without its name and country. */
function bankOf({ creditor: { agent } }: PaymentOrder, scheme: WirePaymentScheme | undefined): object | undefined {
  if (scheme === 'SWIFT' && (agent?.name === undefined || agent.country === undefined)) {
    throw refused('creditor.agent', 'SWIFT needs name and country of the bank of the creditor');
  }
  return agent && { name: agent.name, bic: agent.bic, country: agent.country };
}

/** Without an account the PSU chooses one at the bank. */
function debtorOf({ debtor }: AnyOrder): object {
  if (debtor === undefined) return {};
  const { name, account } = debtor;
  const reference = account && wireReference(account);
  if (account !== undefined && reference === undefined) {
    throw refused('debtor.account', 'Tribe takes an IBAN, a BBAN or a UK account');
  }
  return { debtorAccount: reference, debtorName: limit('debtor.name', name, longest.name) };
}

/**
 * The scheme that carries an order; undefined where the bank decides.
 * @throws ProviderError `unsupported`
 */
export function wireScheme(
  order: AnyOrder,
  settings: Pick<TppSettings, 'schemeWhenAbsent'>,
): WirePaymentScheme | undefined {
  const { schemeWhenAbsent: whenAbsent } = { ...tppDefaults, ...settings };
  if (order.scheme !== undefined) {
    const scheme = wireSchemeOf(order.scheme);
    if (scheme === undefined) throw refused('scheme', 'Tribe does not have it');
    return scheme;
  }
  if (whenAbsent === 'omit' && !isBulk(order)) return undefined;
  const derived = derivedScheme(order);
  if (derived === undefined) throw refused('scheme', 'name one: it does not follow from currency and accounts');
  return derived;
}

/** As Tribe's own defaults: UK payments are Faster Payments, payments in the EU SEPA credit transfers. */
function derivedScheme(order: AnyOrder): WirePaymentScheme | undefined {
  const creditors = isBulk(order) ? order.items.map(({ creditor }) => creditor.account) : [order.creditor.account];
  const accounts = order.debtor?.account ? [...creditors, order.debtor.account] : creditors;
  const all = (fits: (account: (typeof accounts)[number]) => boolean): boolean => accounts.every(fits);
  if (order.amount.currency === 'EUR' && all(({ scheme }) => scheme === 'iban')) return 'SCT';
  const uk = all(
    ({ scheme, value }) => scheme === 'sortCodeAccountNumber' || (scheme === 'iban' && value.startsWith('GB')),
  );
  return order.amount.currency === 'GBP' && uk ? 'FPS' : undefined;
}

function limit(field: string, value: string | undefined, most: number): string | undefined {
  if (value !== undefined && Array.from(value).length > most) throw refused(field, `at most ${most} characters`);
  return value;
}

/** The refusal of an order that Tribe cannot carry; it is made before anything is sent. */
export function refused(field: string, why: string): ProviderError {
  const message = `${field}: ${why}. Nothing was sent.`;
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'checkPayment', field, message });
}

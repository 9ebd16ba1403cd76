import {
  type AccountIdentifier,
  largestBulk,
  type Money,
  MoneyError,
  parseMoney,
  type PostalAddress,
} from '@tributary/domain';
import { isValidIBAN } from 'ibantools';
import { type BankOrder, type BankOrderItem, BankRefusal } from '../../port/index.js';
import { schemeOf } from '../schemes.js';
import type { Faults, Fields } from './fields.js';
import { bankDefaults, type BankSettings } from './settings.js';

/** Digits of an amount as Tribe takes them: eleven and two, and ten characters for the total of a bulk. */
const amountForm = /^\d{1,11}(?:\.\d{1,2})?$/;
const longestTotal = 10;
const countryForm = /^[A-Z]{2}$/;

type OrderSettings = Pick<BankSettings, 'defaultSchemes' | 'debtorAccount'>;

/** A payment of one creditor, with or without a consent. */
export function readSingle(
  kind: 'single' | 'direct',
  body: Fields,
  faults: Faults,
  settings: OrderSettings,
): BankOrder {
  const item = readItem(body);
  const order = { ...readFrame(body, settings), kind, items: [item], amount: item.amount };
  const bank = item.creditor.agent;
  return finish(order, body, faults, settings, bank?.name !== undefined && bank.country !== undefined);
}

/** One debtor, one scheme, up to a thousand creditors. */
export function readBulk(body: Fields, faults: Faults, settings: OrderSettings): BankOrder {
  const payments = body.list('payments') ?? [];
  body.missing('payments');
  if (body.has('payments') && (payments.length === 0 || payments.length > largestBulk)) {
    body.fault('payments', `must have 1 to ${largestBulk} items`);
  }
  const items = payments.slice(0, largestBulk).map(readItem);
  const amount = readAmount(body, 'instructed_totals', longestTotal);
  if (!faults.any) checkTotal(items, amount, body);
  return finish({ ...readFrame(body, settings), kind: 'bulk', items, amount }, body, faults, settings, false);
}

type Unfinished = Omit<BankOrder, 'scheme'>;

/** The scheme comes last: a default needs to know the accounts. */
function finish(
  order: Unfinished,
  body: Fields,
  faults: Faults,
  settings: OrderSettings,
  creditorBankKnown: boolean,
): BankOrder {
  const word = body.text('payment_scheme', 35);
  if (faults.any) return { ...order, scheme: '' };
  const scheme = word === undefined ? defaultScheme(order, settings) : schemeOf(word);
  if (scheme === undefined) {
    throw new BankRefusal(
      'scheme-unsupported',
      word === undefined ? 'No payment scheme is named, and none is obvious' : 'This payment scheme does not exist',
    );
  }
  if (scheme === 'SWIFT' && order.kind === 'bulk') {
    throw new BankRefusal('scheme-unsupported', 'A bulk payment has no place for the banks that SWIFT needs');
  }
  if (scheme === 'SWIFT' && !creditorBankKnown) body.fault('creditor_bank', 'is missing, which SWIFT needs');
  return { ...order, scheme };
}

/** FPS within the United Kingdom, SCT between IBANs in EUR; for everything else there is no guess. */
function defaultScheme({ amount, debtorAccount, items }: Unfinished, { defaultSchemes }: OrderSettings) {
  if (!(defaultSchemes ?? bankDefaults.defaultSchemes)) return undefined;
  const accounts = items.map(({ creditor }) => creditor.account);
  const debtors = debtorAccount ?? [];
  const british = ({ scheme, value }: AccountIdentifier): boolean =>
    scheme === 'sortCodeAccountNumber' || (scheme === 'iban' && value.startsWith('GB'));
  if (amount.currency === 'GBP' && accounts.every(british) && (debtors.length === 0 || debtors.some(british))) {
    return schemeOf('FPS');
  }
  const iban = ({ scheme }: AccountIdentifier): boolean => scheme === 'iban';
  const european = accounts.every(iban) && (debtors.length === 0 || debtors.some(iban));
  return amount.currency === 'EUR' && european ? schemeOf('SCT') : undefined;
}

function readFrame(
  body: Fields,
  settings: OrderSettings,
): Pick<BankOrder, 'debtorAccount' | 'debtorName' | 'callbackUrl'> {
  if ((settings.debtorAccount ?? bankDefaults.debtorAccount) === 'required') body.missing('debtor_account');
  const debtor = body.object('debtor_account');
  const identifiers = debtor ? readIdentifiers(debtor) : [];
  if (debtor && identifiers.length === 0) body.fault('debtor_account', needsIdentifier);
  const callbackUrl = body.requiredText('callback_url', 2_000);
  if (callbackUrl !== '' && !isWebUrl(callbackUrl)) body.fault('callback_url', 'must be an http or https URL');
  return { debtorAccount: debtor ? identifiers : null, debtorName: body.text('debtor_name', 70), callbackUrl };
}

function readItem(body: Fields): BankOrderItem {
  const amount = readAmount(body, 'instructed_amount', 14);
  const account = body.object('creditor_account');
  body.missing('creditor_account');
  const identifiers = account ? readIdentifiers(account) : [];
  if (account && identifiers.length === 0) body.fault('creditor_account', needsIdentifier);
  if (account && contradict(identifiers))
    account.fault('iban', 'is of another account than sort_code and account_number');
  const structured = body.object('remittance_information_structured');
  const bank = body.object('creditor_bank');
  const agent = bank && { name: bank.requiredText('name', 140), bic: bank.text('bic', 11), country: readCountry(bank) };
  const creditor = {
    name: body.text('creditor_name', 70) ?? '',
    account: identifiers[0] ?? { scheme: 'other', value: '' },
    address: readAddress(body.object('creditor_address')),
    agent: agent && { name: agent.name, country: agent.country, ...(agent.bic !== undefined && { bic: agent.bic }) },
  } as const;
  const remittance = {
    unstructured: body.text('remittance_information_unstructured', 140),
    structured: structured?.requiredText('reference', 35),
    structuredType: structured?.text('reference_type', 35),
  };
  const empty = remittance.unstructured === undefined && remittance.structured === undefined;
  return { amount, creditor, creditorIdentifiers: identifiers, remittance: empty ? undefined : remittance };
}

const needsIdentifier = 'needs an iban, a bban, or an account_number with sort_code';

/** Every way in which an account names itself, the best one first. */
export function readIdentifiers(account: Fields): readonly AccountIdentifier[] {
  const iban = account.text('iban', 34);
  if (iban !== undefined && !isValidIBAN(iban)) account.fault('iban', 'is not an IBAN');
  const bban = account.matching('bban', /^[A-Za-z0-9]{1,30}$/, 'must have 1 to 30 letters and digits');
  const number = account.digits('account_number', 8);
  const sortCode = account.digits('sort_code', 6);
  if (number !== undefined && sortCode === undefined) account.missing('sort_code');
  if (sortCode !== undefined && number === undefined) account.missing('account_number');
  return [
    ...(iban === undefined ? [] : [{ scheme: 'iban', value: iban } as const]),
    ...(number === undefined || sortCode === undefined
      ? []
      : [{ scheme: 'sortCodeAccountNumber', value: sortCode + number } as const]),
    ...(bban === undefined ? [] : [{ scheme: 'bban', value: bban } as const]),
  ];
}

/**
 * Whether a British IBAN and a sort code with an account number name two accounts: the one ends in the others (ISO 13616 registry,
 * GB). A BBAN says nothing for sure, as banks differ in what they call so.
 */
function contradict(identifiers: readonly AccountIdentifier[]): boolean {
  const named = (scheme: AccountIdentifier['scheme']) => identifiers.find((one) => one.scheme === scheme)?.value;
  const [iban, british] = [named('iban'), named('sortCodeAccountNumber')];
  return iban?.startsWith('GB') === true && british !== undefined && !iban.endsWith(british);
}

/** More than zero, at most two decimals, none beyond the currency's. */
export function readAmount(body: Fields, name: string, longest: number): Money {
  const nothing: Money = { minor: 0n, currency: 'XXX' };
  const object = body.object(name);
  body.missing(name);
  if (!object) return nothing;
  const currency = object.requiredText('currency', 3);
  const amount = object.requiredText('amount', longest);
  if (currency === '' || amount === '') return nothing;
  if (!amountForm.test(amount)) return object.fault('amount', 'must be a decimal amount such as 12.34') ?? nothing;
  try {
    const money = parseMoney(amount, currency);
    return money.minor > 0n ? money : (object.fault('amount', 'must be more than zero') ?? nothing);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    object.fault(error.code === 'currency' ? 'currency' : 'amount', `is ${error.message}`);
    return nothing;
  }
}

function checkTotal(items: readonly BankOrderItem[], total: Money, body: Fields): void {
  if (items.some(({ amount }) => amount.currency !== total.currency)) {
    body.fault('payments', 'must all be in the currency of the total');
  } else if (items.reduce((sum, { amount }) => sum + amount.minor, 0n) !== total.minor) {
    body.fault('instructed_totals', 'is not the sum of the payments');
  }
}

function readAddress(address: Fields | undefined): PostalAddress | undefined {
  if (!address) return undefined;
  return {
    streetName: address.text('street_name', 70),
    buildingNumber: address.text('building_number', 70),
    townName: address.text('town_name', 70),
    postCode: address.text('postal_code', 70),
    country: readCountry(address),
  };
}

function readCountry(body: Fields): string {
  body.missing('country');
  return body.matching('country', countryForm, 'must be two capital letters') ?? '';
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

import { isObject, type Json } from '../answer.js';
import { BALANCE_TYPES, isScheme } from '../vocabulary.js';
import { BankFailure } from './call-bank.js';
import { given } from './to-bank.js';

/** An answer of a bank that cannot be translated. */
function unreadable(what: string): BankFailure {
  return new BankFailure(200, undefined, `The bank's answer is not as agreed: ${what}`);
}

/** An account of a bank as the TPP gets it; numbers get their zeros back. */
export function accountFromBank(value: unknown): Json {
  if (!isObject(value)) {
    throw unreadable('an account is no object');
  }
  const { resource_id: resourceId, currency, payment_schemes: schemes } = value;
  if (typeof resourceId !== 'string' || resourceId === '' || typeof currency !== 'string') {
    throw unreadable('an account has no resource_id or no currency');
  }
  if (schemes !== undefined && (!Array.isArray(schemes) || !schemes.every(isScheme))) {
    throw unreadable('payment_schemes has an unknown scheme');
  }
  return given({
    resourceId,
    ...referenceFromBank(value),
    currency,
    paymentSchemes: schemes,
    name: optionalText(value, 'name'),
  });
}

/** The four identifiers. */
export function referenceFromBank(account: Json): Json {
  return given({
    iban: optionalText(account, 'iban'),
    bban: optionalText(account, 'bban'),
    accountNumber: padded(account['account_number'], 8, 'account_number'),
    sortCode: padded(account['sort_code'], 6, 'sort_code'),
  });
}

function padded(value: unknown, length: number, name: string): string | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  if (!/^\d+$/.test(text) || text.length > length) {
    throw unreadable(`${name} has not up to ${length} digits`);
  }
  return text.padStart(length, '0');
}

export function balanceFromBank(value: unknown): Json {
  const { balance_amount: amount, balance_type: type } = isObject(value) ? value : {};
  if (!BALANCE_TYPES.some((known) => known === type)) {
    throw unreadable('balance_type is not known');
  }
  return { balanceAmount: amountFromBank(amount, 'balance_amount'), balanceType: type };
}

function amountFromBank(value: unknown, name: string): Json {
  const { amount, currency } = isObject(value) ? value : {};
  if (typeof amount !== 'string' || !/^-?\d+(\.\d+)?$/.test(amount) || typeof currency !== 'string') {
    throw unreadable(`${name} needs amount and currency as texts`);
  }
  return { amount, currency };
}

/** The two dates move out of the amount. */
export function transactionFromBank(value: unknown): Json {
  if (!isObject(value)) {
    throw unreadable('a transaction is no object');
  }
  const amount = value['transaction_amount'];
  const structured = value['remittance_information_structured'];
  return given({
    transactionId: optionalText(value, 'transaction_id'),
    creditorName: optionalText(value, 'creditor_name'),
    creditorAccount: isObject(value['creditor_account']) ? referenceFromBank(value['creditor_account']) : undefined,
    debtorName: optionalText(value, 'debtor_name'),
    debtorAccount: isObject(value['debtor_account']) ? referenceFromBank(value['debtor_account']) : undefined,
    remittanceInformationUnstructured: optionalText(value, 'remittance_information_unstructured'),
    remittanceInformationStructured: isObject(structured)
      ? given({
          reference: optionalText(structured, 'reference'),
          referenceType: optionalText(structured, 'reference_type'),
        })
      : undefined,
    transactionAmount: amountFromBank(amount, 'transaction_amount'),
    valueDate: isObject(amount) ? optionalText(amount, 'value_date') : undefined,
    bookingDate: isObject(amount) ? optionalText(amount, 'booking_date') : undefined,
  });
}

export function listFromBank(answer: Json, name: string): unknown[] {
  const list = answer[name];
  if (!Array.isArray(list)) {
    throw unreadable(`${name} is no list`);
  }
  return list;
}

export function textFromBank(answer: Json, name: string, max = 2000): string {
  const text = answer[name];
  if (typeof text !== 'string' || text === '' || text.length > max) {
    throw unreadable(`${name} is no text of 1 to ${max} characters`);
  }
  return text;
}

function optionalText(json: Json, name: string): string | undefined {
  const value = json[name];
  if (value !== undefined && value !== null && typeof value !== 'string') {
    throw unreadable(`${name} is no text`);
  }
  return value ?? undefined;
}

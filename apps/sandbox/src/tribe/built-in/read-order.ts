import { Big } from 'big.js';
import { isObject, type Json } from '../answer.js';
import { amountProblem, decimalsOf } from '../money.js';
import { formatError, invalidField } from '../refusal.js';
import { isScheme, type Scheme } from '../vocabulary.js';
import type { AccountIdentifiers } from './customer.js';

/** One transfer of an order. */
export interface Transfer {
  amount: Big;
  currency: string;
  creditor: AccountIdentifiers;
  creditorName: string;
  reference: string | undefined;
}

/** An order as the bank understood it. */
export interface ReadOrder {
  scheme: Scheme;
  debtor: AccountIdentifiers | undefined;
  transfers: Transfer[];
  total: Big;
  currency: string;
  callbackUrl: string;
}

/**
 * A field that may come in two spellings.
 * @throws Refusal 400 FORMAT_ERROR when both are there and differ.
 */
function either(json: Json, snake: string, camel: string): unknown {
  const [one, other] = [json[snake], json[camel]];
  if (one !== undefined && other !== undefined && JSON.stringify(one) !== JSON.stringify(other)) {
    throw formatError(invalidField(snake, `and ${camel} are both there and differ`));
  }
  return one ?? other;
}

export function readAmount(json: Json, snake: string, camel: string): { amount: Big; currency: string } {
  const value = either(json, snake, camel);
  const { amount, currency } = isObject(value) ? value : {};
  if (typeof amount !== 'string' || typeof currency !== 'string') {
    throw formatError(invalidField(snake, 'needs amount and currency as texts'));
  }
  const problem = decimalsOf(currency) === undefined ? 'has no known currency' : amountProblem(amount, currency);
  if (problem !== undefined) {
    throw formatError(invalidField(snake, problem));
  }
  return { amount: new Big(amount), currency };
}

/** Numbers may come as integers without their zeros, or as texts. */
export function readIdentifiers(json: Json): AccountIdentifiers {
  const text = (name: string) => {
    const value = json[name];
    if (value !== undefined && typeof value !== 'string') {
      throw formatError(invalidField(name, 'must be a text'));
    }
    return value;
  };
  const digits = (name: string, length: number) => {
    const value = json[name];
    if (value === undefined) {
      return undefined;
    }
    const written = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    if (!/^\d+$/.test(written) || written.length > length) {
      throw formatError(invalidField(name, `must have up to ${length} digits`));
    }
    return written.padStart(length, '0');
  };
  return {
    iban: text('iban'),
    bban: text('bban'),
    accountNumber: digits('account_number', 8),
    sortCode: digits('sort_code', 6),
  };
}

/** Reads PaymentSingleRequest or PaymentBulkRequest, in both spellings; unknown fields are ignored. */
export function readOrder(body: Json, bulk: boolean): ReadOrder {
  const scheme = body['payment_scheme'];
  if (!isScheme(scheme)) {
    throw formatError(invalidField('payment_scheme', 'is not known'));
  }
  const callbackUrl = body['callback_url'];
  if (typeof callbackUrl !== 'string' || !URL.canParse(callbackUrl)) {
    throw formatError(invalidField('callback_url', 'must be a URL'));
  }
  const { payments } = body;
  if (bulk && !(Array.isArray(payments) && payments.length >= 1 && payments.length <= 1000)) {
    throw formatError(invalidField('payments', 'must be a list of 1 to 1000 items'));
  }
  const transfers = (bulk ? (payments as unknown[]) : [body]).map(readTransfer);
  const total = transfers.reduce((sum, { amount }) => sum.plus(amount), new Big(0));
  const currency = transfers[0]?.currency ?? '';
  if (transfers.some((transfer) => transfer.currency !== currency)) {
    throw formatError(invalidField('payments', 'must all have the same currency'));
  }
  if (bulk) {
    const totals = readAmount(body, 'instructed_totals', 'instructedTotals');
    if (!totals.amount.eq(total) || totals.currency !== currency) {
      throw formatError(invalidField('instructed_totals', 'is not the sum of the payments'));
    }
  }
  const debtor = body['debtor_account'];
  return {
    scheme,
    debtor: isObject(debtor) ? readIdentifiers(debtor) : undefined,
    transfers,
    total,
    currency,
    callbackUrl,
  };
}

function readTransfer(value: unknown): Transfer {
  if (!isObject(value)) {
    throw formatError(invalidField('payments', 'must be objects'));
  }
  const creditor = value['creditor_account'];
  const name = either(value, 'creditor_name', 'creditorName');
  const reference = either(value, 'remittance_information_unstructured', 'remittanceInformationUnstructured');
  if (!isObject(creditor)) {
    throw formatError(invalidField('creditor_account', 'is missing'));
  }
  return {
    ...readAmount(value, 'instructed_amount', 'instructedAmount'),
    creditor: readIdentifiers(creditor),
    creditorName: typeof name === 'string' ? name : '',
    reference: typeof reference === 'string' ? reference : undefined,
  };
}

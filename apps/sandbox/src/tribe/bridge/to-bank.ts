import { Big } from 'big.js';
import type { Json } from '../answer.js';
import { decimalsOf } from '../money.js';
import type { Settings } from '../settings.js';

type Style = Pick<Settings, 'naming' | 'numbers'>;

/** Leaves out what is undefined. */
export function given(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/**
 * A TPP's account reference in the bank's spelling. Numbers are integers there, so leading zeros are lost; only the
 * account number of a creditor is a text (BANK API webhooks, schemas DebtorAccount and CreditorAccount).
 */
export function accountToBank(
  account: unknown,
  role: 'account' | 'debtor' | 'creditor',
  style: Style,
): Json | undefined {
  if (account === undefined) {
    return undefined;
  }
  const { iban, bban, accountNumber, sortCode } = account as Record<string, string | undefined>;
  const asNumber = (text: string | undefined) =>
    text === undefined || style.numbers === 'texts' ? text : Number(text);
  return given({
    iban,
    bban,
    account_number: role === 'creditor' ? accountNumber : asNumber(accountNumber),
    sort_code: asNumber(sortCode),
  });
}

/** A single or direct payment as the bank gets it, with the island names of the document or in pure snake case. */
export function singleToBank(order: Json, scheme: string, callbackUrl: string, style: Style): Json {
  return given({
    payment_scheme: scheme,
    debtor_account: accountToBank(order['debtorAccount'], 'debtor', style),
    debtor_name: order['debtorName'],
    creditor_account: accountToBank(order['creditorAccount'], 'creditor', style),
    creditor_name: order['creditorName'],
    ...details(order, style),
    callback_url: callbackUrl,
    creditor_bank: order['creditorBank'],
  });
}

/** A bulk payment: the totals are the hub's own sum. */
export function bulkToBank(order: Json, scheme: string, callbackUrl: string, style: Style): Json {
  const payments = order['payments'] as Json[];
  const snake = style.naming === 'snake';
  return given({
    payment_scheme: scheme,
    debtor_account: accountToBank(order['debtorAccount'], 'debtor', style),
    debtor_name: order['debtorName'],
    callback_url: callbackUrl,
    instructed_totals: totalsOf(payments),
    payments: payments.map((item) =>
      given({
        creditor_account: accountToBank(item['creditorAccount'], 'creditor', style),
        [snake ? 'creditor_name' : 'creditorName']: item['creditorName'],
        ...details(item, style),
      }),
    ),
  });
}

/** The sum of a bulk, in its one currency. */
export function totalsOf(payments: readonly Json[]): { amount: string; currency: string } {
  const amounts = payments.map((item) => item['instructedAmount'] as { amount: string; currency: string });
  const currency = amounts[0]?.currency ?? '';
  const sum = amounts.reduce((total, { amount }) => total.plus(amount), new Big(0));
  return { currency, amount: sum.toFixed(decimalsOf(currency) ?? 2) };
}

/**
 * The fields whose names the document spells in camel case inside snake case. `mixed` follows it but for the required
 * `instructed_amount`; `declared` uses the declared `instructedAmount`, which fails the document's own `required`.
 */
function details(order: Json, { naming }: Style): Json {
  const snake = naming === 'snake';
  const structured = order['remittanceInformationStructured'] as Json | undefined;
  const address = order['creditorAddress'] as Json | undefined;
  const name = (camel: string, underscored: string) => (snake ? underscored : camel);
  return given({
    [name('remittanceInformationUnstructured', 'remittance_information_unstructured')]:
      order['remittanceInformationUnstructured'],
    [name('remittanceInformationStructured', 'remittance_information_structured')]:
      structured && given({ reference: structured['reference'], reference_type: structured['referenceType'] }),
    [name('creditorAddress', 'creditor_address')]:
      address &&
      given({
        street_name: address['streetName'],
        building_number: address['buildingNumber'],
        town_name: address['townName'],
        postal_code: address['postCode'],
        country: address['country'],
      }),
    [naming === 'declared' ? 'instructedAmount' : 'instructed_amount']: order['instructedAmount'],
  });
}

import { formatMoney, type PaymentOrder, type PaymentScheme } from '@tributary/domain';
import { ProviderError } from '../port/index.js';
import { wireIdentifier } from './identifiers.js';
import { assumptionsOf, defaults, providerId, type TellConnectSettings } from './settings.js';

const currencies = ['GBP', 'EUR', 'USD'];
const longest = { name: 70, reference: 140 } as const;

/**
 * The body of an initiation. What there is no member for is refused, naming the field: an order that goes out is the order that
 * the app gave. The one exception is an end-to-end id that we made ourselves.
 * @throws ProviderError `unsupported`
 */
export function initiationBody(order: PaymentOrder, settings: TellConnectSettings): object {
  const { amount, creditor, remittance } = order;
  if (order.recurrence !== undefined) throw refused('recurrence', 'there are no recurring payments');
  if (order.executionDate !== undefined) throw refused('executionDate', 'there is no member for a day of execution');
  if (order.endToEndIdIsOurs !== true) throw refused('endToEndId', 'there is no member for it');
  if (creditor.address !== undefined) throw refused('creditor.address', 'there is no member for it');
  if (creditor.agent !== undefined) throw refused('creditor.agent', 'there is no member for it');
  if (order.scheme !== undefined && !schemesOf(settings).some((scheme) => scheme === order.scheme))
    throw refused('scheme', 'the bank does not have it');
  if (!currencies.includes(amount.currency)) throw refused('amount.currency', `one of ${currencies.join(', ')}`);
  if (amount.minor <= 0n) throw refused('amount', 'it must be more than zero');
  const account = wireIdentifier(creditor.account);
  if (account === undefined) throw refused('creditor.account', 'a UK account, an IBAN or a code of the bank');
  if (creditor.name.trim() === '') throw refused('creditor.name', 'it is required');
  const { unstructured, structured } = remittance ?? {};
  if (unstructured !== undefined && structured !== undefined) {
    throw refused('remittance.structured', 'there is one member for both: give one of them');
  }
  const body = {
    amount: formatMoney(amount),
    currency: amount.currency,
    beneficiaryName: limit('creditor.name', creditor.name, longest.name),
    beneficiaryIdentification: account.identification,
    schemeName: account.schemeName,
    reference: limit('remittance', unstructured ?? structured, longest.reference),
    accountId: debtorAccount(order),
  };
  if (assumptionsOf(settings).memberNames === 'camel') return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );
}

/** The scheme of an order that names none, where the bank has only one for its currency; there is no member that says it. */
export function schemeFor({ amount }: PaymentOrder, settings: TellConnectSettings): PaymentScheme | undefined {
  const fitting = schemesOf(settings).filter((scheme) => currencyOf[scheme] === amount.currency);
  return fitting.length === 1 ? fitting[0] : undefined;
}

const currencyOf = { FASTER_PAYMENTS: 'GBP', SEPA_CREDIT_TRANSFER: 'EUR' } as const satisfies Partial<
  Record<PaymentScheme, string>
>;

const schemesOf = ({ paymentSchemes }: TellConnectSettings): readonly (keyof typeof currencyOf)[] =>
  paymentSchemes ?? defaults.paymentSchemes;

/** Their own id of an account is all that can name the debtor's; without one the PSU chooses at the bank. */
function debtorAccount({ debtor }: PaymentOrder): string | undefined {
  if (debtor?.account === undefined) return undefined;
  if (debtor.account.scheme === 'other') return debtor.account.value;
  throw refused('debtor.account', 'only the id of an account at the bank (`other`) can be named: leave it out');
}

function limit(field: string, value: string | undefined, most: number): string | undefined {
  if (value !== undefined && Array.from(value).length > most) throw refused(field, `at most ${most} characters`);
  return value;
}

function refused(field: string, why: string): ProviderError {
  const message = `${field}: ${why}. Nothing was sent.`;
  return new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'checkPayment', field, message });
}

import type { Account, AccountNumbers, Customer } from '../customers/customer.js';
import type { Hub } from '../hub.js';
import type { Authorisation } from './authorisation.js';

/** The accounts among which the customer chooses: all for an access, those with the right currency for a payment. */
export function eligibleAccounts(hub: Hub, authorisation: Authorisation, customer: Customer): Account[] {
  const accounts = hub.accountsOf(customer, authorisation.bank);
  const { kind, currency, debtor } = authorisation.summary;
  if (kind === 'access') {
    return debtor === undefined ? accounts : accounts.filter((account) => isWritten(account.numbers, debtor));
  }
  const payable = accounts.filter((account) => account.type === 'CHECKING' && account.currency === currency);
  return debtor === undefined ? payable : payable.filter((account) => isWritten(account.numbers, debtor));
}

/** True when the text is one of the ways to write this account. */
export function isWritten(numbers: AccountNumbers, text: string): boolean {
  const { iban, bban, sortCode, accountNumber, bankgiroNumber } = numbers;
  const domestic = sortCode && accountNumber ? `${sortCode}-${accountNumber}` : undefined;
  return [iban, bban, domestic, bankgiroNumber].includes(text);
}

/** Takes the customer as the one who authorises; undefined when no account of theirs can be used. */
export function identify(hub: Hub, authorisation: Authorisation, customer: Customer): string | undefined {
  const eligible = eligibleAccounts(hub, authorisation, customer);
  if (eligible.length === 0) {
    return authorisation.summary.debtor === undefined
      ? `There is no account in ${authorisation.summary.currency ?? 'this currency'}.`
      : 'This account is not yours.';
  }
  authorisation.customer = customer;
  authorisation.accounts = authorisation.summary.kind === 'access' ? eligible : eligible.slice(0, 1);
  return undefined;
}

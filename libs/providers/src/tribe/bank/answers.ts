import { type AccountIdentifier, formatMoney, type Money } from '@tributary/domain';
import type { BankAnswer, DeskAccount, DeskTransaction } from '../../port/index.js';
import { wireSchemeOf } from '../schemes.js';
import type { BankSettings } from './settings.js';
import { type WireAccount, type WireAmount, type WireBalance, wireBalanceTypes, type WireTransaction } from './wire.js';

type AnswerSettings = Pick<BankSettings, 'accountNumbersAs' | 'amountSigns'>;

/** Our answer in Tribe's words. */
export function writeAnswer(settings: AnswerSettings, answer: BankAnswer): unknown {
  switch (answer.type) {
    case 'accounts':
      return { accounts: answer.accounts.map((account) => wireAccount(settings, account)) };
    case 'account':
      return { account: wireAccount(settings, answer.account) };
    case 'balances':
      return { balances: answer.balances.flatMap(wireBalance) };
    case 'transactions': {
      const { status, account, transactions, nextPage } = answer;
      const rows = (which: DeskTransaction['status']) =>
        transactions.filter((row) => row.status === which).map((row) => wireTransaction(settings, account, row));
      return {
        transactions: {
          ...(status !== 'pending' && { booked: rows('booked') }),
          ...(status !== 'booked' && { pending: rows('pending') }),
        },
        ...(nextPage !== null && { page_key: nextPage }),
      };
    }
    case 'funds':
      return { funds_available: answer.available };
    case 'payment':
      return { status: answer.status, confirmation_url: answer.confirmationUrl, payment_id: answer.reference };
    case 'paymentStatus':
      return { transaction_status: answer.status };
  }
}

function wireAccount(settings: AnswerSettings, account: DeskAccount): WireAccount {
  return {
    resource_id: account.reference,
    ...wireIdentifiers(settings, account.identifiers),
    currency: account.currency,
    ...(account.name !== null && { name: account.name }),
    payment_schemes: account.schemes.flatMap((scheme) => wireSchemeOf(scheme) ?? []),
  };
}

/** Identifiers that Tribe has no member for stay out. */
function wireIdentifiers({ accountNumbersAs }: AnswerSettings, identifiers: readonly AccountIdentifier[]): WireAccount {
  const valueOf = (wanted: AccountIdentifier['scheme']) => identifiers.find(({ scheme }) => scheme === wanted)?.value;
  const [iban, bban, british] = [valueOf('iban'), valueOf('bban'), valueOf('sortCodeAccountNumber')];
  const digits = (text: string) => (accountNumbersAs === 'texts' ? text : Number(text));
  return {
    ...(iban !== undefined && { iban }),
    ...(bban !== undefined && { bban }),
    ...(british !== undefined && {
      sort_code: digits(british.slice(0, 6)),
      account_number: digits(british.slice(6)),
    }),
  };
}

function wireBalance({ type, amount }: { type: string; amount: Money }): WireBalance[] {
  const known = wireBalanceTypes.find((word) => word === type);
  return known ? [{ balance_amount: wireAmount(amount), balance_type: known }] : [];
}

function wireTransaction(settings: AnswerSettings, account: DeskAccount, row: DeskTransaction): WireTransaction {
  const { amount, direction, counterpartyName, counterpartyAccount, remittance } = row;
  const negative = direction === 'debit' && settings.amountSigns !== 'unsigned';
  const own = wireIdentifiers(settings, account.identifiers);
  const other = counterpartyAccount && wireIdentifiers(settings, [counterpartyAccount]);
  const [creditor, debtor] = direction === 'debit' ? ([other, own] as const) : ([own, other] as const);
  return {
    transaction_id: row.reference,
    ...(creditor && { creditor_account: creditor }),
    ...(debtor && { debtor_account: debtor }),
    ...(counterpartyName !== null &&
      (direction === 'debit' ? { creditor_name: counterpartyName } : { debtor_name: counterpartyName })),
    ...(remittance?.unstructured !== undefined && { remittance_information_unstructured: remittance.unstructured }),
    ...(remittance?.structured !== undefined && {
      remittance_information_structured: { reference: remittance.structured },
    }),
    transaction_amount: {
      ...wireAmount(negative ? { ...amount, minor: -amount.minor } : amount),
      ...(row.valueOn !== null && { value_date: row.valueOn }),
      ...(row.bookedOn !== null && { booking_date: row.bookedOn }),
    },
  };
}

function wireAmount(money: Money): WireAmount {
  return { amount: formatMoney(money), currency: money.currency };
}

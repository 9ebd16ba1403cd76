import { Big } from 'big.js';
import type { Call } from '../call.js';
import type { Account, StandingOrder, Transaction } from '../customer.js';
import { amountView } from '../money.js';
import type { Profile } from '../profile.js';

type Entry = Omit<Transaction, 'bookingDate'>;

/** A booked or pending entry in the words of the specification; `accountPath` is where it is found. */
export function transactionView(
  call: Call,
  account: Account,
  transaction: Transaction,
  accountPath: string,
): Record<string, unknown> {
  const { profile } = call.bank;
  const { parts, balanceAfter } = transaction;
  return withoutGaps({
    transactionId: transaction.id,
    entryReference: transaction.entryReference,
    batchIndicator: parts && true,
    batchNumberOfTransactions: parts?.length,
    bookingDate: transaction.bookingDate,
    valueDate: transaction.valueDate,
    ...detailsView(profile, account, transaction),
    entryDetails: parts?.map((part) => withoutGaps(detailsView(profile, account, part))),
    bankTransactionCode: transaction.bankTransactionCode,
    proprietaryBankTransactionCode: transaction.proprietaryBankTransactionCode,
    balanceAfterTransaction: balanceAfter && {
      balanceAmount: amountView(balanceAfter, transaction.currency),
      balanceType: 'interimBooked',
    },
    _links: { transactionDetails: call.links.api(`${accountPath}/transactions/${transaction.id}`) },
  });
}

/** What an entry and a part of a batch have alike. Names and accounts stand on the side of the counterparty. */
function detailsView(profile: Profile, account: Account, entry: Entry): Record<string, unknown> {
  const debit = entry.amount.lt(0);
  const unsigned = profile.amounts === 'unsigned';
  const { exchange } = entry;
  return {
    endToEndId: entry.endToEndId,
    mandateId: entry.mandateId,
    creditorId: entry.creditorId,
    transactionAmount: amountView(unsigned ? entry.amount.abs() : entry.amount, entry.currency),
    currencyExchange: exchange && [
      {
        sourceCurrency: exchange.sourceCurrency,
        exchangeRate: exchange.rate.round(10, Big.roundHalfUp).toFixed(),
        unitCurrency: exchange.sourceCurrency,
        targetCurrency: exchange.targetCurrency,
        quotationDate: exchange.date,
      },
    ],
    [debit ? 'creditorName' : 'debtorName']: entry.counterpartyName,
    [debit ? 'creditorAccount' : 'debtorAccount']:
      entry.counterpartyIban === undefined ? undefined : { iban: entry.counterpartyIban },
    [debit ? 'debtorAccount' : 'creditorAccount']: unsigned ? { iban: account.iban } : undefined,
    remittanceInformationUnstructured: entry.unstructured,
    remittanceInformationStructured:
      entry.structured !== undefined && profile.structuredRemittance === 'object'
        ? { reference: entry.structured }
        : entry.structured,
    purposeCode: entry.purposeCode,
  };
}

/** A standing order as an entry of bookingStatus `information`. */
export function standingOrderView(call: Call, account: Account, order: StandingOrder): Record<string, unknown> {
  const amount = amountView(
    call.bank.profile.amounts === 'unsigned' ? order.amount.abs() : order.amount,
    account.currency,
  );
  return withoutGaps({
    transactionId: order.id,
    transactionAmount: amount,
    creditorName: order.creditorName,
    creditorAccount: order.creditorIban === undefined ? undefined : { iban: order.creditorIban },
    remittanceInformationUnstructured: order.unstructured,
    bankTransactionCode: 'PMNT-ICDT-STDO',
    additionalInformationStructured: {
      standingOrderDetails: withoutGaps({
        startDate: order.startDate,
        endDate: order.endDate,
        frequency: order.frequency,
        executionRule: order.executionRule,
        dayOfExecution: order.dayOfExecution,
        monthsOfExecution: order.monthsOfExecution,
      }),
    },
  });
}

function withoutGaps(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

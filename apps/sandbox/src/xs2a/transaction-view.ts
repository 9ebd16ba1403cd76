import type { Call } from './call.js';
import type { Account, StandingOrder, Transaction } from './customer.js';
import { amountView } from './money.js';

/** A booked or pending entry in the words of the specification; `accountPath` is where it is found. */
export function transactionView(
  call: Call,
  account: Account,
  transaction: Transaction,
  accountPath: string,
): Record<string, unknown> {
  const { profile } = call.bank;
  const debit = transaction.amount.lt(0);
  const unsigned = profile.amounts === 'unsigned';
  const counterparty = {
    [debit ? 'creditorName' : 'debtorName']: transaction.counterpartyName,
    [debit ? 'creditorAccount' : 'debtorAccount']:
      transaction.counterpartyIban === undefined ? undefined : { iban: transaction.counterpartyIban },
    [debit ? 'debtorAccount' : 'creditorAccount']: unsigned ? { iban: account.iban } : undefined,
  };
  return withoutGaps({
    transactionId: transaction.id,
    entryReference: transaction.entryReference,
    endToEndId: transaction.endToEndId,
    mandateId: transaction.mandateId,
    creditorId: transaction.creditorId,
    bookingDate: transaction.bookingDate,
    valueDate: transaction.valueDate,
    transactionAmount: amountView(unsigned ? transaction.amount.abs() : transaction.amount, transaction.currency),
    ...counterparty,
    remittanceInformationUnstructured: transaction.unstructured,
    remittanceInformationStructured:
      transaction.structured !== undefined && profile.structuredRemittance === 'object'
        ? { reference: transaction.structured }
        : transaction.structured,
    purposeCode: transaction.purposeCode,
    bankTransactionCode: transaction.bankTransactionCode,
    proprietaryBankTransactionCode: transaction.proprietaryBankTransactionCode,
    balanceAfterTransaction: transaction.balanceAfter && {
      balanceAmount: amountView(transaction.balanceAfter, transaction.currency),
      balanceType: 'interimBooked',
    },
    _links: { transactionDetails: call.links.api(`${accountPath}/transactions/${transaction.id}`) },
  });
}

/** A standing order as an entry of bookingStatus `information`. */
export function standingOrderView(call: Call, account: Account, order: StandingOrder): Record<string, unknown> {
  const amount = amountView(
    call.bank.profile.amounts === 'unsigned' ? order.amount.abs() : order.amount,
    account.currency,
  );
  return {
    transactionId: order.id,
    transactionAmount: amount,
    creditorName: order.creditorName,
    creditorAccount: { iban: order.creditorIban },
    remittanceInformationUnstructured: order.unstructured,
    bankTransactionCode: 'PMNT-ICDT-STDO',
    additionalInformationStructured: {
      standingOrderDetails: {
        startDate: order.startDate,
        frequency: order.frequency,
        executionRule: 'following',
        dayOfExecution: order.dayOfExecution,
      },
    },
  };
}

function withoutGaps(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

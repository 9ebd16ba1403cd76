import { Big } from 'big.js';
import type { Bank } from '../bank.js';
import { ownerNameOf, type Transaction } from '../customer.js';
import { isInstant, totalOf, type ExecutedTransfer, type Payment, type TransferEntry } from './payment.js';

/** The entry of a transfer under way, fees included. */
export function pendingEntry(payment: Payment, transfer: ExecutedTransfer, valueDate: string): Transaction {
  return { ...entryOf(payment, transfer, valueDate), amount: totalOf(transfer).neg() };
}

/** Books executed transfers: the debtor's account, its fees, and the creditors that have an account here. */
export function bookExecution(bank: Bank, payment: Payment, transfers: readonly ExecutedTransfer[]): void {
  const today = bank.today();
  const [first] = transfers;
  if (!first) {
    return;
  }
  if (payment.batchBooking && transfers.length > 1) {
    bank.book(payment.debtor, { ...batchEntry(payment, first, transfers, today), bookingDate: today });
  } else {
    for (const transfer of transfers) {
      bank.book(payment.debtor, { ...entryOf(payment, transfer, today), bookingDate: today });
    }
  }
  const fees = transfers.reduce((sum, { fee, conversionFee }) => sum.plus(fee).plus(conversionFee), new Big(0));
  if (fees.gt(0)) {
    bank.book(payment.debtor, feeEntry(first, fees, payment, today));
  }
  for (const transfer of transfers) {
    creditHere(bank, payment, transfer, today);
  }
}

function creditHere(bank: Bank, payment: Payment, transfer: ExecutedTransfer, today: string): void {
  const creditor = transfer.creditorIban === undefined ? undefined : bank.customers.account(transfer.creditorIban);
  if (creditor?.currency !== transfer.currency) {
    return;
  }
  bank.book(creditor, {
    ...entryOf(payment, transfer, today),
    amount: transfer.amount,
    currency: transfer.currency,
    exchange: undefined,
    id: `C-${transfer.id}`,
    bookingDate: today,
    counterpartyName: ownerNameOf(payment.debtor),
    counterpartyIban: payment.debtor.iban,
    bankTransactionCode: 'PMNT-RCDT-ESCT',
  });
}

function entryOf(payment: Payment, transfer: ExecutedTransfer, valueDate: string): TransferEntry {
  const { creditorIban, endToEndIdentification, unstructured, structured, rate } = transfer;
  const { currency } = payment.debtor;
  return {
    id: transfer.id,
    entryReference: referenceOf(transfer.id),
    valueDate,
    amount: transfer.debit.neg(),
    currency,
    counterpartyName: transfer.creditorName,
    ...(creditorIban === undefined ? {} : { counterpartyIban: creditorIban }),
    ...(endToEndIdentification === undefined ? {} : { endToEndId: endToEndIdentification }),
    ...(unstructured === undefined ? {} : { unstructured }),
    ...(structured === undefined ? {} : { structured }),
    ...(rate
      ? { exchange: { sourceCurrency: currency, targetCurrency: transfer.currency, rate, date: valueDate } }
      : {}),
    bankTransactionCode: transactionCode(payment),
  };
}

function batchEntry(
  payment: Payment,
  first: ExecutedTransfer,
  transfers: readonly ExecutedTransfer[],
  today: string,
): TransferEntry {
  const id = `B-${first.id}`;
  return {
    id,
    entryReference: referenceOf(id),
    valueDate: today,
    amount: transfers.reduce((sum, { debit }) => sum.minus(debit), new Big(0)),
    currency: payment.debtor.currency,
    unstructured: `Sammelueberweisung, ${transfers.length} Posten`,
    bankTransactionCode: transactionCode(payment),
    parts: transfers.map((transfer) => entryOf(payment, transfer, today)),
  };
}

function feeEntry(first: ExecutedTransfer, fees: Big, payment: Payment, today: string): Transaction {
  const id = `F-${first.id}`;
  return {
    id,
    entryReference: referenceOf(id),
    bookingDate: today,
    valueDate: today,
    amount: fees.neg(),
    currency: payment.debtor.currency,
    unstructured: `Entgelt ${first.endToEndIdentification ?? first.creditorName}`.slice(0, 140),
    bankTransactionCode: 'PMNT-ICDT-CHRG',
  };
}

function transactionCode(payment: Payment): string {
  if (payment.plan) {
    return 'PMNT-ICDT-STDO';
  }
  return isInstant(payment) ? 'PMNT-IRCT-ESCT' : 'PMNT-ICDT-ESCT';
}

/** At most 35 characters, still one per transfer: a periodic payment's ids differ at their end. */
function referenceOf(id: string): string {
  return id.replaceAll('-', '').slice(-35);
}

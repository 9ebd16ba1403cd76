import type { Big } from 'big.js';
import type { Account, Beneficiary, DirectDebit, Entry, Payee, ScheduledPayment, StandingOrder } from './customer.js';

export type View = Record<string, unknown>;
type TimeWriter = (at: Date) => string;

export function accountView(account: Account): View {
  return {
    AccountId: account.id,
    Currency: account.currency,
    AccountType: account.type,
    AccountSubType: 'CurrentAccount',
    Nickname: account.nickname,
    Identification: account.identification,
    SchemeName: account.scheme,
  };
}

/** One balance, of no named type: what is booked. */
export function balanceView({ booked, currency }: Account): View {
  return { ...amountView(booked, currency) };
}

export function productView({ product }: Account): View {
  return { ProductId: product.id, ProductName: product.name, ProductType: 'CurrentAccount' };
}

export function beneficiaryView(beneficiary: Beneficiary): View {
  return { BeneficiaryId: beneficiary.id, ...payeeView(beneficiary), Reference: beneficiary.reference };
}

export function transactionView(entry: Entry, currency: string, time: TimeWriter): View {
  const { counterparty, card } = entry;
  return {
    TransactionId: entry.id,
    BookingDateTime: time(entry.at),
    ...amountView(entry.amount, currency),
    Status: entry.status,
    Code: entry.code,
    SubCode: entry.subCode,
    TransactionInformation: entry.information,
    ...(counterparty && {
      CreditorSchemeName: counterparty.scheme,
      CreditorIdentification: counterparty.identification,
      CreditorName: counterparty.name,
    }),
    ...(card && {
      CardSchemeName: card.scheme,
      CardIdentification: card.identification,
      MerchantCategoryCode: card.category,
      MerchantName: card.merchant,
    }),
  };
}

export function standingOrderView(order: StandingOrder, currency: string, time: TimeWriter): View {
  return {
    StandingOrderId: order.id,
    Frequency: order.frequency,
    NextPaymentDateTime: time(order.next),
    ...payeeView(order),
    Amount: order.amount.toFixed(2),
    Currency: currency,
    Reference: order.reference,
  };
}

export function directDebitView(debit: DirectDebit, currency: string, time: TimeWriter): View {
  return {
    DirectDebitId: debit.id,
    MandateIdentification: debit.mandate,
    Name: debit.name,
    PreviousPaymentDateTime: time(debit.previous),
    PreviousPaymentAmount: debit.previousAmount.toFixed(2),
    Currency: currency,
  };
}

export function scheduledPaymentView(payment: ScheduledPayment, currency: string, time: TimeWriter): View {
  return {
    ScheduledPaymentId: payment.id,
    ScheduledPaymentDateTime: time(payment.at),
    ...payeeView(payment),
    Amount: payment.amount.toFixed(2),
    Currency: currency,
  };
}

/** Unsigned with two decimals; the sign is a word. */
function amountView(amount: Big, currency: string): View {
  return { Amount: amount.abs().toFixed(2), Currency: currency, CreditDebit: amount.lt(0) ? 'Debit' : 'Credit' };
}

function payeeView({ name, identification, scheme }: Payee): View {
  return { Name: name, Identification: identification, SchemeName: scheme };
}

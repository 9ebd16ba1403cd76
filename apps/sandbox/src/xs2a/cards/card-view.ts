import { Big } from 'big.js';
import type { Rights } from '../access.js';
import { resourceIdOf } from '../ais-access.js';
import type { Call } from '../call.js';
import type { Consent } from '../consent.js';
import { amountView } from '../money.js';
import { shownAmount, type CardAccount, type CardTransaction } from './card-account.js';

/** A card account as the consent lets it be seen. */
export function cardAccountView(
  call: Call,
  consent: Consent,
  rights: Rights,
  card: CardAccount,
): Record<string, unknown> {
  const resourceId = resourceIdOf(call, consent, card);
  const path = `/v1/card-accounts/${resourceId}`;
  const links = {
    ...(rights.cards.balances.includes(card) ? { balances: call.links.api(`${path}/balances`) } : {}),
    ...(rights.cards.transactions.includes(card) ? { transactions: call.links.api(`${path}/transactions`) } : {}),
  };
  return {
    ...(rights.listOnly ? {} : { resourceId }),
    maskedPan: card.maskedPan,
    currency: card.currency,
    ...(rights.ownerNames ? { ownerName: card.ownerName } : {}),
    name: card.name,
    product: card.product,
    ...accountingView(card),
    status: card.status,
    usage: card.usage,
    creditLimit: amountView(card.creditLimit, card.currency),
    ...(rights.cards.balances.includes(card) ? { balances: cardBalancesView(card) } : {}),
    ...(rights.listOnly || call.bank.profile.accountLinks === 'none' ? {} : { _links: links }),
  };
}

/** What was spent, what of it stands on no bill yet, and what may still be spent. */
export function cardBalancesView(card: CardAccount): Record<string, unknown>[] {
  const sum = (entries: readonly CardTransaction[]) =>
    entries.reduce((total, { amount }) => total.plus(amount), new Big(0));
  const booked = sum(card.transactions);
  const pending = sum(card.pending);
  const balance = (balanceType: string, amount: Big) => ({
    balanceAmount: amountView(amount, card.currency),
    balanceType,
  });
  return [
    balance('interimBooked', shownAmount(card, booked)),
    balance('nonInvoiced', shownAmount(card, sum(card.transactions.filter(({ invoiced }) => !invoiced)))),
    { ...balance('interimAvailable', card.creditLimit.plus(booked).plus(pending)), creditLimitIncluded: true },
  ];
}

export function cardTransactionView(card: CardAccount, entry: CardTransaction): Record<string, unknown> {
  const { foreign } = entry;
  const fields: Record<string, unknown> = {
    cardTransactionId: entry.id,
    terminalId: entry.terminalId,
    transactionDate: entry.transactionDate,
    acceptorTransactionDateTime: `${entry.transactionDate}T12:30:00Z`,
    bookingDate: entry.bookingDate,
    valueDate: entry.valueDate,
    transactionAmount: amountView(shownAmount(card, entry.amount), entry.currency),
    grandTotalAmount: foreign && amountView(shownAmount(card, entry.amount.minus(foreign.markupFee)), entry.currency),
    currencyExchange: foreign && [
      {
        sourceCurrency: foreign.exchange.sourceCurrency,
        exchangeRate: foreign.exchange.rate.toFixed(),
        unitCurrency: foreign.exchange.sourceCurrency,
        targetCurrency: foreign.exchange.targetCurrency,
        quotationDate: foreign.exchange.date,
      },
    ],
    originalAmount: foreign && amountView(shownAmount(card, foreign.amount), foreign.currency),
    markupFee: foreign && amountView(foreign.markupFee, entry.currency),
    markupFeePercentage: foreign?.markupFeePercentage,
    cardAcceptorId: entry.acceptorId,
    cardAcceptorAddress: { townName: entry.acceptorCity, country: 'DE' },
    cardAcceptorPhone: entry.acceptorPhone,
    merchantCategoryCode: entry.merchantCategoryCode,
    maskedPAN: card.maskedPan,
    transactionDetails: entry.text,
    invoiced: entry.bookingDate === undefined ? undefined : entry.invoiced,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** debitAccounting, where the bank says it. */
export function accountingView({ debitAccounting }: CardAccount): Record<string, unknown> {
  return debitAccounting === undefined ? {} : { debitAccounting };
}

export function cardReferenceView({ maskedPan, currency }: CardAccount): Record<string, unknown> {
  return { maskedPan, currency };
}

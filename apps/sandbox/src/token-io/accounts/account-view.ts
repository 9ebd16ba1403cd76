import type { Account, AccountEntry, StandingOrder } from '../customers/customer.js';
import { identifierOf } from '../transfers/transfer-view.js';

export function accountView(account: Account, standard: string): Record<string, unknown> {
  const { numbers, customer, name, type, currency, bic } = account;
  const { iban, bban } = numbers;
  const identifiers = [
    { iban: { iban } },
    ...(numbers.sortCode ? [identifierOf(numbers)] : []),
    ...(bban ? [{ bban: { bban } }] : []),
    ...(numbers.bankgiroNumber ? [{ bankgiro: { bankgiroNumber: numbers.bankgiroNumber } }] : []),
  ];
  return {
    id: account.id,
    bankId: account.bankId,
    name,
    isLocked: false,
    accountFeatures: {
      supportsInformation: true,
      supportsReceivePayment: true,
      supportsSendPayment: type === 'CHECKING',
    },
    accountDetails: {
      accountHolderName: customer.fullName,
      bic,
      identifier: iban,
      accountIdentifiers: identifiers,
      type: [type],
      status: 'enabled',
      currency,
      metadata: [],
      ProviderAccountDetails: providerDetails(account, standard),
    },
  };
}

/** What the bank's own standard says beside, under the name of the standard. */
function providerDetails({ name, type, currency, customer }: Account, standard: string): Record<string, unknown> {
  const cashAccountType = type === 'CHECKING' ? 'CACC' : 'SVGS';
  switch (standard) {
    case 'UK_Open_Banking_Standard':
      return {
        cma9AccountDetails: {
          accountType: 'PERSONAL_ACCOUNT',
          accountSubtype: type === 'CHECKING' ? 'CURRENT_ACCOUNT' : 'SAVINGS',
          description: name,
          name: customer.fullName,
        },
      };
    case 'PolishApi':
      return { polishApiAccountDetails: { accountHolderType: 'INDIVIDUAL', accountNameClient: name, currency } };
    case 'STET_PSD2_API':
      return { stetAccountDetails: { cashAccountType, product: name, usage: 'PRIV' } };
    default:
      return { nextGenPsd2AccountDetails: { cashAccountType, currency, product: name, usage: 'PRIV' } };
  }
}

export function balanceView({ id, booked, currency, entries }: Account, nowMs: number): Record<string, unknown> {
  const pending = entries.filter(({ status }) => status === 'PROCESSING');
  const available = pending.reduce((sum, { amount }) => (amount.lt(0) ? sum.plus(amount) : sum), booked);
  const money = (amount: typeof booked) => ({ value: amount.toFixed(2), currency });
  return {
    accountId: id,
    current: money(booked),
    available: money(available),
    otherBalances: [{ amount: money(booked), type: 'InterimBooked', updatedAtMs: String(nowMs) }],
  };
}

export function transactionView(account: Account, entry: AccountEntry, tokenId: string, standard: string): unknown {
  const { amount, counterparty } = entry;
  const debit = amount.lt(0);
  return {
    id: entry.id,
    type: debit ? 'DEBIT' : 'CREDIT',
    status: entry.status,
    amount: { value: amount.abs().toFixed(2), currency: account.currency },
    description: entry.description,
    createdAtMs: String(entry.atMs),
    tokenId: entry.tokenId ?? tokenId,
    ...(entry.transferId ? { tokenTransferId: entry.transferId } : {}),
    bankTransactionId: entry.id,
    bankTransactionCode: {
      domain: { code: 'PMNT', familyCode: debit ? 'ICDT' : 'RCDT', subFamilyCode: 'ESCT' },
    },
    ...(debit && counterparty.iban
      ? {
          creditorEndpoint: {
            accountIdentifier: { iban: { iban: counterparty.iban } },
            customerData: { legalNames: [counterparty.name] },
          },
        }
      : {}),
    metadata: {},
    providerTransactionDetails: providerTransaction(account, entry, standard),
  };
}

function providerTransaction({ numbers }: Account, entry: AccountEntry, standard: string): Record<string, unknown> {
  const { counterparty, amount, endToEndId } = entry;
  const [own, other] = [{ iban: numbers.iban }, counterparty.iban ? { iban: counterparty.iban } : {}];
  if (standard === 'UK_Open_Banking_Standard') {
    return {
      cma9ApiTransactionDetails: {
        creditorAccount: { creditorName: amount.lt(0) ? counterparty.name : '' },
        debtorAccount: { debtorName: amount.lt(0) ? '' : counterparty.name },
      },
    };
  }
  const valueDate = new Date(entry.atMs).toISOString().slice(0, 10);
  if (standard === 'STET_PSD2_API') {
    return { stetTransactionDetails: { entryReference: entry.id, valueDate, transactionDate: valueDate } };
  }
  const parties = amount.lt(0)
    ? { creditorName: counterparty.name, creditorAccount: other, debtorAccount: own }
    : { debtorName: counterparty.name, debtorAccount: other, creditorAccount: own };
  return {
    nextGenPsd2TransactionDetails: {
      entryReference: entry.id,
      valueDate,
      ...(endToEndId ? { endToEndId } : {}),
      ...parties,
    },
  };
}

export function standingOrderView(account: Account, order: StandingOrder): Record<string, unknown> {
  const { creditor, amount, currency } = order;
  const { iban, sortCode, accountNumber } = creditor;
  const money = { value: amount, currency };
  return {
    id: order.id,
    status: order.status,
    frequency: order.frequency,
    createdAtMs: String(order.createdAtMs),
    ...(order.tokenId ? { tokenId: order.tokenId } : {}),
    ...(order.submissionId ? { tokenSubmissionId: order.submissionId } : {}),
    creditorEndpoint: {
      account: iban ? { iban: { iban } } : { domestic: { bankCode: sortCode, accountNumber, country: 'GB' } },
      accountIdentifier: iban ? { iban: { iban } } : { gbDomestic: { sortCode, accountNumber } },
      bankId: account.bankId,
      customerData: { legalNames: [creditor.name] },
    },
    providerStandingOrderDetails: {
      cma9StandingOrderDetails: {
        frequency: order.frequency,
        firstPaymentAmount: money,
        firstPaymentDateTime: `${order.startDate}T00:00:00.000Z`,
        nextPaymentAmount: money,
        ...(order.endDate ? { finalPaymentAmount: money, finalPaymentDateTime: `${order.endDate}T00:00:00.000Z` } : {}),
        ...(order.reference ? { reference: order.reference } : {}),
      },
    },
  };
}

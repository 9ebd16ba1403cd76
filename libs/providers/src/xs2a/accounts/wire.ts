import {
  anything,
  flag,
  lenient,
  list,
  listOrNone,
  optional,
  type Read,
  type Reader,
  record,
  text,
  textOrNumber,
} from '../../kit/json.js';
import { accountReference, amount, identification, links } from '../wire.js';

// Accounts, cards and what is below them, in the framework's spelling (NextGenPSD2 XS2A 1.3.11, sections "accounts" and
// "card-accounts"). Rows of lists are read one by one, so that one bad row does not hide the others.

/** Payment accounts and card accounts, which add the last two members. */
export const account = record({
  ...identification,
  resourceId: lenient(textOrNumber),
  currency: text,
  name: lenient(text),
  displayName: lenient(text),
  product: lenient(text),
  cashAccountType: lenient(text),
  status: lenient(text),
  bic: lenient(text),
  usage: lenient(text),
  ownerName: lenient(text),
  balances: lenient(list(anything)),
  debitAccounting: lenient(flag),
  _links: links,
});
export type WireAccount = Read<typeof account>;

export const accountList = record({ accounts: list(anything), _links: links });
export const cardAccountList = record({ cardAccounts: list(anything), _links: links });

/** One account; wrapped by the framework, bare at some banks. */
export const accountDetails: Reader<{ readonly account: WireAccount; readonly _links: undefined }> = (value, path) => {
  const wrapped = record({ account: optional(anything), cardAccount: optional(anything) })(value, path);
  return { account: account(wrapped.account ?? wrapped.cardAccount ?? value, 'account'), _links: undefined };
};

export const balance = record({
  balanceAmount: amount,
  balanceType: text,
  lastChangeDateTime: lenient(text),
  referenceDate: lenient(text),
});
export type WireBalance = Read<typeof balance>;
export const balanceList = record({ balances: list(anything), debitAccounting: lenient(flag), _links: links });

/** A text in older versions, an object since 1.3.11. */
const structuredRemittance: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : record({ reference: text })(value, path).reference;

const standingOrderDetails = record({
  startDate: lenient(text),
  frequency: lenient(text),
  endDate: lenient(text),
  executionRule: lenient(text),
  withinAMonthFlag: lenient(flag),
  monthsOfExecution: lenient(list(textOrNumber)),
  multiplicator: lenient(textOrNumber),
  dayOfExecution: lenient(textOrNumber),
  limitAmount: lenient(amount),
});
export type WireStandingOrderDetails = Read<typeof standingOrderDetails>;

export const transaction = record({
  transactionId: lenient(textOrNumber),
  entryReference: lenient(textOrNumber),
  endToEndId: lenient(text),
  bookingDate: lenient(text),
  valueDate: lenient(text),
  transactionAmount: amount,
  creditorName: lenient(text),
  creditorAccount: lenient(accountReference),
  debtorName: lenient(text),
  debtorAccount: lenient(accountReference),
  remittanceInformationUnstructured: lenient(text),
  remittanceInformationUnstructuredArray: lenient(list(text)),
  remittanceInformationStructured: lenient(structuredRemittance),
  remittanceInformationStructuredArray: lenient(list(structuredRemittance)),
  bankTransactionCode: lenient(text),
  proprietaryBankTransactionCode: lenient(text),
  balanceAfterTransaction: lenient(balance),
  additionalInformationStructured: lenient(record({ standingOrderDetails: lenient(standingOrderDetails) })),
});
export type WireTransaction = Read<typeof transaction>;

export const cardTransaction = record({
  cardTransactionId: lenient(textOrNumber),
  transactionDate: lenient(text),
  acceptorTransactionDateTime: lenient(text),
  bookingDate: lenient(text),
  valueDate: lenient(text),
  transactionAmount: amount,
  transactionDetails: lenient(text),
  proprietaryBankTransactionCode: lenient(text),
});
export type WireCardTransaction = Read<typeof cardTransaction>;

const lists = optional(
  record({
    booked: listOrNone(anything),
    pending: listOrNone(anything),
    information: listOrNone(anything),
    _links: links,
  }),
);
/** Some banks send a link to the report (`download`) in place of the lists. */
export const transactionReport = record({
  transactions: lists,
  cardTransactions: lists,
  debitAccounting: lenient(flag),
  _links: links,
});
export type WireTransactionReport = Read<typeof transactionReport>;

/** `transactionsDetails` in the examples of the framework, `transactionDetails` in its schema, bare at some banks. */
export const transactionDetails: Reader<{ readonly tree: unknown; readonly _links: undefined }> = (value, path) => {
  const wrapped = record({ transactionsDetails: optional(anything), transactionDetails: optional(anything) })(
    value,
    path,
  );
  return { tree: wrapped.transactionsDetails ?? wrapped.transactionDetails ?? value, _links: undefined };
};

export const beneficiary = record({
  trustedBeneficiaryId: lenient(textOrNumber),
  debtorAccount: lenient(accountReference),
  creditorAccount: accountReference,
  creditorAgent: lenient(text),
  creditorName: text,
  creditorAlias: lenient(text),
  creditorId: lenient(text),
});
export type WireBeneficiary = Read<typeof beneficiary>;
export const beneficiaryList = record({ trustedBeneficiaries: list(anything), _links: links });

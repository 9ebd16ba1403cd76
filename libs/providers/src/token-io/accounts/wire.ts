import {
  anything,
  dictionary,
  flag,
  lenient,
  listOrNone,
  named,
  optional,
  type Read,
  record,
  text,
  textOrNumber,
} from '../../kit/json.js';
import { money, oneOrMore } from '../wire.js';

export const accountList = record({ accounts: listOrNone(anything) });

/** Wrapped: one member that names the kind, and in it the number under the same or another name. */
const identifier = dictionary(lenient(dictionary(lenient(textOrNumber))));
export type WireIdentifier = Read<typeof identifier>;

export const account = record({
  id: named,
  bankId: lenient(text),
  name: lenient(text),
  isLocked: lenient(flag),
  accountDetails: record({
    accountHolderName: lenient(text),
    bic: lenient(text),
    identifier: lenient(text),
    accountIdentifiers: listOrNone(identifier),
    type: lenient(oneOrMore(text)),
    status: lenient(text),
    currency: lenient(text),
  }),
});
export type WireAccount = Read<typeof account>;

export const balanceAnswer = record({
  status: lenient(text),
  balance: optional(
    record({
      available: lenient(money),
      current: lenient(money),
      otherBalances: listOrNone(anything),
    }),
  ),
});
export const otherBalance = record({ type: lenient(text), amount: money, updatedAtMs: lenient(textOrNumber) });

export const transactionPage = record({
  status: lenient(text),
  offset: lenient(text),
  transactions: listOrNone(anything),
});
export const transactionAnswer = record({ status: lenient(text), transaction: anything });

const reference = lenient(record({ iban: lenient(text), bban: lenient(text) }));
const details = lenient(
  record({
    creditorName: lenient(text),
    debtorName: lenient(text),
    creditorAccount: reference,
    debtorAccount: reference,
    endToEndId: lenient(text),
    valueDate: lenient(text),
    bookingDate: lenient(text),
    remittanceInformationStructured: lenient(text),
    remittanceInformationUnstructured: lenient(text),
  }),
);

export const transaction = record({
  id: named,
  type: text,
  status: text,
  amount: money,
  description: lenient(text),
  createdAtMs: lenient(textOrNumber),
  bankTransactionId: lenient(text),
  bankTransactionCode: lenient(
    record({
      domain: lenient(record({ code: lenient(text), familyCode: lenient(text), subFamilyCode: lenient(text) })),
      proprietary: lenient(record({ code: lenient(text) })),
    }),
  ),
  creditorEndpoint: lenient(
    record({
      accountIdentifier: lenient(identifier),
      customerData: lenient(record({ legalNames: lenient(oneOrMore(text)) })),
    }),
  ),
  providerTransactionDetails: lenient(dictionary(details)),
});
export type WireTransaction = Read<typeof transaction>;

export const standingOrderPage = record({
  status: lenient(text),
  offset: lenient(text),
  standingOrders: listOrNone(anything),
});
export const standingOrder = record({
  id: lenient(text),
  status: lenient(text),
  frequency: lenient(text),
  createdAtMs: lenient(textOrNumber),
  creditorEndpoint: lenient(
    record({
      accountIdentifier: lenient(identifier),
      account: lenient(dictionary(anything)),
      customerData: lenient(record({ legalNames: lenient(oneOrMore(text)) })),
    }),
  ),
  providerStandingOrderDetails: lenient(
    record({
      cma9StandingOrderDetails: lenient(
        record({
          firstPaymentAmount: lenient(money),
          nextPaymentAmount: lenient(money),
          finalPaymentAmount: lenient(money),
          firstPaymentDateTime: lenient(text),
          nextPaymentDateTime: lenient(text),
          finalPaymentDateTime: lenient(text),
          numberOfPayments: lenient(textOrNumber),
          reference: lenient(text),
        }),
      ),
    }),
  ),
});
export type WireStandingOrder = Read<typeof standingOrder>;

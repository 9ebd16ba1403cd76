import {
  anything,
  flag,
  lenient,
  list,
  listOrNone,
  MalformedAnswer,
  named,
  optional,
  type Read,
  type Reader,
  record,
  text,
  textOrNumber,
} from '../kit/json.js';

/** Digits of a fixed number, as a text or as a number, which has lost its leading zeros. */
const digits =
  (length: number): Reader<string> =>
  (value, path) => {
    const said = textOrNumber(value, path).replaceAll(/[\s-]/g, '');
    if (!/^\d+$/.test(said) || said.length > length) throw new MalformedAnswer(path, `${length} digits`);
    return said.padStart(length, '0');
  };

/** Names of an account (TPP API v2, AccountReference): an IBAN, a BBAN, or UK sort code and account number together. */
const accountReferenceMembers = {
  iban: optional(text),
  bban: optional(text),
  accountNumber: optional(digits(8)),
  sortCode: optional(digits(6)),
};
export const accountReference = record(accountReferenceMembers);
export type WireAccountReference = Read<typeof accountReference>;

export const amount = record({
  amount: textOrNumber,
  currency: text,
  // Some documents have the dates of a transaction in here.
  valueDate: optional(text),
  bookingDate: optional(text),
});
export type WireAmount = Read<typeof amount>;

export const account = record({
  ...accountReferenceMembers,
  resourceId: named,
  currency: text,
  name: optional(text),
});
export type WireAccount = Read<typeof account>;
export const accountAnswer = record({ account });
export const accountList = record({ accounts: list(anything) });

export const balance = record({ balanceAmount: amount, balanceType: text });
export const balanceList = record({ balances: list(anything) });

const structuredRemittance = record({ reference: text, referenceType: optional(text) });
export const transaction = record({
  transactionId: optional(textOrNumber),
  creditorName: optional(text),
  creditorAccount: lenient(accountReference),
  debtorName: optional(text),
  debtorAccount: lenient(accountReference),
  remittanceInformationUnstructured: optional(text),
  remittanceInformationStructured: lenient(structuredRemittance),
  transactionAmount: amount,
  valueDate: optional(text),
  bookingDate: optional(text),
});
export type WireTransaction = Read<typeof transaction>;

const next = optional(record({ next: optional(record({ href: text })) }));
export const transactionPage = record({
  transactions: optional(record({ booked: listOrNone(anything), pending: listOrNone(anything) })),
  links: next,
});

export const bank = record({
  name: text,
  identifier: named,
  scopes: listOrNone(text),
  paymentSchemes: listOrNone(text),
  country: optional(text),
  directPaymentSupport: lenient(flag),
});
export type WireBank = Read<typeof bank>;
export const bankPage = record({ banks: list(anything), links: next });

export const paymentCreated = record({
  paymentId: named,
  transactionStatus: text,
  links: lenient(record({ scaRedirect: optional(record({ href: text })) })),
});

export const paymentStatusAnswer = record({ transactionStatus: text });

/** What a payment's content is compared by. */
export const singleContent = record({ instructedAmount: amount, creditorAccount: lenient(accountReference) });
export const bulkContent = record({ payments: list(record({ instructedAmount: amount })) });

export const fundsAnswer = record({ fundsAvailable: flag });

/** TPP webhooks v2_payment_status and v2_payment_confirmation_link_expire. */
export const paymentNotice = record({ paymentId: named, paymentStatus: optional(text) });

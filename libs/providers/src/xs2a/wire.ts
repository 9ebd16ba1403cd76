import {
  anything,
  dictionary,
  flag,
  lenient,
  list,
  listOrNone,
  named,
  optional,
  type Read,
  type Reader,
  record,
  text,
  textOrNumber,
  wholeNumber,
} from '../kit/json.js';

// The framework's answers in its own spelling (NextGenPSD2 XS2A 1.3.11), as readers; the types follow from them. Only what we
// use is read, and only what we cannot do without is required: banks leave out and add members freely.

/** An href: `{ "href": "..." }` by the framework, a plain string at some banks. */
const href: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : record({ href: text })(value, path).href;
const links = optional(dictionary(lenient(href)));
export type WireLinks = Read<typeof links>;

const tppMessage = record({
  category: lenient(text),
  code: lenient(text),
  path: lenient(text),
  text: lenient(text),
});
export type WireTppMessage = Read<typeof tppMessage>;
const tppMessages = lenient(list(tppMessage));

const authenticationMethod = record({
  authenticationMethodId: textOrNumber,
  authenticationType: lenient(text),
  name: lenient(text),
  explanation: lenient(text),
  decoupled: lenient(flag),
});
export type WireAuthenticationMethod = Read<typeof authenticationMethod>;

const challengeData = record({
  image: lenient(text),
  imageLink: lenient(text),
  data: lenient((value, path) => (typeof value === 'string' ? [value] : list(textOrNumber)(value, path))),
  otpMaxLength: lenient(wholeNumber),
  otpFormat: lenient(text),
  additionalInformation: lenient(text),
});
export type WireChallengeData = Read<typeof challengeData>;

/** Members about SCA that come with nearly every answer. */
const sca = {
  scaStatus: lenient(text),
  authorisationId: lenient(textOrNumber),
  scaMethods: lenient(list(authenticationMethod)),
  chosenScaMethod: lenient(authenticationMethod),
  challengeData: lenient(challengeData),
  psuMessage: lenient(text),
  _links: links,
};
export const scaAnswer = record(sca);
export type WireSca = Read<typeof scaAnswer>;

export const authorisationList = record({ authorisationIds: listOrNone(textOrNumber), _links: links });

export const consentCreated = record({ ...sca, consentStatus: text, consentId: textOrNumber });
export type WireConsentCreated = Read<typeof consentCreated>;

/** Arrays of accounts, or for the kinds that name no accounts a word such as allAccounts. */
const access = dictionary(anything);
export const consent = record({
  consentStatus: text,
  access: lenient(access),
  validUntil: lenient(text),
  frequencyPerDay: lenient(wholeNumber),
  psuMessage: lenient(text),
  _links: links,
});
export type WireConsent = Read<typeof consent>;

const amount = record({ currency: text, amount: textOrNumber });
export type WireAmount = Read<typeof amount>;

/** `other` is a text in older versions, an object since 1.3.9. */
const otherIdentification: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : record({ identification: textOrNumber })(value, path).identification;
const identification = {
  iban: lenient(text),
  bban: lenient(textOrNumber),
  pan: lenient(textOrNumber),
  maskedPan: lenient(text),
  msisdn: lenient(textOrNumber),
  other: lenient(otherIdentification),
};
export const accountReference = record({ ...identification, currency: lenient(text) });
export type WireAccountReference = Read<typeof accountReference>;

export const account = record({
  ...identification,
  resourceId: textOrNumber,
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
  _links: links,
});
export type WireAccount = Read<typeof account>;
/** Rows are read one by one, so that one bad row does not hide the others. */
export const accountList = record({ accounts: list(anything), _links: links });

export const balance = record({
  balanceAmount: amount,
  balanceType: text,
  lastChangeDateTime: lenient(text),
  referenceDate: lenient(text),
});
export type WireBalance = Read<typeof balance>;
export const balanceList = record({ balances: list(anything), _links: links });

/** A text in older versions, an object since 1.3.11. */
const structuredRemittance: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : record({ reference: text })(value, path).reference;

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
  balanceAfterTransaction: lenient(balance),
});
export type WireTransaction = Read<typeof transaction>;

const transactionLists = record({
  booked: listOrNone(anything),
  pending: listOrNone(anything),
  _links: links,
});
/** Some banks send a link to the report (`download`) in place of the lists. */
export const transactionReport = record({ transactions: optional(transactionLists), _links: links });
export type WireTransactionReport = Read<typeof transactionReport>;

export const paymentCreated = record({
  ...sca,
  transactionStatus: text,
  paymentId: named,
  instructedAmount: lenient(amount),
  creditorAccount: lenient(accountReference),
  tppMessages,
});
export type WirePaymentCreated = Read<typeof paymentCreated>;

/** DELETE of a consent: nothing (204), or what is still to be done (202, where the bank wants an SCA for it). */
export const consentDeleted = optional(
  record({ consentStatus: lenient(text), psuMessage: lenient(text), _links: links }),
);

/** The initiation as the bank holds it. */
export const paymentDetails = record({
  instructedAmount: amount,
  creditorAccount: lenient(accountReference),
  _links: links,
});
export type WirePaymentDetails = Read<typeof paymentDetails>;

export const paymentStatusAnswer = record({
  transactionStatus: text,
  psuMessage: lenient(text),
  tppMessages,
  _links: links,
});
export type WirePaymentStatus = Read<typeof paymentStatusAnswer>;

export const fundsAnswer = record({ fundsAvailable: flag, _links: links });

/** Both forms of an error body: tppMessages, and RFC 7807 problem+json with the code beside `type`. */
export const errorBody = record({
  tppMessages,
  code: lenient(text),
  additionalErrors: lenient(list(tppMessage)),
});

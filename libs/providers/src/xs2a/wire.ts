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
export const links = optional(dictionary(lenient(href)));
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

export const amount = record({ currency: text, amount: textOrNumber });
export type WireAmount = Read<typeof amount>;

/** What a payment costs, where the bank says so. */
const costs = {
  transactionFees: lenient(amount),
  currencyConversionFee: lenient(amount),
  currencyConversionFees: lenient(amount),
  estimatedTotalAmount: lenient(amount),
  estimatedInterbankSettlementAmount: lenient(amount),
};
const costsAnswer = record(costs);
export type WireCosts = Read<typeof costsAnswer>;

/** Members about SCA that come with nearly every answer. */
const sca = {
  ...costs,
  scaStatus: lenient(textOrNumber),
  authorisationId: lenient(textOrNumber),
  scaMethods: lenient(list(authenticationMethod)),
  chosenScaMethod: lenient(authenticationMethod),
  challengeData: lenient(challengeData),
  psuMessage: lenient(text),
  tppMessages,
  _links: links,
};
export const scaAnswer = record(sca);
export type WireSca = Read<typeof scaAnswer>;

/** Older versions call the authorisations of a cancellation by another name. */
export const authorisationList = record({
  authorisationIds: listOrNone(textOrNumber),
  cancellationIds: listOrNone(textOrNumber),
  _links: links,
});

export const consentCreated = record({ ...sca, consentStatus: textOrNumber, consentId: named });
export type WireConsentCreated = Read<typeof consentCreated>;

/** Arrays of accounts, or for the kinds that name no accounts a word such as allAccounts. */
const access = dictionary(anything);
export const consent = record({
  consentStatus: textOrNumber,
  access: lenient(access),
  validUntil: lenient(text),
  frequencyPerDay: lenient(wholeNumber),
  psuMessage: lenient(text),
  tppMessages,
  _links: links,
});
export type WireConsent = Read<typeof consent>;

/** `other` is a text in older versions, an object since 1.3.9. */
const otherIdentification: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : record({ identification: textOrNumber })(value, path).identification;
/** Names of an account; a masked card number is spelled `maskedPAN` in card transactions. */
export const identification = {
  iban: lenient(text),
  bban: lenient(textOrNumber),
  pan: lenient(textOrNumber),
  maskedPan: lenient(text),
  msisdn: lenient(textOrNumber),
  other: lenient(otherIdentification),
};
export const accountReference = record({ ...identification, currency: lenient(text) });
export type WireAccountReference = Read<typeof accountReference>;

export const paymentCreated = record({
  ...sca,
  transactionStatus: textOrNumber,
  paymentId: named,
  instructedAmount: lenient(amount),
  creditorAccount: lenient(accountReference),
});
export type WirePaymentCreated = Read<typeof paymentCreated>;

/** DELETE of a payment: nothing (204), or how the payment stands and how its cancellation is authorised (202). */
export const paymentCancelled = optional(record({ ...sca, transactionStatus: lenient(textOrNumber) }));

/** DELETE of a consent: nothing (204), or what is still to be done (202, where the bank wants an SCA for it). */
export const consentDeleted = optional(
  record({ consentStatus: lenient(textOrNumber), psuMessage: lenient(text), _links: links }),
);

/** The initiation as the bank holds it: of a single or recurring payment, or of a bulk. */
export const paymentDetails = record({
  instructedAmount: lenient(amount),
  creditorAccount: lenient(accountReference),
  payments: lenient(list(anything)),
  tppMessages,
  _links: links,
});
export const paymentItem = record({
  instructedAmount: amount,
  endToEndIdentification: lenient(text),
  paymentId: lenient(textOrNumber),
  transactionStatus: lenient(textOrNumber),
  tppMessages,
});

export const paymentStatusAnswer = record({
  ...costs,
  transactionStatus: textOrNumber,
  psuMessage: lenient(text),
  tppMessages,
  _links: links,
});
export type WirePaymentStatus = Read<typeof paymentStatusAnswer>;

export const basketCreated = record({ ...sca, transactionStatus: textOrNumber, basketId: named });
export const basketStatusAnswer = record({
  transactionStatus: textOrNumber,
  psuMessage: lenient(text),
  tppMessages,
  _links: links,
});
/** DELETE of a basket: nothing. */
export const basketDeleted = optional(record({ _links: links }));

export const fundsAnswer = record({ fundsAvailable: flag, _links: links });

/** Both forms of an error body: tppMessages, and RFC 7807 problem+json with the code beside `type`. */
export const errorBody = record({
  tppMessages,
  code: lenient(text),
  additionalErrors: lenient(list(tppMessage)),
});

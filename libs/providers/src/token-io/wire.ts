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
  wholeNumber,
} from '../kit/json.js';

// Token.io's answers in their own spelling. What its schemas call required is asked for only where a later step needs it: several
// schemas name required members that they do not define.

/** Read by whichever of two forms fits. */
export function eitherOf<A, B>(first: Reader<A>, second: Reader<B>): Reader<A | B> {
  return (value, path) => {
    try {
      return first(value, path);
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      return second(value, path);
    }
  };
}

/** One thing, or a list of them. */
export function oneOrMore<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, path) => (Array.isArray(value) ? list(read)(value, path) : [read(value, path)]);
}

export const money = record({ value: textOrNumber, currency: text });
export type WireMoney = Read<typeof money>;

/** An empty answer, `{}` or none at all: its content says nothing. */
export const acknowledged: Reader<undefined> = () => undefined;

const field = record({
  id: named,
  type: text,
  displayName: lenient(text),
  additionalInformation: lenient(text),
  description: lenient(text),
  options: listOrNone(text),
  image: lenient(text),
  flickerCode: lenient(text),
});
/** An input of the PSU (schemas RequiredField and CredentialField). */
export type WireField = Read<typeof field>;
export const credentialFields = record({ fields: listOrNone(field) });

const authentication = record({
  redirectUrl: optional(text),
  description: lenient(text),
  image: lenient(text),
  flickerCode: lenient(text),
  fields: listOrNone(field),
  isRetry: lenient(flag),
});

const party = record({
  name: lenient(text),
  iban: lenient(text),
  bban: lenient(textOrNumber),
  sortCode: lenient(textOrNumber),
  accountNumber: lenient(textOrNumber),
  bankgiroNumber: lenient(textOrNumber),
  plusgiroNumber: lenient(textOrNumber),
  virtualAccountId: lenient(text),
});

export const payment = record({
  id: named,
  memberId: lenient(text),
  status: text,
  statusReasonInformation: lenient(text),
  bankPaymentStatus: lenient(text),
  bankPaymentId: lenient(text),
  bankTransactionId: lenient(text),
  convertedToFutureDatedPayment: lenient(flag),
  authentication: lenient(authentication),
  initiation: lenient(
    record({
      refId: lenient(text),
      amount: lenient(money),
      creditor: lenient(party),
      executionDate: lenient(text),
    }),
  ),
  errorInfo: lenient(record({ httpErrorCode: lenient(wholeNumber), tokenTraceId: lenient(text) })),
  createdDateTime: lenient(text),
  updatedDateTime: lenient(text),
});
export type WirePayment = Read<typeof payment>;
export const paymentAnswer = record({ payment });
export const paymentList = record({
  payments: list(payment),
  pageInfo: lenient(record({ haveMore: lenient(flag), nextOffset: lenient(text) })),
});

/** Answer to what a TPP forwards of a bank's return (callback owner: the TPP). */
export const callbackAnswer = record({
  payment: optional(payment),
  tokenRequestId: optional(text),
  redirectUrl: optional(text),
  fields: optional(credentialFields),
});

export const tokenRequestStored = record({ tokenRequest: record({ id: named }) });
export const tokenRequestResult = record({
  status: text,
  tokenId: optional(text),
  transferId: optional(text),
  standingOrderSubmissionId: optional(text),
  statusReasonInformation: lenient(text),
});
export type WireRequestResult = Read<typeof tokenRequestResult>;

export const bankAuthorization = record({
  fields: optional(credentialFields),
  redirectUrl: optional(text),
  status: optional(text),
  oauthState: lenient(text),
});

export const token = record({
  token: record({
    id: named,
    replacedByTokenId: lenient(text),
    payload: lenient(record({ expiresAtMs: lenient(textOrNumber), access: lenient(anything) })),
    payloadSignatures: listOrNone(record({ action: lenient(text) })),
  }),
});
export type WireToken = Read<typeof token>['token'];
export const cancelAnswer = record({ result: record({ status: text }) });

export const transfer = record({
  id: named,
  status: text,
  statusReasonInformation: lenient(text),
  convertedToFutureDatedPayment: lenient(flag),
  executionDate: lenient(text),
  transactionId: lenient(text),
  providerDetails: lenient(record({ id: lenient(text), status: lenient(text) })),
  payload: lenient(record({ tokenId: lenient(text), amount: lenient(money), refId: lenient(text) })),
});
export type WireTransfer = Read<typeof transfer>;
export const transferAnswer = record({
  transfer,
  authorizationDetails: lenient(record({ authorizationUrl: lenient(text) })),
});
export const transferList = record({ transfers: listOrNone(transfer), offset: lenient(text) });

const enrolledKey = record({
  id: named,
  keyAlgorithm: lenient(text),
  publicKey: lenient(text),
  expiresAtMs: lenient(textOrNumber),
});
const keyHolder = record({ key: listOrNone(enrolledKey) });
/** Their list is an object in prose and samples, a list of such objects in the schema. */
export const keyList = oneOrMore(keyHolder);
export const keyStored = record({ keyId: named });

export const webhookConfig = record({
  config: optional(record({ type: listOrNone(text), url: optional(text) })),
});

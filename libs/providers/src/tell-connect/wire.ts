import {
  anything,
  list,
  MalformedAnswer,
  named,
  optional,
  type Read,
  type Reader,
  record,
  text,
  textOrNumber,
} from '../kit/json.js';

/** Answer to an intent ("Authorisation Response"). */
export const intentAnswer = record({ 'intent-id': named, location: named });

/** "Access Token Response". */
export const tokenAnswer = record({
  access_token: named,
  refresh_token: optional(named),
  token_type: optional(text),
  expires_in: optional(textOrNumber),
  scope: optional(text),
});
export type WireTokens = Read<typeof tokenAnswer>;

/** An answer of the resources in one spelling: theirs are written AccountId, accountId and account_id. */
export function inOneSpelling(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(inOneSpelling);
  if (!isPlainObject(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [spelt(name), inOneSpelling(value)]));
}

function spelt(name: string): string {
  const camel = name.replaceAll(/(?<=[A-Za-z0-9])[_-]([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return camel.charAt(0).toLowerCase() + camel.slice(1);
}

/** Numbers that keep their text are objects too, of a class of their own. */
function isPlainObject(tree: unknown): tree is Readonly<Record<string, unknown>> {
  return typeof tree === 'object' && tree !== null && Object.getPrototypeOf(tree) === Object.prototype;
}

/** A list: under its name, or as the answer itself. */
export const rowsUnder =
  (name: string): Reader<readonly unknown[]> =>
  (tree, path) => {
    if (Array.isArray(tree)) return list(anything)(tree, path);
    if (!isPlainObject(tree)) throw new MalformedAnswer(path, 'an object');
    return list(anything)(tree[name], name);
  };

const said = optional(textOrNumber);

export const account = record({
  accountId: named,
  currency: text,
  accountType: said,
  accountSubType: said,
  nickname: said,
  identification: said,
  schemeName: said,
});
export type WireAccount = Read<typeof account>;

export const balance = record({ amount: textOrNumber, currency: text, creditDebit: text });

/** Whatever it is called: only a name of the product is taken. */
export const product = record({ productName: said, name: said, product: said, productType: said });

export const transaction = record({
  transactionId: said,
  bookingDateTime: said,
  amount: textOrNumber,
  currency: text,
  status: text,
  creditDebit: text,
  code: said,
  subCode: said,
  creditorSchemeName: said,
  creditorIdentification: said,
  creditorName: said,
  transactionInformation: said,
  merchantName: said,
});
export type WireTransaction = Read<typeof transaction>;

/** Answer to a payment, and to the question how it stands. */
export const payment = record({
  paymentReference: said,
  paymentId: said,
  id: said,
  status: optional(text),
  reason: said,
  amount: said,
  currency: optional(text),
  beneficiaryIdentification: said,
});
export type WirePayment = Read<typeof payment>;

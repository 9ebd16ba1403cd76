/** Prefixes of our own ids (26 characters of a ULID follow). Ours is an id; what an upstream calls its own is a reference. */
export const idPrefixes = {
  app: 'app',
  connection: 'cnn',
  institution: 'ins',
  consent: 'con',
  authorisation: 'aut',
  account: 'acc',
  transaction: 'txn',
  payment: 'pay',
  bulkPayment: 'blk',
  paymentDecision: 'dec',
  signingBasket: 'bsk',
  event: 'evt',
  webhookEndpoint: 'whk',
  bankAuthorisation: 'bau',
  bankPayment: 'bpy',
  bankToken: 'btk',
} as const;

export type IdPrefix = (typeof idPrefixes)[keyof typeof idPrefixes];

/** Where what crosses the wire departs from Tribe's documents, and why that is right. Told in the READMEs of the provider. */
export interface Deviation {
  /** Names of operations. */
  readonly of: RegExp;
  readonly side: 'request' | 'answer';
  /** What the document has against it. */
  readonly faults: RegExp;
  /** What holds in its place: members, and their schema. */
  readonly instead?: { readonly at: readonly string[]; readonly schema: string };
  readonly reason: string;
}

export const deviations: readonly Deviation[] = [
  {
    of: /^v2_payment_(single|direct_single)$/,
    side: 'request',
    faults: /^body:  must NOT have additional properties 'instructed_amount'$/,
    instead: { at: ['instructed_amount'], schema: 'bank#/$defs/amount' },
    reason:
      'The document requires instructed_amount and describes instructedAmount: the name that is required is sent.',
  },
  {
    of: /^v2_payment_bulk$/,
    side: 'request',
    faults: /^body: \/payments\/\* must NOT have additional properties 'instructed_amount'$/,
    instead: { at: ['payments', '*', 'instructed_amount'], schema: 'bank#/$defs/amount' },
    reason: 'The same in each item of a bulk.',
  },
  {
    of: /^GET \/bulk-payments\/\{paymentId\}$/,
    side: 'answer',
    faults: /^body:  must (NOT have additional properties 'payments'|have required property '\w+')$/,
    instead: { at: [], schema: 'tpp#/$defs/bulkPayment' },
    reason: 'The document answers with a single payment: what was made is a bulk.',
  },
  {
    of: /^GET \/banks$/,
    side: 'request',
    faults: /^header:  must NOT have additional properties 'x-request-id'$/,
    reason: 'The document has it with all other operations: all calls go one way.',
  },
  {
    of: /^(GET|POST) \//,
    side: 'answer',
    faults: /^status 502 is not declared$/,
    reason:
      "Tribe's list of errors has 502 ASPSP_UNKNOWN_ERROR for a bank that failed, the document has no such status.",
  },
  {
    of: /^v2_payment_(single|direct_single|bulk)$/,
    side: 'answer',
    faults: /^body: \/code must be equal to one of the allowed values$/,
    instead: { at: ['code'], schema: 'bank#/$defs/errors/$defs/refusedPayment' },
    reason: "Tribe's list of errors has no code for a payment that the bank refuses: it gets the one of Berlin Group.",
  },
];

/** Members that the documents describe and that nobody sends, as `schema/member`. */
export const unsaid: Readonly<Record<string, string>> = {
  'bank singlePayment/instructedAmount': 'instructed_amount is sent.',
  'bank structuredRemittance/reference_type': 'Our orders have a reference, no type of it.',
  'bank v2_payment_bulk/payments/instructedAmount': 'instructed_amount is sent.',
  'tpp token/refresh_token': 'The simulated hub renews no grant.',
  'tpp v2_payment_status/accountTransaction/remittanceInformationStructured/referenceType':
    'Our orders have a reference, no type of it.',
  'tpp v2_payment_status/accountTransaction/transactionId': 'The bank tells no entry with a status.',
};

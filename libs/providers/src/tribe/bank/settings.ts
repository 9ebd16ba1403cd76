/** What Tribe and a bank agree on when the bank joins: addresses, the API key, and the keys of both sides. */
export interface BankSettings {
  /** Of the Actions, up to and with `/bank/v2`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Signs our Actions. */
  readonly privateKeyPem: string;
  /** Proves the webhooks that come to us. */
  readonly tobPublicKeyPem: string;
  readonly institution: { readonly name: string; readonly bic?: string; readonly country: string };
  readonly oneTimeTokens?: 'paymentsOnly' | 'always' | 'never';
  readonly confirmationMinutes?: number;
  readonly authorisationMinutes?: number;
  readonly timestampOffset?: '+00:00' | '+0000' | 'Z';
  readonly accountNumbersAs?: 'numbers' | 'texts';
  readonly unknownFields?: 'ignore' | 'refuse';
  readonly amountSigns?: 'signed' | 'unsigned';
  readonly defaultSchemes?: boolean;
  readonly paymentRefusedCode?: string;
  readonly requestIdHours?: number;
  readonly maxPageSize?: number;
  readonly timeoutSeconds?: number;
}

/** What Tribe's documentation leaves open, as we take it unless a setting says otherwise. */
export const bankDefaults = {
  oneTimeTokens: 'paymentsOnly',
  confirmationMinutes: 15,
  authorisationMinutes: 15,
  timestampOffset: '+00:00',
  accountNumbersAs: 'numbers',
  unknownFields: 'ignore',
  amountSigns: 'signed',
  defaultSchemes: true,
  requestIdHours: 24,
  maxPageSize: 1_000,
  timeoutSeconds: 10,
} as const satisfies Partial<BankSettings>;

/** JSON Schema of the group `bank`. */
export const bankSchema = {
  title: 'We are the bank',
  description: 'Tribe Open Banking asks us, as the bank (ASPSP), and we answer.',
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'apiKey', 'privateKeyPem', 'tobPublicKeyPem', 'institution'],
  properties: {
    baseUrl: {
      type: 'string',
      format: 'uri',
      pattern: '^https?://',
      title: 'Base URL of the Actions',
      description: 'Everything before /init_authorization and the other Actions.',
      examples: ['https://bank-api.example.com/bank/v2'],
    },
    apiKey: {
      type: 'string',
      minLength: 1,
      writeOnly: true,
      title: 'API key',
      description: 'X-Api-Key: ours at Tribe, and what Tribe proves itself with to us.',
    },
    privateKeyPem: {
      type: 'string',
      format: 'pem-rsa-private-key',
      writeOnly: true,
      title: 'Our private RSA key (PEM)',
      description: 'Signs the Actions.',
    },
    tobPublicKeyPem: {
      type: 'string',
      format: 'pem-rsa-public-key',
      title: "Tribe's public RSA key (PEM)",
      description: 'Proves the webhooks that come to us.',
    },
    institution: {
      title: 'Institution',
      description: 'The bank that we are.',
      type: 'object',
      additionalProperties: false,
      required: ['name', 'country'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 140, title: 'Name', examples: ['Pocket Bank'] },
        bic: {
          type: 'string',
          pattern: '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$',
          title: 'BIC',
          description: 'ISO 9362, 8 or 11 characters.',
          examples: ['POCKGB2LXXX'],
        },
        country: {
          type: 'string',
          pattern: '^[A-Z]{2}$',
          title: 'Country',
          description: 'ISO 3166-1 alpha-2.',
          examples: ['GB'],
        },
      },
    },
    oneTimeTokens: {
      enum: ['paymentsOnly', 'always', 'never'],
      title: 'Tokens that are good for one payment',
      description:
        'Nothing on the wire tells. "paymentsOnly" (default): tokens that serve payments and nothing else are spent by the first one.',
    },
    confirmationMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 1440,
      title: 'Minutes to confirm a payment',
      description: 'Then the link is dead and the payment is rejected. Default 15.',
    },
    authorisationMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 1440,
      title: 'Minutes to decide about a consent',
      description: 'How long Tribe takes the grant of an authorisation after the browser arrived. Default 15.',
    },
    timestampOffset: {
      enum: ['+00:00', '+0000', 'Z'],
      title: 'Offset in the timestamps of refusals',
      description:
        'How UTC is written: the texts say 25 characters, hence "+00:00" (default); some samples have others.',
    },
    accountNumbersAs: {
      enum: ['numbers', 'texts'],
      title: 'Account numbers and sort codes in answers',
      description: 'Numbers (default), as the OpenAPI document types them, or texts, which keep leading zeros.',
    },
    unknownFields: {
      enum: ['ignore', 'refuse'],
      title: 'Unknown fields of a webhook',
      description: 'Ignored (default), since Tribe may add some, or refused with FORMAT_ERROR.',
    },
    amountSigns: {
      enum: ['signed', 'unsigned'],
      title: 'Amounts of transactions',
      description: 'Signed (default): outgoing ones are negative. Unsigned: only the two accounts tell the direction.',
    },
    defaultSchemes: {
      type: 'boolean',
      title: 'Choose a payment scheme where none is named',
      description:
        'On (default): FPS between accounts in the United Kingdom in GBP, SCT between IBANs in EUR. Anything else is PAYMENT_SCHEME_INVALID.',
    },
    paymentRefusedCode: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      title: 'Error code of a refused payment',
      description: 'The documentation has none for it. Default PAYMENT_FAILED.',
    },
    requestIdHours: {
      type: 'integer',
      minimum: 1,
      maximum: 720,
      title: 'Hours for which a request id is remembered',
      description: 'A repeated payment request gets the first answer and makes nothing. Default 24.',
    },
    maxPageSize: {
      type: 'integer',
      minimum: 1,
      maximum: 10000,
      title: 'Most transactions on a page',
      description: 'Default 1000.',
    },
    timeoutSeconds: {
      type: 'number',
      minimum: 1,
      maximum: 60,
      title: 'Seconds to wait for an Action',
      description: 'Default 10.',
    },
  },
} as const;

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
}

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
      format: 'pem-private-key',
      writeOnly: true,
      title: 'Our private RSA key (PEM)',
      description: 'Signs the Actions.',
    },
    tobPublicKeyPem: {
      type: 'string',
      format: 'pem-public-key',
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
  },
} as const;

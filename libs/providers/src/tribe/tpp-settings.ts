/** What Tribe and a TPP agree on when the TPP joins. */
export interface TppSettings {
  /** Of the TPP API, up to and with `/tpp/v2`. */
  readonly baseUrl: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Our seal (QSealC): every call is signed with it. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const url = (title: string, description: string, example: string) =>
  ({ type: 'string', format: 'uri', pattern: '^https?://', title, description, examples: [example] }) as const;

/** JSON Schema of the group `tpp`. */
export const tppSchema = {
  title: 'We are the TPP',
  description: 'We reach the banks behind Tribe Open Banking as a third party provider.',
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'authorizeUrl', 'tokenUrl', 'clientId', 'certificatePem', 'privateKeyPem'],
  properties: {
    baseUrl: url(
      'Base URL of the TPP API',
      'Everything before /accounts and the other resources.',
      'https://tpp-api.example.com/tpp/v2',
    ),
    authorizeUrl: url(
      'Authorisation endpoint',
      'Where the PSU is sent to grant access; from there on to the bank.',
      'https://tpp-api.example.com/oauth/authorize',
    ),
    tokenUrl: url('Token endpoint', 'Exchanges codes.', 'https://tpp-api.example.com/oauth/token'),
    clientId: { type: 'string', minLength: 1, maxLength: 255, title: 'Client id', description: 'X-Client-ID.' },
    clientSecret: {
      type: 'string',
      minLength: 1,
      writeOnly: true,
      title: 'Client secret',
      description: 'For the token endpoint. Leave out where Tribe gave none.',
    },
    certificatePem: { type: 'string', format: 'pem-certificate', title: 'Seal certificate (PEM)' },
    privateKeyPem: { type: 'string', format: 'pem-private-key', writeOnly: true, title: 'Private RSA key (PEM)' },
  },
} as const;

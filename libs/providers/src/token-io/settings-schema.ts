import type { SettingsSchema } from '../port/index.js';
import { assumptionsSchema } from './assumptions-schema.js';

const url = (title: string, description: string, example: string) =>
  ({ type: 'string', format: 'uri', pattern: '^https?://', title, description, examples: [example] }) as const;
const flag = (title: string, description: string) => ({ type: 'boolean', title, description }) as const;
const words = (title: string, description: string, pattern: string, example: string) =>
  ({
    type: 'array',
    items: { type: 'string', pattern },
    uniqueItems: true,
    minItems: 1,
    maxItems: 1000,
    title,
    description,
    examples: [[example]],
  }) as const;

/** JSON Schema of the connection's settings, as the catalogue shows it. */
export const settingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Token.io',
  description: "A TPP's member account at Token.io, through which many banks are reached.",
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'memberId'],
  anyOf: [{ required: ['key'] }, { required: ['basicSecret'] }],
  properties: {
    baseUrl: url('Base URL', 'Everything before /v2 and /token-requests.', 'https://api.sandbox.token.io'),
    memberId: {
      type: 'string',
      pattern: '^m:[A-Za-z0-9]+:[A-Za-z0-9]+$',
      title: 'Member id',
      description: 'Our member at Token.io, as its dashboard shows it.',
      examples: ['m:nP4w3u5y8ddrxDJkjimgSX9e4fZ:5zKtXEAq'],
    },
    key: {
      title: 'Signing key',
      description: 'Signs every request. POST /v1/connections/{id}/keys makes and enrols another one.',
      type: 'object',
      additionalProperties: false,
      required: ['privateKeyPem'],
      properties: {
        id: {
          type: 'string',
          minLength: 1,
          maxLength: 80,
          title: 'Key id',
          description: 'As Token.io named it. Of an Ed25519 key it follows from the key itself.',
          examples: ['_NouLPTuo7WBLBV6'],
        },
        privateKeyPem: {
          type: 'string',
          format: 'pem-private-key',
          writeOnly: true,
          title: 'Private key (PEM)',
          description: 'Ed25519, P-256 or RSA.',
        },
      },
    },
    basicSecret: {
      type: 'string',
      minLength: 1,
      writeOnly: true,
      title: 'Basic secret',
      description: 'In place of a key, in the sandbox only: the UUID behind the member id.',
    },
    callbackOwner: {
      enum: ['token', 'tpp'],
      default: 'token',
      title: 'Callback owner',
      description:
        'Where banks send PSUs back to, as agreed with Token.io for the member: to Token.io, which sends them on, or to us, who forward what the bank said.',
    },
    onBehalfOfId: {
      type: 'string',
      minLength: 1,
      maxLength: 80,
      title: 'Sub-TPP',
      description: "For members under Token.io's licence: for whom everything is done.",
      examples: ['c5a863bc-86f2-4418-a26f-25b24c7983c7'],
    },
    onBehalfOfName: {
      type: 'string',
      minLength: 1,
      maxLength: 140,
      title: 'Name of the sub-TPP',
      description: 'As PSUs see it; token requests need it with a sub-TPP.',
      examples: ['The Great Baking Co.'],
    },
    webhookPublicKeyPem: {
      type: 'string',
      format: 'pem-public-key',
      title: 'Webhook key (PEM)',
      description: "Token.io's own public key, as PEM.",
    },
    webhookPublicKey: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]{43}$',
      title: 'Webhook key',
      description: 'The same as the dashboard shows it (member information): 32 bytes in base64url.',
      examples: ['11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'],
    },
    banks: {
      title: 'Banks',
      description: "Which of Token.io's banks become institutions. Default: all.",
      type: 'object',
      additionalProperties: false,
      properties: {
        version: {
          enum: ['v1', 'v2'],
          default: 'v2',
          title: 'Interface',
          description: 'By which of its two lists. Only v2 tells all that a bank can do.',
        },
        ids: words('Bank ids', 'Only these.', '^[\\w.:-]{1,120}$', 'ob-modelo'),
        countries: words('Countries', 'Only banks in these (ISO 3166-1 alpha-2).', '^[A-Z]{2}$', 'GB'),
      },
    },
    paymentsVersion: {
      enum: ['v1', 'v2'],
      default: 'v2',
      title: 'Payments interface',
      description: 'v1: token requests and transfers. Standing orders go by v1 in any case.',
    },
    flow: {
      enum: ['API_ONLY', 'FULL_HOSTED_PAGES', 'EMBEDDED_HOSTED_PAGES'],
      default: 'API_ONLY',
      title: 'Flow',
      description: 'Who shows the pages for credentials: the app, or Token.io.',
    },
    hostedPagesUrl: url(
      'Hosted pages',
      'Token.io’s web application: with FULL_HOSTED_PAGES also consents and payments v1 begin there.',
      'https://web-app.sandbox.token.io',
    ),
    credentialFlow: {
      enum: ['auto', 'never', 'always', 'hosted'],
      default: 'auto',
      title: 'Credential flow',
      description:
        'Whether a bank of token requests is asked for its fields. auto: where the app prefers embedded or decoupled, or the bank has nothing else. hosted: Token.io shows them.',
    },
    redemption: {
      enum: ['token', 'tpp'],
      default: 'token',
      title: 'Redemption',
      description: 'Who hands an authorised payment to the bank: Token.io by itself, or we.',
    },
    confirmFunds: flag('Confirm funds', 'The bank checks before it carries out that there is enough money.'),
    returnRefundAccount: flag('Refund account', 'The bank names the account to which a refund would go.'),
    disableFutureDatedPaymentConversion: flag(
      'No conversion',
      'A payment that cannot be made today is refused and not turned into one for tomorrow.',
    ),
    settlementAccounts: {
      type: 'array',
      maxItems: 100,
      title: 'Settlement accounts',
      description: 'Accounts at Token.io. An order to such an account number is paid into it there.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id'],
        anyOf: [{ required: ['iban'] }, { required: ['sortCode', 'accountNumber'] }],
        properties: {
          id: {
            type: 'string',
            pattern: '^pa:',
            title: 'Id',
            examples: ['pa:2tv9sJzeftSWRXSRvPN4SA1sL5e6:2gFUX1NDbiv'],
          },
          iban: { type: 'string', pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$', title: 'IBAN' },
          sortCode: { type: 'string', pattern: '^[0-9]{6}$', title: 'Sort code' },
          accountNumber: { type: 'string', pattern: '^[0-9]{8}$', title: 'Account number' },
        },
      },
    },
    initialEmbeddedAuth: {
      type: 'object',
      additionalProperties: { enum: ['psuId', 'corporateId'] },
      title: 'Fields filled in at once',
      description: 'Which of a bank’s first fields are the PSU’s own names, so that it need not ask for them.',
      examples: [{ psuIdentifier: 'psuId' }],
    },
    paymentDefaults: {
      title: 'Members of every payment (v2)',
      type: 'object',
      additionalProperties: false,
      properties: {
        chargeBearer: { enum: ['CRED', 'DEBT', 'SHAR', 'SLEV'], title: 'Charge bearer' },
        ultimateCreditorName: { type: 'string', minLength: 1, maxLength: 140, title: 'Ultimate creditor' },
        ultimateDebtorName: { type: 'string', minLength: 1, maxLength: 140, title: 'Ultimate debtor' },
        risk: { type: 'object', title: 'Risk', description: 'In Token.io’s own words (schema Risk).' },
      },
    },
    tokenRequestDefaults: {
      title: 'Members of every token request (v1)',
      description: 'In Token.io’s own words; what an order says wins.',
      type: 'object',
      additionalProperties: false,
      properties: {
        requestOptions: { type: 'object', title: 'Request options' },
        requestPayload: { type: 'object', title: 'Request payload' },
      },
    },
    timeoutSeconds: {
      type: 'integer',
      minimum: 6,
      maximum: 120,
      default: 20,
      title: 'Patience',
      description: 'For an answer to begin. Token.io is asked to answer five seconds earlier with what it knows.',
    },
    maxConnections: { type: 'integer', minimum: 1, maximum: 1000, default: 64, title: 'Connections at most' },
    assumptions: assumptionsSchema,
  },
} as const satisfies SettingsSchema;

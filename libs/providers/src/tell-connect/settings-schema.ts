import type { SettingsSchema } from '../port/index.js';
import { institutionMembers } from '../kit/institution-schema.js';
import { assumptionsSchema } from './assumptions-schema.js';
import { defaults } from './settings.js';

const path = (title: string, fallback: string, description: string) =>
  ({ type: 'string', pattern: '^/[A-Za-z0-9/_.-]{1,200}$', default: fallback, title, description }) as const;

/** JSON Schema of the connection's settings, as the catalogue shows it. */
export const settingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'tell.connect',
  description:
    'One application at the developer portal of one bank. Its redirect URL there is <public URL>/callbacks/tell-connect.',
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'clientId', 'clientSecret', 'applicationId', 'certificatePem', 'institution'],
  properties: {
    baseUrl: {
      type: 'string',
      format: 'uri',
      pattern: '^https?://[^?#]+$',
      title: 'Base URL',
      description: 'Everything before /accounts, with the version (v1, dev): the sandbox and production have one each.',
      examples: ['https://pockit.example.com/v1'],
    },
    clientId: { type: 'string', pattern: '^[\\x21-\\x39\\x3b-\\x7e]{1,255}$', title: 'Client ID' },
    clientSecret: { type: 'string', minLength: 1, maxLength: 255, writeOnly: true, title: 'Client secret' },
    applicationId: {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,255}$',
      title: 'Application id',
      description: 'Of the application, from the portal; not the client ID.',
    },
    certificatePem: {
      type: 'string',
      format: 'pem-certificate',
      writeOnly: true,
      title: 'Certificate (PEM)',
      description:
        'As it was uploaded, byte for byte, with its last line feed: it is the key of every signature, so keep it secret and use it for nothing else.',
    },
    institution: {
      type: 'object',
      title: 'Bank',
      additionalProperties: false,
      required: ['name', 'country'],
      properties: {
        ...institutionMembers,
        name: { ...institutionMembers.name, examples: ['Pockit'] },
      },
    },
    aspspId: {
      type: 'string',
      format: 'uuid',
      default: defaults.aspspId,
      title: 'ASPSP',
      description: "The bank's reference; that of Pockit if left out.",
    },
    sandboxSca: {
      type: 'boolean',
      default: defaults.sandboxSca,
      title: 'Accept without the PSU',
      description: 'sandbox_sca: the sandbox sends the PSU back at once, with a code. Production ignores it.',
    },
    authorisationPath: path('Path of intents', defaults.authorisationPath, 'Below the base URL.'),
    tokenPath: path('Path of tokens', defaults.tokenPath, 'Below the base URL.'),
    accountsPath: path('Path of accounts', defaults.accountsPath, 'Below the base URL.'),
    paymentsPath: path('Path of payments', defaults.paymentsPath, 'Below the base URL.'),
    readProducts: {
      type: 'boolean',
      default: defaults.readProducts,
      title: 'Read products',
      description:
        'Read the product of each account with the list of accounts, where the PSU granted it: one call more each.',
    },
    paymentSchemes: {
      type: 'array',
      items: { enum: ['FASTER_PAYMENTS', 'SEPA_CREDIT_TRANSFER'] },
      uniqueItems: true,
      default: defaults.paymentSchemes,
      title: 'Payment schemes',
      description: 'Which ones an order may name; there is no member for it, so the bank chooses.',
    },
    timeoutSeconds: {
      type: 'number',
      minimum: 0.1,
      maximum: 120,
      default: defaults.timeoutSeconds,
      title: 'Time to answer',
      description: 'Seconds that the bank has for its answer.',
    },
    maxConnections: {
      type: 'integer',
      minimum: 1,
      maximum: 512,
      default: defaults.maxConnections,
      title: 'Parallel connections',
    },
    assumptions: assumptionsSchema,
  },
} as const satisfies SettingsSchema;

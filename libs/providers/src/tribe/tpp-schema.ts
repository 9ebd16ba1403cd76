import { institutionMembers } from '../kit/institution-schema.js';
import { digestAlgorithms } from '../kit/signing/digest.js';
import { tppDefaults } from './tpp-settings.js';

const url = (title: string, description: string, example: string) =>
  ({ type: 'string', format: 'uri', pattern: '^https?://', title, description, examples: [example] }) as const;
const flag = (title: string, fallback: boolean, description: string) =>
  ({ type: 'boolean', default: fallback, title, description }) as const;

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
    clientId: {
      type: 'string',
      // It is the value of a header.
      pattern: '^[\\x21-\\x7e]{1,255}$',
      title: 'Client id',
      description: 'X-Client-ID.',
    },
    clientSecret: {
      type: 'string',
      minLength: 1,
      writeOnly: true,
      title: 'Client secret',
      description: 'For the token endpoint. Leave out where Tribe gave none.',
    },
    certificatePem: { type: 'string', format: 'pem-certificate', title: 'Seal certificate (PEM)' },
    privateKeyPem: { type: 'string', format: 'pem-rsa-private-key', writeOnly: true, title: 'Private RSA key (PEM)' },
    tobPublicKeyPem: {
      type: 'string',
      format: 'pem-rsa-public-key',
      title: "Tribe's public RSA key (PEM)",
      description: 'Proves the webhooks about payments. Left out: none are received, payments are only asked about.',
    },
    clientAuthentication: {
      enum: ['header', 'form'],
      default: tppDefaults.clientAuthentication,
      title: 'Client secret travels in',
      description: 'At the token endpoint: Basic authentication, or the form (RFC 6749 section 2.3.1).',
    },
    pkce: flag('PKCE', tppDefaults.pkce, 'Send an S256 code challenge (RFC 7636) and its verifier.'),
    bankParameter: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,39}$',
      default: tppDefaults.bankParameter,
      title: 'Parameter of the bank',
      description: "How the authorisation endpoint wants to hear the bank's identifier.",
    },
    keyId: {
      type: 'string',
      pattern: '^[\\x20-\\x7e]{1,255}$',
      title: 'Key id',
      description: "keyId of the signature. Left out: SN=<serial>,CA=<issuer's organisation> of the seal.",
      examples: ['SN=3595A71FCB74E837959C3F0CF5F73A03B31F1952,CA=TribePayments CA'],
    },
    signedHeaders: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z0-9()-]{1,60}$' },
      uniqueItems: true,
      minItems: 1,
      default: tppDefaults.signedHeaders,
      title: 'Signed headers',
      description: 'What a signature covers, in this order; those that a call has.',
      examples: [['digest', 'x-request-id', 'x-client-id', 'date']],
    },
    digestAlgorithm: {
      enum: Object.keys(digestAlgorithms),
      default: tppDefaults.digestAlgorithm,
      title: 'Digest',
      description: 'The signature itself is always RSA with SHA-256.',
    },
    signDirectory: flag('Sign calls of the directory', tppDefaults.signDirectory, '/banks declares no signature.'),
    directPayments: {
      enum: ['whereSupported', 'never'],
      default: tppDefaults.directPayments,
      title: 'Direct payments',
      description:
        'whereSupported: single payments need no consent first, so that the PSU goes to the bank once. never: every payment is preceded by a consent for it.',
    },
    bankChooser: {
      title: 'Payments without a bank',
      description: "Adds an institution for payments whose PSU chooses the bank on Tribe's own page.",
      type: 'object',
      additionalProperties: false,
      required: ['name', 'country'],
      properties: {
        name: { ...institutionMembers.name, examples: ['Any bank'] },
        country: institutionMembers.country,
      },
    },
    schemeWhenAbsent: {
      enum: ['derive', 'omit'],
      default: tppDefaults.schemeWhenAbsent,
      title: 'Orders without a scheme',
      description:
        'derive: SCT for EUR between IBANs, FPS for GBP between UK accounts, others are refused. omit: Tribe chooses, but never for bulk payments.',
    },
    fundsWithAccounts: flag(
      'Funds with accounts',
      tppDefaults.fundsWithAccounts,
      'Ask for funds_confirmations with every consent of account information. Otherwise that is a consent of its own.',
    ),
    amountSigns: {
      enum: ['signed', 'unsigned'],
      title: 'Signs of transaction amounts',
      description:
        'signed: a debit has a minus. unsigned: the parties tell the direction. Left out: signed, and a row whose parties contradict that is reported.',
    },
    aspspErrorIsRefusal: flag(
      'Every error of the bank is a refusal',
      tppDefaults.aspspErrorIsRefusal,
      'Whether 502 with ASPSP_ERROR_DESC for a new payment always says that the bank did not take it, also after a time-out between Tribe and the bank. false: only with a code of the bank that says so; else the outcome is unknown.',
    ),
    comparePayments: flag(
      'Compare payments',
      tppDefaults.comparePayments,
      'Read the content of a payment once and compare amount and creditor with the order.',
    ),
    confirmationMinutes: {
      type: 'integer',
      minimum: 1,
      title: 'Life of a confirmation link in minutes',
      description: 'Shown to apps with the link. Left out: not known.',
      examples: [15],
    },
    maxConsentDays: { type: 'integer', minimum: 1, title: 'Longest consent in days', examples: [90] },
    timeoutSeconds: {
      type: 'number',
      minimum: 0.1,
      maximum: 120,
      default: tppDefaults.timeoutSeconds,
      title: 'Time to answer',
      description: 'Seconds that Tribe and the bank behind it have for their answer.',
    },
    maxConnections: {
      type: 'integer',
      minimum: 1,
      maximum: 512,
      default: tppDefaults.maxConnections,
      title: 'Parallel connections to Tribe',
    },
  },
} as const;

import type { ScaApproach } from '@tributary/domain';
import type { SettingsSchema } from '../port/index.js';
import { institutionMembers } from '../kit/institution-schema.js';
import { signatureAlgorithms } from '../kit/signing/http-signature.js';
import { paymentServices, standardProducts } from './payments/products.js';
import { profileSchema } from './profile-schema.js';
import { deltaAccesses, optionalServices, reportFormats } from './settings.js';

const url = (title: string, description: string, example: string) =>
  ({ type: 'string', format: 'uri', pattern: '^https?://', title, description, examples: [example] }) as const;
const flag = (title: string, description: string) => ({ type: 'boolean', default: false, title, description }) as const;
const approaches = ['redirect', 'embedded', 'decoupled', 'oauth'] as const satisfies readonly ScaApproach[];

/** JSON Schema of the connection's settings, as the catalogue shows it. */
export const settingsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Berlin Group XS2A',
  description: 'A bank (ASPSP) that speaks the NextGenPSD2 XS2A framework 1.3, as MockBank does.',
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'institution', 'scaPreference'],
  properties: {
    baseUrl: url(
      'Base URL',
      'Everything before /v1. Links of the bank must stay on this origin.',
      'https://api.mockbank.io',
    ),
    institution: {
      title: 'Institution',
      description: 'The bank behind this interface, as apps see it.',
      type: 'object',
      additionalProperties: false,
      required: ['name', 'country'],
      properties: {
        name: { ...institutionMembers.name, examples: ['MockBank'] },
        bic: { ...institutionMembers.bic, description: 'ISO 9362, 8 or 11 characters.', examples: ['MOCKDEFFXXX'] },
        country: { ...institutionMembers.country, examples: ['DE'] },
      },
    },
    scaPreference: {
      enum: approaches,
      title: 'Preferred SCA approach',
      description: 'A wish that the bank may overrule; an app can wish otherwise with each consent and payment.',
      examples: ['redirect'],
    },
    scaApproaches: {
      type: 'array',
      items: { enum: approaches },
      uniqueItems: true,
      minItems: 1,
      title: 'SCA approaches',
      description: 'What this bank offers, for the list of institutions. Default: all, oauth only with OAuth settings.',
      examples: [['redirect', 'decoupled']],
    },
    oauth: {
      title: 'OAuth 2.0',
      description: 'Only for banks that use OAuth for SCA or before it.',
      type: 'object',
      additionalProperties: false,
      required: ['clientId'],
      if: { properties: { mode: { const: 'pre-step' } }, required: ['mode'] },
      // oxlint-disable-next-line unicorn/no-thenable -- `then` is the JSON Schema keyword
      then: { anyOf: [{ required: ['metadataUrl'] }, { required: ['authorizeUrl', 'tokenUrl'] }] },
      properties: {
        mode: {
          enum: ['integrated', 'pre-step'],
          default: 'integrated',
          title: 'Mode',
          description:
            'integrated: the OAuth flow is the SCA of a consent or payment. pre-step: a token is needed before either can be created.',
        },
        metadataUrl: url(
          'Metadata URL',
          'RFC 8414 metadata for the pre-step. With mode integrated the bank links to it.',
          'https://oauth.mockbank.io/.well-known/oauth-authorization-server',
        ),
        authorizeUrl: url(
          'Authorisation endpoint',
          'Where the PSU logs in; used where no metadata is linked.',
          'https://oauth.mockbank.io/oauth/authorize',
        ),
        tokenUrl: url(
          'Token endpoint',
          'Its origin is trusted. Used where no metadata is linked.',
          'https://oauth.mockbank.io/oauth/token',
        ),
        clientId: { type: 'string', minLength: 1, title: 'Client id', examples: ['PSDDE-BAFIN-123456'] },
        clientSecret: {
          type: 'string',
          minLength: 1,
          writeOnly: true,
          title: 'Client secret',
          description: 'Sent as Basic authentication. Leave out where the bank knows us by our TLS certificate alone.',
        },
        scope: {
          type: 'string',
          minLength: 1,
          title: 'Scope',
          description: 'Default: AIS:<consent id> or PIS:<payment id> as the framework says; none in the pre-step.',
          examples: ['accounts payments'],
        },
      },
    },
    tls: {
      title: 'Mutual TLS',
      description: 'Our QWAC, and a private certificate authority of the bank.',
      type: 'object',
      additionalProperties: false,
      dependentRequired: { certificatePem: ['privateKeyPem'], privateKeyPem: ['certificatePem'] },
      properties: {
        certificatePem: { type: 'string', format: 'pem-certificate', title: 'Client certificate (PEM)' },
        privateKeyPem: { type: 'string', format: 'pem-private-key', writeOnly: true, title: 'Private key (PEM)' },
        caPem: { type: 'string', format: 'pem-certificate', title: 'Certificate authority of the bank (PEM)' },
      },
    },
    qseal: {
      title: 'Signed requests (QSeal)',
      description: 'Our electronic seal: every request then carries Digest, Signature and TPP-Signature-Certificate.',
      type: 'object',
      additionalProperties: false,
      required: ['certificatePem', 'privateKeyPem'],
      properties: {
        certificatePem: { type: 'string', format: 'pem-certificate', title: 'Seal certificate (PEM)' },
        privateKeyPem: { type: 'string', format: 'pem-private-key', writeOnly: true, title: 'Private RSA key (PEM)' },
        algorithm: {
          enum: Object.keys(signatureAlgorithms),
          default: 'rsa-sha256',
          title: 'Algorithm',
          description: 'Of the signature, and of the digest with it: SHA-256 or SHA-512.',
        },
      },
    },
    apiHeaders: {
      type: 'object',
      writeOnly: true,
      additionalProperties: { type: 'string', maxLength: 1000 },
      propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
      title: 'Further headers',
      description: 'Sent with every call of the interface, such as the key of a developer portal.',
      examples: [{ 'X-API-Key': 'key of the portal' }],
    },
    trustedOrigins: {
      type: 'array',
      items: { type: 'string', pattern: '^https?://[^/?#@]+$' },
      uniqueItems: true,
      title: 'Further origins',
      description: 'Other origins that the links of this bank may lead us to (scheme, host and port).',
      examples: [['https://oauth.mockbank.io']],
    },
    linkBase: {
      enum: ['request', 'baseUrl'],
      default: 'request',
      title: 'Base of relative links',
      description: 'request: as RFC 3986 says, relative to the request. baseUrl: to be appended to the base URL.',
    },
    explicitStart: {
      type: 'boolean',
      title: 'Explicit start of the authorisation',
      description: 'Sent as TPP-Explicit-Authorisation-Preferred. Left out: the bank decides.',
    },
    passwordAtStart: flag(
      'Password with the start',
      'Embedded and decoupled: where the bank only links startAuthorisation, ask for the password first and send it with the start.',
    ),
    sendPsuId: {
      type: 'boolean',
      default: true,
      title: 'Send PSU-ID',
      description: 'Whether the id that an app gives for its PSU is the user name at the bank.',
    },
    psuIdType: {
      type: 'string',
      minLength: 1,
      maxLength: 50,
      title: 'PSU-ID-Type',
      description: 'Where the bank has several kinds of user.',
    },
    requirePsuIpAddress: flag(
      'PSU-IP-Address is required',
      'The framework demands the header when consents and payments are created; MockBank does not. true: refused here, before anything is sent.',
    ),
    accessShape: {
      enum: ['global', 'bankOffered'],
      default: 'global',
      title: 'Consent without a list of accounts',
      description: 'global: allPsd2. bankOffered: the PSU chooses accounts at the bank (not in the embedded approach).',
    },
    combinedService: flag(
      'Combined service',
      'Whether the bank supports AIS and PIS in one session (combinedServiceIndicator).',
    ),
    maxConsentDays: { type: 'integer', minimum: 1, title: 'Longest consent in days', examples: [180] },
    amountSigns: {
      enum: ['signed', 'unsigned'],
      title: 'Signs of transaction amounts',
      description:
        'signed: a debit has a minus. unsigned: the parties tell the direction. Left out: signed, and a row whose parties contradict that is reported.',
    },
    historyDays: {
      type: 'integer',
      minimum: 1,
      maximum: 3650,
      default: 90,
      title: 'Days of history',
      description:
        'How far back transactions are asked for when the app gives no start date (the framework requires one).',
    },
    reportFormats: {
      type: 'array',
      items: { enum: reportFormats },
      uniqueItems: true,
      minItems: 1,
      default: ['json'],
      title: 'Formats of transactions',
      description:
        'In what form to ask for transactions, the best first. json: of the framework. camt: camt.052 to camt.054 in XML. mt94x: MT940 and MT942. What comes is read by its media type.',
      examples: [['json', 'camt']],
    },
    deltaAccess: {
      enum: deltaAccesses,
      title: 'Delta access to transactions',
      description:
        'Where the bank can give only what came since the last read. entryReferenceFrom: since an entry. deltaList: since it was last asked, by whomever of us. Left out: every read is whole.',
    },
    optionalServices: {
      type: 'array',
      items: { enum: optionalServices },
      uniqueItems: true,
      default: [],
      title: 'Optional services',
      description:
        "What this bank offers of that which the framework leaves to it: card accounts, consents for confirmations of funds (v2), the owner's name, signing baskets, standing orders (booking status information), details of one transaction, trusted beneficiaries.",
      examples: [['cardAccounts', 'standingOrders']],
    },
    paymentServices: {
      type: 'array',
      items: { enum: paymentServices },
      uniqueItems: true,
      title: 'Payment services',
      description: 'What the bank offers: single, bulk and recurring payments. Default: all. Empty: no payments.',
      examples: [['payments', 'periodic-payments']],
    },
    paymentProducts: {
      type: 'array',
      items: { enum: Object.keys(standardProducts) },
      uniqueItems: true,
      title: 'Payment products',
      description:
        'What the bank offers, the preferred one of a scheme first; those with pain.001 go out as XML. Default: all four in JSON. Empty: no payments but by the products of the profile.',
      examples: [['sepa-credit-transfers'], ['pain.001-sepa-credit-transfers']],
    },
    futureDated: {
      type: 'boolean',
      default: true,
      title: 'Future-dated payments',
      description: 'Whether payments can ask for a day of execution.',
    },
    initiatingParty: {
      type: 'string',
      minLength: 1,
      maxLength: 70,
      title: 'Initiating party',
      description: 'Our name in pain.001 messages. Default: the debtor.',
      examples: ['Example Payments Ltd'],
    },
    timeZone: {
      type: 'string',
      pattern: '^[A-Za-z_+-]+(/[A-Za-z0-9_+-]+){0,2}$',
      default: 'Europe/Brussels',
      title: 'Time zone of the bank',
      description: 'For the day in pain.001 messages that are to be executed at once (IANA name).',
      examples: ['Europe/Helsinki'],
    },
    passwordEncryption: {
      title: 'Encrypted passwords',
      description: "The bank's key, where passwords must reach it as JSON Web Encryption (RFC 7516).",
      type: 'object',
      additionalProperties: false,
      required: ['publicKeyPem'],
      properties: {
        publicKeyPem: { type: 'string', format: 'pem-public-key', title: 'Public RSA key of the bank (PEM)' },
        keyId: { type: 'string', minLength: 1, title: 'Key id', description: 'Sent as kid.' },
        algorithm: { enum: ['RSA-OAEP', 'RSA-OAEP-256'], default: 'RSA-OAEP-256', title: 'Key encryption (alg)' },
        contentEncryption: {
          enum: ['A128GCM', 'A256GCM', 'A128CBC-HS256', 'A256CBC-HS512'],
          default: 'A256GCM',
          title: 'Content encryption (enc)',
        },
      },
    },
    debtorAccountRequired: {
      type: 'boolean',
      default: true,
      title: 'Debtor account is required',
      description: 'The framework says so; some banks let the PSU choose the account.',
    },
    structuredRemittance: {
      enum: ['text', 'object'],
      default: 'text',
      title: 'Form of a structured remittance reference',
      description: 'object: as in 1.3.11. text: older versions and MockBank.',
    },
    initiationReplay: flag(
      'Initiation can be repeated',
      'true only where the bank states that the same X-Request-ID and body give the first answer again. Otherwise an initiation whose answer was lost is never sent again.',
    ),
    timeoutSeconds: {
      type: 'number',
      minimum: 0.1,
      maximum: 120,
      default: 10,
      title: 'Time to answer',
      description: 'Seconds that the bank has for its answer.',
    },
    maxConnections: {
      type: 'integer',
      minimum: 1,
      maximum: 512,
      default: 64,
      title: 'Parallel connections to the bank',
    },
    profile: profileSchema,
  },
} as const satisfies SettingsSchema;

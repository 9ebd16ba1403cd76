import { institutionMembers } from '../../kit/institution-schema.js';
import { bankDefaults } from './settings.js';
import { wireBalanceTypes } from './wire.js';

const endStatus = (title: string, fallback: 'RJCT' | 'CANC') =>
  ({ enum: ['RJCT', 'CANC'], default: fallback, title }) as const;

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
    webhookApiKey: {
      type: 'string',
      minLength: 1,
      writeOnly: true,
      title: 'API key of the webhooks',
      description: 'X-Api-Key of what Tribe asks us, where it is another one. Left out: the API key.',
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
        name: { ...institutionMembers.name, examples: ['Pocket Bank'] },
        bic: { ...institutionMembers.bic, description: 'ISO 9362, 8 or 11 characters.', examples: ['POCKGB2LXXX'] },
        country: { ...institutionMembers.country, examples: ['GB'] },
      },
    },
    mutualTls: {
      title: 'Client certificates',
      description: 'Left out: none is shown and none is asked for.',
      type: 'object',
      additionalProperties: false,
      dependentRequired: {
        certificatePem: ['privateKeyPem'],
        privateKeyPem: ['certificatePem'],
        subject: ['subjectHeader'],
      },
      properties: {
        certificatePem: { type: 'string', format: 'pem-certificate', title: 'Our client certificate (PEM)' },
        privateKeyPem: { type: 'string', format: 'pem-private-key', writeOnly: true, title: 'Its private key (PEM)' },
        caPem: { type: 'string', format: 'pem-certificate', title: 'Certificate authority of Tribe (PEM)' },
        subjectHeader: {
          type: 'string',
          pattern: '^[a-z0-9-]{1,60}$',
          title: "Header with the subject of Tribe's certificate",
          description:
            'The proxy that ends TLS before us sets it from a certificate that it has verified, and removes what arrives in it. A webhook without it is SSL_CREDENTIALS_NOT_FOUND.',
          examples: ['ssl-client-s-dn'],
        },
        subject: {
          type: 'string',
          minLength: 1,
          title: 'That subject',
          description: 'Compared as a text. Left out: any that the proxy lets in.',
          examples: ['CN=tob.example.com,O=Tribe'],
        },
      },
    },
    checkOrder: {
      enum: ['requestIdFirst', 'signatureFirst'],
      default: bankDefaults.checkOrder,
      title: 'Order of the checks of a webhook',
      description: 'Which mistake is told where both the request id and the signature are wrong.',
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
      description: 'Then the link is dead, and the payment ends as `endStatuses.expired` says. Default 15.',
    },
    endStatuses: {
      title: 'Statuses of payments that end unconfirmed',
      description: 'The documentation names none for certain.',
      type: 'object',
      additionalProperties: false,
      properties: {
        refused: endStatus('The customer refuses', bankDefaults.endStatuses.refused),
        declined: endStatus('The bank declines', bankDefaults.endStatuses.declined),
        expired: endStatus('Nobody confirms in time', bankDefaults.endStatuses.expired),
      },
    },
    authorisationMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 1440,
      title: 'Minutes to decide about a consent',
      description: 'How long Tribe takes the grant of an authorisation after the browser arrived. Default 15.',
    },
    consentAccountNumbers: {
      enum: ['withSortCode', 'alone', 'leftOut'],
      default: bankDefaults.consentAccountNumbers,
      title: 'Account numbers in a consent',
      description:
        'How granted accounts stand in accountNumbers: six digits of the sort code and eight of the number, the eight alone, or not at all. IBANs and our own references are there in any case.',
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
    debtorAccount: {
      enum: ['optional', 'required'],
      default: bankDefaults.debtorAccount,
      title: 'Account of the debtor in a payment',
      description:
        'Optional: where none is named the customer chooses on the page. Required: FORMAT_ERROR without one.',
    },
    fundsBalance: {
      enum: wireBalanceTypes,
      default: bankDefaults.fundsBalance,
      title: 'Balance that funds are checked against',
      description:
        'For funds confirmations and payments. An account without this balance confirms no funds, and its payments are not checked.',
    },
    foreignAccount: {
      enum: ['unknown', 'forbidden'],
      default: bankDefaults.foreignAccount,
      title: 'An account outside of the consent',
      description:
        'unknown: RESOURCE_UNKNOWN, as for one that does not exist. forbidden: SERVICE_BLOCKED, which tells that it exists.',
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

import { isoPaymentStatuses, paymentSchemes, scaStatuses } from '@tributary/domain';
import { psuHeaderNames } from './headers.js';
import { consentStatuses } from './status.js';

const names = (title: string, description: string, example: Readonly<Record<string, string>>) =>
  ({
    type: 'object',
    additionalProperties: { type: 'string', minLength: 1, maxLength: 100 },
    title,
    description,
    examples: [example],
  }) as const;
const words = (title: string, allowed: readonly string[], example: Readonly<Record<string, string>>) =>
  ({
    type: 'object',
    additionalProperties: { enum: allowed },
    title,
    description: 'Words of the bank (numbers as texts), and the words of the framework for them.',
    examples: [example],
  }) as const;
const oneWord = (title: string, example: string) =>
  ({ type: 'string', minLength: 1, maxLength: 200, title, examples: [example] }) as const;

/** JSON Schema of the profile within the settings. */
export const profileSchema = {
  title: 'Profile',
  description: 'Where this bank departs from the framework.',
  type: 'object',
  additionalProperties: false,
  properties: {
    signedHeaders: {
      type: 'array',
      items: { type: 'string', pattern: "^(\\(request-target\\)|[!#$%&'*+.^_`|~0-9A-Za-z-]+)$" },
      uniqueItems: true,
      minItems: 1,
      title: 'Signed headers',
      description:
        'In this order, each if and only if it is sent. Default: digest, x-request-id, psu-id, psu-corporate-id, tpp-redirect-uri. Naming date has it sent.',
      examples: [['date', 'digest', 'psu-corporate-id', 'psu-id', 'tpp-redirect-uri', 'x-request-id']],
    },
    signatureKeyId: {
      ...oneWord('Key id of signatures', 'SN=9fa1,CA=CN=D-TRUST%20CA%202-1%202015,O=D-Trust%20GmbH,C=DE'),
      description: 'Default: from the seal certificate.',
    },
    requiredPsuHeaders: {
      type: 'array',
      items: { enum: psuHeaderNames },
      uniqueItems: true,
      title: 'Required PSU headers',
      description: 'Consents, payments and baskets without them are refused here, before anything is sent.',
      examples: [['PSU-IP-Address', 'PSU-User-Agent']],
    },
    ignoredLinks: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      uniqueItems: true,
      title: 'Ignored links',
      description: 'Links that lead nowhere; the path of the framework is taken in their place.',
      examples: [['status']],
    },
    linkNames: names('Names of links', 'Theirs, and those of the framework.', { redirect: 'scaRedirect' }),
    answerMembers: names('Members of answers', 'Their names, and those of the framework.', {
      authMethodId: 'authenticationMethodId',
    }),
    requestMembers: names('Members of requests', 'Names of the framework, and theirs.', {
      authenticationMethodId: 'authMethodId',
    }),
    paymentStatuses: words('Payment statuses', Object.keys(isoPaymentStatuses), { '5': 'ACSC' }),
    consentStatuses: words('Consent statuses', Object.keys(consentStatuses), { ACTIVE: 'valid' }),
    scaStatuses: words('SCA statuses', Object.keys(scaStatuses), { '3': 'finalised' }),
    credentialFields: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'label', 'secret'],
        properties: {
          name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]{0,49}$', title: 'Member of psuData' },
          label: { type: 'string', minLength: 1, maxLength: 100, title: 'Label for the PSU' },
          secret: { type: 'boolean', title: 'Shown as a password field' },
        },
      },
      title: 'Further credentials',
      description: 'What the PSU enters besides the password.',
      examples: [[{ name: 'branchCode', label: 'Branch', secret: false }]],
    },
    confirmationParameter: {
      ...oneWord('Parameter of the confirmation code', 'confirmation_code'),
      description: "In the query of the PSU's return. Default: confirmationCode, authConfirmationCode, or code.",
    },
    products: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z0-9._-]{1,100}$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['scheme', 'format', 'currency', 'ibanOnly', 'endToEndId'],
        properties: {
          scheme: { enum: paymentSchemes, title: 'Scheme of our API that it carries' },
          format: { enum: ['json', 'xml'], title: 'Format of the initiation' },
          currency: { type: ['string', 'null'], pattern: '^[A-Z]{3}$', title: 'Only this currency; null: any' },
          ibanOnly: { type: 'boolean', title: 'Accounts are IBANs' },
          endToEndId: { type: 'boolean', title: 'Carries an end-to-end id' },
          serviceLevel: { type: 'string', pattern: '^[A-Z]{4}$', title: 'pain.001: code of the service level' },
          localInstrument: { type: 'string', pattern: '^[A-Z0-9]{1,35}$', title: 'pain.001: local instrument' },
        },
      },
      title: 'Products of this bank',
      description:
        'By their path segment. They are offered besides the payment products, and preferred for their scheme.',
      examples: [
        {
          'domestic-swiss-credit-transfers': {
            scheme: 'DOMESTIC',
            format: 'json',
            currency: 'CHF',
            ibanOnly: true,
            endToEndId: true,
          },
        },
      ],
    },
    oauth: {
      title: 'OAuth 2.0',
      description: 'Departures from RFC 6749.',
      type: 'object',
      additionalProperties: false,
      properties: {
        responseType: oneWord('Spelling of response_type', 'CODE'),
        grantType: oneWord('Spelling of grant_type for a code', 'AUTHORISATION_CODE'),
        tokenRequestIn: {
          enum: ['body', 'query'],
          default: 'body',
          title: 'Place of the parameters of a token request',
        },
        pkce: { type: 'boolean', default: true, title: 'Send PKCE parameters' },
        scopes: {
          type: 'object',
          additionalProperties: false,
          properties: {
            consent: oneWord('Scope for a consent', 'AIS:{id}'),
            payment: oneWord('Scope for a payment', 'PIS:{id}'),
            basket: oneWord('Scope for a signing basket', 'PIS:{id}'),
          },
          title: 'Scopes',
          description: '{id} stands for the reference of the consent, payment or basket.',
        },
      },
    },
  },
} as const;

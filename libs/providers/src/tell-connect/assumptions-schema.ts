import { assumed, errorMeanings } from './settings.js';

const choice = <const T extends readonly string[]>(title: string, words: T, fallback: string, description: string) =>
  ({ enum: words, default: fallback, title, description }) as const;
const flag = (title: string, fallback: boolean, description: string) =>
  ({ type: 'boolean', default: fallback, title, description }) as const;
const count = (title: string, fallback: number, description: string, maximum: number) =>
  ({ type: 'integer', minimum: 1, maximum, default: fallback, title, description }) as const;
const parameter = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,39}$' } as const;

/** JSON Schema of what the documentation leaves open. */
export const assumptionsSchema = {
  title: 'What the documentation leaves open',
  description: 'Each default is what its text suggests most. Ask the bank before you change one.',
  type: 'object',
  additionalProperties: false,
  properties: {
    signatureEncoding: choice(
      'Encoding of signatures',
      ['base64url', 'base64'],
      assumed.signatureEncoding,
      'The page says Base64; a JWT is base64url without padding (RFC 7515 section 2).',
    ),
    signedBody: choice(
      'Payload of a call with a body',
      ['asSent', 'sorted'],
      assumed.signedBody,
      'asSent: the very text of the body. sorted: the same members in the order of the alphabet.',
    ),
    bodilessPayload: choice(
      'Payload of a call without a body',
      ['object', 'empty', 'query'],
      assumed.bodilessPayload,
      'object: {}. empty: no text. query: the parameters as JSON.',
    ),
    signedPath: choice('Signed path', ['path', 'pathAndQuery'], assumed.signedPath, 'Whether the query is part of it.'),
    issuedAt: choice('Unit of iat', ['seconds', 'milliseconds'], assumed.issuedAt, 'RFC 7519 section 4.1.6: seconds.'),
    signatureWindowSeconds: count(
      'Age of signatures',
      assumed.signatureWindowSeconds,
      "How many seconds an answer's signature may be away from our clock.",
      86_400,
    ),
    certificateKey: choice(
      'Key of signatures',
      ['asUploaded', 'trimmed', 'crlf', 'oneLine', 'der'],
      assumed.certificateKey,
      'Which bytes of the certificate: as given; without blanks around it; with CR LF; its base64 alone; the decoded bytes.',
    ),
    answerSignatures: choice(
      'Signatures of answers',
      ['ignored', 'whereSigned', 'required'],
      assumed.answerSignatures,
      'Nothing says that answers are signed.',
    ),
    memberNames: choice(
      'Names of the members of a payment',
      ['camel', 'pascal'],
      assumed.memberNames,
      'Between gateway and bank they are written BeneficiaryName; for TPPs nothing is shown. Answers are read in any spelling.',
    ),
    paymentUserIp: flag('Address of the PSU with payments', assumed.paymentUserIp, 'Send x-user-ip where it is known.'),
    refusedPayment: choice(
      'What a refused payment does to its consent',
      ['keepsConsent', 'spendsConsent'],
      assumed.refusedPayment,
      'spendsConsent: whatever the refusal says, the payment ends with it; the PSU has to consent to a new one.',
    ),
    noCode: {
      type: 'array',
      items: { type: 'string', maxLength: 40, pattern: '^[^A-Z]*$' },
      uniqueItems: true,
      default: assumed.noCode,
      title: 'Words for no code',
      description:
        'Values of authorisation_code, in lower case, that mean that the PSU did not accept; a missing one does too.',
    },
    expiresIn: choice(
      'Unit of expires_in',
      ['seconds', 'minutes'],
      assumed.expiresIn,
      'The page says minutes, and 3600 with one hour.',
    ),
    consentDays: count('Days of a consent', assumed.consentDays, 'From when it is given.', 3_650),
    refreshExtendsConsent: flag(
      'A refresh extends the consent',
      assumed.refreshExtendsConsent,
      'Then its end is not known here, and is learnt from the bank.',
    ),
    unattendedCallsPerDay: count(
      'Calls a day without the PSU',
      assumed.unattendedCallsPerDay,
      'Per endpoint and day in UTC. Tries that failed count too.',
      10_000,
    ),
    unattendedCallsCountedBy: choice(
      'Calls without the PSU are counted by',
      ['account', 'consent'],
      assumed.unattendedCallsCountedBy,
      'Whether each account has a count of its own.',
    ),
    transactionDates: {
      type: 'object',
      title: 'Parameters of a window of transactions',
      description: 'Names of the first and the last day. Left out: all are read, and the window is cut here.',
      additionalProperties: false,
      required: ['from', 'to'],
      properties: { from: { ...parameter, title: 'First day' }, to: { ...parameter, title: 'Last day' } },
    },
    timesAre: choice('Times without a zone', ['utc', 'unknown'], assumed.timesAre, 'unknown: only their day is used.'),
    balanceType: {
      type: 'string',
      pattern: '^[a-z][A-Za-z]{0,39}$',
      default: assumed.balanceType,
      title: 'Type of the balance',
      description: 'There is one, and nothing says which.',
    },
    errorCodes: {
      type: 'object',
      title: 'Words for errors',
      description: 'What words mean that the bank uses otherwise than we know them, or besides those.',
      propertyNames: { pattern: '^\\w{1,100}$' },
      additionalProperties: { enum: errorMeanings },
      examples: [{ consent_locked: 'consent-invalid' }],
    },
  },
} as const;

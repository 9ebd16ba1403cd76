import type { ProviderErrorKind } from '../port/index.js';

export const providerId = 'tell-connect';

/** The ASPSP reference of Pockit. */
export const pockit = '8ddb14f1-fecd-41fe-90b7-f8fbda9494ac';

/** One application of a TPP at the portal of one bank. */
export interface TellConnectSettings {
  /** Up to and with the version, where there is one (`v1`, `dev`). */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applicationId: string;
  /** As it was uploaded, byte for byte: it is the key of every signature. */
  readonly certificatePem: string;
  readonly institution: { readonly name: string; readonly bic?: string; readonly country: string };
  readonly aspspId?: string;
  readonly sandboxSca?: boolean;
  readonly authorisationPath?: string;
  readonly tokenPath?: string;
  readonly accountsPath?: string;
  readonly paymentsPath?: string;
  readonly readProducts?: boolean;
  readonly paymentSchemes?: readonly ('FASTER_PAYMENTS' | 'SEPA_CREDIT_TRANSFER')[];
  readonly timeoutSeconds?: number;
  readonly maxConnections?: number;
  readonly assumptions?: Assumptions;
}

/** What the documentation leaves open; one setting for each point. */
export interface Assumptions {
  readonly signatureEncoding?: 'base64url' | 'base64';
  readonly signedBody?: 'asSent' | 'sorted';
  readonly bodilessPayload?: 'object' | 'empty' | 'query';
  readonly signedPath?: 'path' | 'pathAndQuery';
  readonly issuedAt?: 'seconds' | 'milliseconds';
  readonly signatureWindowSeconds?: number;
  readonly certificateKey?: 'asUploaded' | 'trimmed' | 'crlf' | 'oneLine' | 'der';
  readonly answerSignatures?: 'ignored' | 'whereSigned' | 'required';
  readonly memberNames?: 'camel' | 'pascal';
  readonly paymentUserIp?: boolean;
  readonly refusedPayment?: 'keepsConsent' | 'spendsConsent';
  readonly noCode?: readonly string[];
  readonly expiresIn?: 'seconds' | 'minutes';
  readonly consentDays?: number;
  readonly refreshExtendsConsent?: boolean;
  readonly unattendedCallsPerDay?: number;
  readonly unattendedCallsCountedBy?: 'account' | 'consent';
  readonly transactionDates?: { readonly from: string; readonly to: string };
  readonly timesAre?: 'utc' | 'unknown';
  readonly balanceType?: string;
  readonly errorCodes?: Readonly<Record<string, ErrorMeaning>>;
}

/** What a word for an error can be set to mean. */
export const errorMeanings = [
  'rejected',
  'consent-invalid',
  'unauthorised',
  'not-found',
  'unsupported',
  'rate-limited',
  'unavailable',
] as const satisfies readonly ProviderErrorKind[];
export type ErrorMeaning = (typeof errorMeanings)[number];

export const defaults = {
  aspspId: pockit,
  sandboxSca: false,
  authorisationPath: '/auth',
  tokenPath: '/access-token',
  accountsPath: '/accounts',
  paymentsPath: '/payments',
  readProducts: true,
  paymentSchemes: ['FASTER_PAYMENTS'],
  timeoutSeconds: 20,
  maxConnections: 64,
} as const satisfies Partial<TellConnectSettings>;

export const assumed = {
  signatureEncoding: 'base64url',
  signedBody: 'asSent',
  bodilessPayload: 'object',
  signedPath: 'path',
  issuedAt: 'seconds',
  signatureWindowSeconds: 300,
  certificateKey: 'asUploaded',
  answerSignatures: 'ignored',
  memberNames: 'camel',
  paymentUserIp: true,
  refusedPayment: 'keepsConsent',
  noCode: ['', 'null'],
  expiresIn: 'seconds',
  consentDays: 90,
  refreshExtendsConsent: false,
  unattendedCallsPerDay: 4,
  unattendedCallsCountedBy: 'account',
  timesAre: 'utc',
  balanceType: 'unspecified',
} as const satisfies Assumptions;

export const assumptionsOf = ({ assumptions }: TellConnectSettings) => ({ ...assumed, ...assumptions });

import type { DigestAlgorithm } from '../kit/signing/digest.js';

/**
 * What Tribe and a TPP agree on when the TPP joins. The optional ones are what the documentation leaves open or to the bank;
 * each default is what it suggests, or the safer side.
 */
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
  readonly tobPublicKeyPem?: string;
  readonly clientAuthentication?: 'header' | 'form';
  readonly pkce?: boolean;
  readonly bankParameter?: string;
  readonly keyId?: string;
  readonly signedHeaders?: readonly string[];
  readonly digestAlgorithm?: DigestAlgorithm;
  readonly signDirectory?: boolean;
  readonly directPayments?: 'whereSupported' | 'never';
  readonly bankChooser?: { readonly name: string; readonly country: string };
  readonly schemeWhenAbsent?: 'derive' | 'omit';
  readonly fundsWithAccounts?: boolean;
  readonly amountSigns?: 'signed' | 'unsigned';
  readonly aspspErrorIsRefusal?: boolean;
  readonly comparePayments?: boolean;
  readonly confirmationMinutes?: number;
  readonly maxConsentDays?: number;
  readonly timeoutSeconds?: number;
  readonly maxConnections?: number;
}

/** What Tribe's documentation leaves open, as we take it unless a setting says otherwise. */
export const tppDefaults = {
  clientAuthentication: 'header',
  pkce: true,
  bankParameter: 'bank',
  signedHeaders: ['digest', 'x-request-id', 'x-client-id'],
  digestAlgorithm: 'SHA-256',
  signDirectory: false,
  directPayments: 'whereSupported',
  schemeWhenAbsent: 'derive',
  fundsWithAccounts: false,
  aspspErrorIsRefusal: false,
  comparePayments: true,
  timeoutSeconds: 10,
  maxConnections: 64,
} as const satisfies Partial<TppSettings>;

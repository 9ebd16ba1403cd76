import type { ScaApproach } from '@tributary/domain';
import type { SignatureAlgorithm } from '../kit/signing/http-signature.js';
import type { PaymentService, StandardProduct } from './payments/products.js';
import type { Xs2aProfile } from './profile.js';

export const providerId = 'xs2a';

/**
 * One bank with a Berlin Group XS2A interface. The optional ones are the ways in which banks differ; each default is what the
 * framework says, or the safer side where it says nothing.
 */
export interface Xs2aSettings {
  readonly baseUrl: string;
  readonly institution: { readonly name: string; readonly bic?: string; readonly country: string };
  readonly scaPreference: ScaApproach;
  readonly scaApproaches?: readonly ScaApproach[];
  readonly oauth?: OauthSettings;
  readonly tls?: { readonly certificatePem?: string; readonly privateKeyPem?: string; readonly caPem?: string };
  readonly qseal?: QsealSettings;
  readonly apiHeaders?: Readonly<Record<string, string>>;
  readonly trustedOrigins?: readonly string[];
  readonly linkBase?: 'request' | 'baseUrl';
  readonly explicitStart?: boolean;
  readonly passwordAtStart?: boolean;
  readonly sendPsuId?: boolean;
  readonly psuIdType?: string;
  readonly requirePsuIpAddress?: boolean;
  readonly accessShape?: 'global' | 'bankOffered';
  readonly combinedService?: boolean;
  readonly maxConsentDays?: number;
  readonly amountSigns?: 'signed' | 'unsigned';
  readonly historyDays?: number;
  readonly reportFormats?: readonly ReportFormat[];
  readonly deltaAccess?: DeltaAccess;
  readonly optionalServices?: readonly OptionalService[];
  readonly paymentServices?: readonly PaymentService[];
  readonly paymentProducts?: readonly StandardProduct[];
  readonly futureDated?: boolean;
  readonly initiatingParty?: string;
  readonly timeZone?: string;
  readonly passwordEncryption?: PasswordEncryption;
  readonly debtorAccountRequired?: boolean;
  readonly structuredRemittance?: 'text' | 'object';
  readonly initiationReplay?: boolean;
  readonly timeoutSeconds?: number;
  readonly maxConnections?: number;
  readonly profile?: Xs2aProfile;
}

/** Our electronic seal, for banks that want every request signed. */
export interface QsealSettings {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly algorithm?: SignatureAlgorithm;
}

/** The bank's key for passwords, for banks that do not want them in clear inside TLS (JWE, RFC 7516). */
export interface PasswordEncryption {
  readonly publicKeyPem: string;
  readonly keyId?: string;
  readonly algorithm?: 'RSA-OAEP' | 'RSA-OAEP-256';
  readonly contentEncryption?: 'A128GCM' | 'A256GCM' | 'A128CBC-HS256' | 'A256CBC-HS512';
}

/** Formats of a list of transactions: of the framework, ISO 20022 camt.052 to camt.054, SWIFT MT940 and MT942. */
export const reportFormats = ['json', 'camt', 'mt94x'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Ways to ask only for what came since the last read (Implementation Guidelines 1.3, section 6.5.4). */
export const deltaAccesses = ['entryReferenceFrom', 'deltaList'] as const;
export type DeltaAccess = (typeof deltaAccesses)[number];

/** What the framework leaves to the bank to offer. */
export const optionalServices = [
  'cardAccounts',
  'confirmationOfFundsConsents',
  'ownerName',
  'signingBaskets',
  'standingOrders',
  'transactionDetails',
  'trustedBeneficiaries',
] as const;
export type OptionalService = (typeof optionalServices)[number];

export interface OauthSettings {
  readonly mode?: 'integrated' | 'pre-step';
  readonly metadataUrl?: string;
  readonly authorizeUrl?: string;
  readonly tokenUrl?: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly scope?: string;
}

export const exampleSettings: Xs2aSettings = {
  baseUrl: 'https://api.mockbank.io',
  institution: { name: 'MockBank', bic: 'MOCKDEFFXXX', country: 'DE' },
  scaPreference: 'redirect',
  optionalServices,
};

import type { ScaApproach } from '@tributary/domain';
import type { PaymentProduct } from './payments/products.js';

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
  readonly paymentProducts?: readonly PaymentProduct[];
  readonly debtorAccountRequired?: boolean;
  readonly structuredRemittance?: 'text' | 'object';
  readonly initiationReplay?: boolean;
  readonly timeoutSeconds?: number;
  readonly maxConnections?: number;
}

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
};

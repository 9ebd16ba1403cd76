import type { UnconfirmedEnding } from '../../port/index.js';
import type { WireBalanceType } from './wire.js';

/** What Tribe and a bank agree on when the bank joins: addresses, the API key, and the keys of both sides. */
export interface BankSettings {
  /** Of the Actions, up to and with `/bank/v2`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly webhookApiKey?: string;
  /** Signs our Actions. */
  readonly privateKeyPem: string;
  /** Proves the webhooks that come to us. */
  readonly tobPublicKeyPem: string;
  readonly institution: { readonly name: string; readonly bic?: string; readonly country: string };
  readonly mutualTls?: MutualTls;
  readonly checkOrder?: 'requestIdFirst' | 'signatureFirst';
  readonly oneTimeTokens?: 'paymentsOnly' | 'always' | 'never';
  readonly confirmationMinutes?: number;
  readonly endStatuses?: { readonly [Ending in UnconfirmedEnding]?: 'RJCT' | 'CANC' };
  readonly authorisationMinutes?: number;
  readonly consentAccountNumbers?: 'withSortCode' | 'alone' | 'leftOut';
  readonly timestampOffset?: '+00:00' | '+0000' | 'Z';
  readonly accountNumbersAs?: 'numbers' | 'texts';
  readonly unknownFields?: 'ignore' | 'refuse';
  readonly amountSigns?: 'signed' | 'unsigned';
  readonly debtorAccount?: 'optional' | 'required';
  readonly fundsBalance?: WireBalanceType;
  readonly foreignAccount?: 'unknown' | 'forbidden';
  readonly defaultSchemes?: boolean;
  readonly paymentRefusedCode?: string;
  readonly requestIdHours?: number;
  readonly maxPageSize?: number;
  readonly timeoutSeconds?: number;
}

/** Client certificates: ours on the Actions, Tribe's on the webhooks as the proxy before us has seen it. PEM texts. */
export interface MutualTls {
  readonly certificatePem?: string;
  readonly privateKeyPem?: string;
  readonly caPem?: string;
  readonly subjectHeader?: string;
  readonly subject?: string;
}

/** What Tribe's documentation leaves open, as we take it unless a setting says otherwise. */
export const bankDefaults = {
  checkOrder: 'requestIdFirst',
  oneTimeTokens: 'paymentsOnly',
  confirmationMinutes: 15,
  endStatuses: { refused: 'CANC', declined: 'RJCT', expired: 'RJCT' },
  authorisationMinutes: 15,
  consentAccountNumbers: 'withSortCode',
  timestampOffset: '+00:00',
  accountNumbersAs: 'numbers',
  unknownFields: 'ignore',
  amountSigns: 'signed',
  debtorAccount: 'optional',
  fundsBalance: 'interimAvailable',
  foreignAccount: 'unknown',
  defaultSchemes: true,
  requestIdHours: 24,
  maxPageSize: 1_000,
  timeoutSeconds: 10,
} as const satisfies Partial<BankSettings>;

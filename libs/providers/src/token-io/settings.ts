import type { TokenRequestDefaults } from './payments/v1-defaults.js';

export const providerId = 'token-io';

/** One member account at Token.io, through which many banks are reached. */
export interface TokenIoSettings {
  readonly baseUrl: string;
  readonly memberId: string;
  readonly key?: SigningKey;
  readonly basicSecret?: string;
  readonly callbackOwner?: 'token' | 'tpp';
  readonly onBehalfOfId?: string;
  readonly onBehalfOfName?: string;
  readonly webhookPublicKeyPem?: string;
  readonly webhookPublicKey?: string;
  readonly banks?: BankSelection;
  readonly paymentsVersion?: 'v1' | 'v2';
  readonly flow?: PaymentFlow;
  readonly hostedPagesUrl?: string;
  readonly credentialFlow?: 'auto' | 'never' | 'always' | 'hosted';
  readonly redemption?: 'token' | 'tpp';
  readonly confirmFunds?: boolean;
  readonly returnRefundAccount?: boolean;
  readonly disableFutureDatedPaymentConversion?: boolean;
  readonly settlementAccounts?: readonly SettlementAccount[];
  readonly initialEmbeddedAuth?: Readonly<Record<string, 'psuId' | 'corporateId'>>;
  readonly paymentDefaults?: PaymentDefaults;
  readonly tokenRequestDefaults?: TokenRequestDefaults;
  readonly timeoutSeconds?: number;
  readonly maxConnections?: number;
  readonly assumptions?: Assumptions;
}

/** Our private key; the algorithm follows from its kind (Ed25519, P-256 or RSA). */
export interface SigningKey {
  /** As Token.io named it; of an Ed25519 key it follows from the key itself. */
  readonly id?: string;
  readonly privateKeyPem: string;
}

/** Which of Token.io's banks become institutions, and by which of its two interfaces they are listed. */
export interface BankSelection {
  readonly version?: 'v1' | 'v2';
  readonly ids?: readonly string[];
  readonly countries?: readonly string[];
}

/** Who shows the pages on which a PSU chooses a bank and enters credentials. */
export type PaymentFlow = 'API_ONLY' | 'FULL_HOSTED_PAGES' | 'EMBEDDED_HOSTED_PAGES';

/** An account at Token.io itself that stands for a creditor account of an order. */
export interface SettlementAccount {
  readonly id: string;
  readonly iban?: string;
  readonly sortCode?: string;
  readonly accountNumber?: string;
}

/** Members of every payment (v2) that no order says. */
export interface PaymentDefaults {
  readonly chargeBearer?: 'CRED' | 'DEBT' | 'SHAR' | 'SLEV';
  readonly ultimateCreditorName?: string;
  readonly ultimateDebtorName?: string;
  readonly risk?: Readonly<Record<string, unknown>>;
}

/** What the documentation leaves open. Each default is what its text suggests most. */
export interface Assumptions {
  readonly jwsForm?: 'detached' | 'attached';
  readonly jwsExpiry?: 'number' | 'text';
  readonly jwsLifetimeSeconds?: number;
  readonly jwsQuery?: 'left-out' | 'signed';
  readonly ecdsaSignature?: 'jose' | 'der';
  readonly keysPath?: 'member' | 'members';
  readonly jsonErrorsHeader?: boolean;
  readonly stateCarrier?: 'callbackState' | 'redirectUrl';
  readonly tokenExpirationUnit?: 'seconds' | 'milliseconds';
  readonly legalNames?: 'list' | 'text';
  readonly instrumentWithoutScheme?: 'by-account' | 'AUTO_SELECT';
  readonly lookUpQuietSeconds?: number;
  readonly lostRedemption?: 'leftOpen' | 'sentAgain';
  readonly expiredUnauthorised?: 'CANC' | 'PDNG';
  readonly bookedTransactions?: readonly string[];
  readonly pendingTransactions?: readonly string[];
  readonly transactionPageSize?: number;
  readonly bankStatusTime?: 'auto' | 'elapsed' | 'epoch';
}

export const exampleSettings: TokenIoSettings = {
  baseUrl: 'https://api.sandbox.token.io',
  memberId: 'm:nP4w3u5y8ddrxDJkjimgSX9e4fZ:5zKtXEAq',
  basicSecret: '00000000-0000-4000-8000-000000000000',
  webhookPublicKey: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

import type { LookupFunction } from 'node:net';
import type { BulkOrder, IsoPaymentStatus } from '@tributary/domain';
import type { AccountInformation } from './account-information.js';
import type { Authorisation } from './authorisation.js';
import type { Capability } from './capability.js';
import type { FundsConfirmation } from './funds.js';
import type { BankRefusal, InboundBank, InboundRequest, InboundResponse } from './inbound-bank.js';
import type { InstitutionDirectory } from './institutions.js';
import type { PaymentInitiation } from './payment-initiation.js';
import type { SigningBaskets } from './signing-baskets.js';
import type { KeyEnrolment } from './keys.js';
import type { WebhookReceiver, WebhookSubscriptions } from './webhooks.js';

/** One upstream through one connection. A missing property is a missing capability. */
export interface Provider {
  readonly institutions: InstitutionDirectory;
  readonly authorisation?: Authorisation;
  readonly accounts?: AccountInformation;
  readonly payments?: PaymentInitiation;
  readonly bulkPayments?: PaymentInitiation<BulkOrder>;
  readonly baskets?: SigningBaskets;
  readonly funds?: FundsConfirmation;
  readonly webhooks?: WebhookReceiver;
  readonly webhookSubscriptions?: WebhookSubscriptions;
  readonly keys?: KeyEnrolment;
  /** Where a hub asks us as the bank. Not a capability of the institutions that the connection reaches. */
  readonly bank?: InboundBank;
  /** Certificates that end, for the connection's health. */
  readonly certificates?: readonly { readonly purpose: string; readonly notAfter: Date }[];
  /** What the upstream said last about how often it may still be called, for the connection's health; as this process saw it. */
  readonly quotas?: () => readonly Quota[];
  /** Closes pooled connections. */
  close(): Promise<void>;
}

/** How often one kind of call may still be made. */
export interface Quota {
  /** Our name of the call. Of several with this name (accounts, consents) the one with least left. */
  readonly operation: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: Date;
}

/** One request to an upstream, as the kit measured it. */
export interface UpstreamCall {
  readonly provider: string;
  readonly connectionId: string;
  readonly operation: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** null when no answer came. */
  readonly httpStatus: number | null;
  /** Whether the upstream did its part: false for 5xx, 429 and no answer. */
  readonly ok: boolean;
}

/** Where connections may be opened to. Asked when one is opened, never when one is used again. */
export interface AddressGuard {
  /** Resolves a host name to addresses that may be connected to; an error where it has none. */
  readonly lookup: LookupFunction;
  /** Why a host that is an address already, and thus never looked up, may not be connected to; null where it may. */
  refusal(host: string): Error | null;
}

/** What the platform lends to a provider. */
export interface ProviderDeps {
  readonly connectionId: string;
  readonly environment: 'sandbox' | 'production';
  readonly now: () => Date;
  /** Applied to every connection to the upstream; null: it may be anywhere. */
  readonly addresses: AddressGuard | null;
  readonly report: (call: UpstreamCall) => void;
  /** Something that people should look at: drift, an unknown word. Never holds a secret. */
  readonly warn: (finding: { readonly operation: string; readonly message: string }) => void;
}

/**
 * JSON Schema (draft 2020-12 subset) of a connection's settings. `writeOnly: true` marks a secret: it goes to the vault and
 * is never shown again. Formats besides the standard ones: `pem-certificate`, `pem-private-key`, `pem-public-key`, and
 * `pem-rsa-private-key`, `pem-rsa-public-key` (2048 bits or more).
 */
export type SettingsSchema = { readonly type: 'object'; readonly [keyword: string]: unknown };

/** A row of a provider's status table, as the catalogue shows it. */
export interface StatusRow {
  readonly upstream: string;
  readonly iso: IsoPaymentStatus | null;
  readonly note?: string | undefined;
}

/** One thing that is wrong with a connection's settings. Never repeats the value: it can be a secret. */
export interface SettingsFault {
  /** JSON Pointer (RFC 6901) into the settings. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

export interface ProviderDefinition<Settings = never> {
  /** Path segment and catalogue key, for example `xs2a`. */
  readonly id: string;
  readonly label: string;
  readonly settings: SettingsSchema;
  readonly statuses: readonly StatusRow[];
  /** What the schema cannot say about settings: what is wrong with these in this environment. */
  review?(settings: Settings, environment: ProviderDeps['environment']): readonly SettingsFault[];
  create(settings: Settings, deps: ProviderDeps): Provider;
  /**
   * Parameters of the PSU's return that together stand for its `state`, where the upstream hands none back. Their values,
   * joined by a dot, are the `returnState` of the SCA; at least one is unguessable.
   */
  readonly returnParameters?: readonly string[];
  /** Where hubs ask through this provider: a refusal in the hub's words, for a request that did not get as far as a connection. */
  readonly refuseHub?: (request: InboundRequest, refusal: BankRefusal, now: Date) => InboundResponse;
  /** Settings (schema-valid, without secrets that matter) for computing the capabilities of the catalogue. */
  readonly example: Settings;
}

/** Declares an upstream: a value, no decorators, no base class. */
export function defineProvider<Settings>(definition: ProviderDefinition<Settings>): ProviderDefinition<Settings> {
  return definition;
}

/** What a provider can do, computed from what it has. */
export function capabilitiesOf(provider: Provider): readonly Capability[] {
  const { accounts, payments, bulkPayments, funds } = provider;
  const table: readonly (readonly [Capability, boolean])[] = [
    ['accounts', accounts !== undefined],
    ['balances', accounts !== undefined],
    ['transactions', accounts !== undefined],
    ['transactions.details', has(accounts, 'readTransaction')],
    ['beneficiaries', has(accounts, 'readBeneficiaries')],
    ['standingOrders', has(accounts, 'readStandingOrders')],
    ['directDebits', has(accounts, 'readDirectDebits')],
    ['scheduledPayments', has(accounts, 'readScheduledPayments')],
    ['party', has(accounts, 'readParty')],
    ['payments', payments !== undefined],
    ['payments.recurring', payments?.features?.includes('recurring') ?? false],
    ['payments.futureDated', payments?.features?.includes('futureDated') ?? false],
    ['payments.cancel', has(payments, 'cancel')],
    ['bulkPayments', bulkPayments !== undefined],
    ['bulkPayments.futureDated', bulkPayments?.features?.includes('futureDated') ?? false],
    ['bulkPayments.cancel', has(bulkPayments, 'cancel')],
    ['signingBaskets', provider.baskets !== undefined],
    ['fundsConfirmation', funds !== undefined],
    ['fundsConfirmation.consent', has(funds, 'createConsent')],
    ['webhooks', provider.webhooks !== undefined],
  ];
  return table.filter(([, present]) => present).map(([capability]) => capability);
}

function has(part: object | undefined, method: string): boolean {
  return part !== undefined && method in part;
}

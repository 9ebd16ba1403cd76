import type {
  AccessKind,
  AccountIdentifier,
  AccountSnapshot,
  BalanceSnapshot,
  ConsentState,
  Disclosure,
  ScaApproach,
  TransactionSnapshot,
  UnreadableRow,
} from '@tributary/domain';
import type { AuthorisationSnapshot } from './authorisation-snapshot.js';
import type { CallbackTarget, CallContext, Continuation, JsonValue, Psu } from './call.js';
import type { TokenStore } from './tokens.js';
import type { UnattendedReads } from './unattended-reads.js';

/** What an app asks a PSU to grant. */
export interface ConsentOrder {
  /** Ours; upstream references are derived from it, so that a repeated call carries the same ones. */
  readonly id: string;
  readonly institutionReference: string;
  readonly psu: Psu;
  readonly access: readonly AccessKind[];
  /** Only these accounts; absent: those that the PSU chooses, or all. */
  readonly accounts?: readonly AccountIdentifier[] | undefined;
  readonly recurring: boolean;
  /** Bank date, inclusive. */
  readonly validUntil: string;
  readonly frequencyPerDay: number;
  readonly scaPreference?: ScaApproach | undefined;
  /** The upstream shall open no SCA with it: it will be signed in a basket. */
  readonly explicitStart?: boolean | undefined;
  /** Payments are to run in the session of this consent. */
  readonly combinedService?: boolean | undefined;
  readonly callback: CallbackTarget;
  /** Tokens and continuation of an SCA that came before the consent (OAuth as a pre-step). */
  readonly tokens: TokenStore;
  readonly unattended: UnattendedReads;
  readonly continuation: Continuation | null;
}

/** A consent as we keep it between two calls. */
export interface HeldConsent {
  readonly id: string;
  /** null while the upstream has none: its authorisation comes first. */
  readonly reference: string | null;
  readonly institutionReference: string;
  readonly psu: Psu;
  readonly access: readonly AccessKind[];
  readonly continuation: Continuation | null;
  readonly tokens: TokenStore;
  readonly unattended: UnattendedReads;
}

/** What an upstream said about a consent at one instant. */
export interface ConsentSnapshot extends Disclosure {
  /** null: the upstream wants an SCA before it makes the consent; create again when `authorisation` is done. */
  readonly reference: string | null;
  /** null where the upstream's word has no meaning to us. */
  readonly state: ConsentState | null;
  /** Verbatim. */
  readonly upstreamStatus: string;
  /** As granted; absent where the upstream does not say. May be less than asked, the end earlier. */
  readonly validUntil?: string | undefined;
  readonly frequencyPerDay?: number | undefined;
  readonly access?: readonly AccessKind[] | undefined;
  /** Where the upstream opened the SCA together with the consent (implicit start). */
  readonly authorisation?: AuthorisationSnapshot | undefined;
  readonly continuation: Continuation | null;
  readonly observedAt: Date;
}

/** An account as we keep it between two calls: `reference` is the upstream's name of it within this consent. */
export interface HeldAccount {
  readonly id: string;
  readonly reference: string;
  readonly identifiers: readonly AccountIdentifier[];
  readonly currency: string;
  readonly ownerName?: string | undefined;
  /** Links that came with the account. */
  readonly continuation: Continuation | null;
}

export interface TransactionQuery {
  /** Bank dates, inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status: 'booked' | 'pending' | 'both';
  /** `token` of an earlier read: only what came after it, of `status` booked and without days. */
  readonly since?: string | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** How far a read came. */
export interface ReadMark {
  /** Bank date of the newest booked entry; '' where the upstream keeps the place itself. The later one counts, of equals the first. */
  readonly day: string;
  /** Opaque. */
  readonly token: string;
}

export interface TransactionPage {
  readonly rows: readonly TransactionSnapshot[];
  readonly unreadable: readonly UnreadableRow[];
  /** Opaque; null on the last page. */
  readonly next: string | null;
  /** Where the upstream can give only what comes after this. */
  readonly mark?: ReadMark | undefined;
}

/** A transaction as its list gave it. */
export interface HeldTransaction {
  /** The upstream's name of it. */
  readonly reference: string;
  /** The upstream's own words. */
  readonly raw: unknown;
}

/** A list of which some rows could not be read. */
export interface ReadRows<T> {
  readonly rows: readonly T[];
  readonly unreadable: readonly UnreadableRow[];
}

export interface AccountWithContinuation extends AccountSnapshot {
  readonly continuation: Continuation | null;
  /** What this consent grants for this account; absent where the upstream does not say per account. */
  readonly access?: readonly AccessKind[] | undefined;
}

/** Reading accounts with a PSU's consent. A kind of data is supported where its method exists. */
export interface AccountInformation {
  createConsent(order: ConsentOrder, context: CallContext): Promise<ConsentSnapshot>;
  readConsent(consent: HeldConsent, context: CallContext): Promise<ConsentSnapshot>;
  /** Ends the consent upstream. The answer says what it is now: some banks want an SCA even for that. */
  revokeConsent(consent: HeldConsent, context: CallContext): Promise<ConsentSnapshot>;
  listAccounts(consent: HeldConsent, context: CallContext): Promise<ReadRows<AccountWithContinuation>>;
  /** One account as it is now. Absent: it is known from the list only. */
  readAccount?(consent: HeldConsent, account: HeldAccount, context: CallContext): Promise<AccountSnapshot>;
  readBalances(consent: HeldConsent, account: HeldAccount, context: CallContext): Promise<ReadRows<BalanceSnapshot>>;
  readTransactions(
    consent: HeldConsent,
    account: HeldAccount,
    query: TransactionQuery,
    context: CallContext,
  ): Promise<TransactionPage>;
  /** One transaction in full; its status, amount and direction stay those of the list. */
  readTransaction?(
    consent: HeldConsent,
    account: HeldAccount,
    transaction: HeldTransaction,
    context: CallContext,
  ): Promise<TransactionSnapshot>;
  readBeneficiaries?(consent: HeldConsent, account: HeldAccount, context: CallContext): Promise<ReadRows<JsonValue>>;
  readStandingOrders?(consent: HeldConsent, account: HeldAccount, context: CallContext): Promise<ReadRows<JsonValue>>;
  readDirectDebits?(consent: HeldConsent, account: HeldAccount, context: CallContext): Promise<ReadRows<JsonValue>>;
  readScheduledPayments?(
    consent: HeldConsent,
    account: HeldAccount,
    context: CallContext,
  ): Promise<ReadRows<JsonValue>>;
  readParty?(consent: HeldConsent, account: HeldAccount, context: CallContext): Promise<JsonValue>;
}

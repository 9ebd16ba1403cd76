import type {
  AccountIdentifier,
  BankPermission,
  CreditDebit,
  IsoPaymentStatus,
  Money,
  PaymentCreditor,
  Remittance,
} from '@tributary/domain';
import type { CallContext } from './call.js';

/**
 * A hub asks and we are the bank (ASPSP): the other way round of everything else here. The provider proves who asks, says
 * in our words what is asked, writes our answer in the hub's words, and tells the hub what changed later. It keeps nothing
 * and decides nothing: whose account it is, whether a token is good, what a payment may do is the desk's business.
 */
export interface InboundBank {
  /** The bank that we are, as its customers know it. */
  readonly institution: { readonly name: string; readonly bic?: string | undefined; readonly country: string };

  /**
   * Proves the sender over the raw bytes, before anything of the body is parsed.
   * @throws BankRefusal in the order of the hub's own rules
   */
  verify(request: InboundRequest): InboundCall;

  /** What is asked. @throws BankRefusal `malformed`, `scheme-unsupported` */
  decode(call: InboundCall): BankQuestion;

  /** The answer as the hub writes it. */
  encode(call: InboundCall, answer: BankAnswer): InboundResponse;

  /** A refusal as the hub writes it; `request` as it arrived, since it may be what was wrong. */
  refuse(request: InboundRequest, refusal: BankRefusal): InboundResponse;

  /** Whether a token with exactly these permissions is spent by the first payment that it begins. */
  oneTime(permissions: readonly BankPermission[]): boolean;

  /** How long a PSU may take to confirm a payment. */
  readonly confirmationMinutes: number;

  /** How long a PSU may take to decide about access to accounts. */
  readonly authorisationMinutes: number;

  /** Type of the balance that funds are checked against, in Berlin Group's spelling as in `DeskBalance`. */
  readonly fundsBalance: string;

  /** What a payment becomes that ends before its PSU has confirmed it. */
  readonly endStatuses: Readonly<Record<UnconfirmedEnding, 'RJCT' | 'CANC'>>;

  /** For how long a repeated request is known. */
  readonly requestIdHours: number;

  /** The longest that `reportStatus`, `reportPerformance` or `revokeToken` takes. */
  readonly reportSeconds: number;

  /** Where the PSU's browser goes after the decision about a payment. `message` only where something went wrong. */
  returnUrl(callbackUrl: string, outcome: PaymentOutcome): string;

  /** Asks the hub who sent this PSU and what for. `requestUrl`: the full URL of the PSU's arrival, byte for byte. */
  describeAuthorisation(requestUrl: string, context: CallContext): Promise<DescribedAuthorisation>;

  /**
   * Tells the hub what the PSU granted, which is all that was asked for. Safe to repeat with the same grant: the hub takes it once,
   * and says so or refuses. @throws ProviderError `unavailable`, `malformed` when no answer came that can be used
   */
  grant(consent: GrantedAccess, context: CallContext): Promise<IssuedToken>;

  /** Ends a token at the hub too. Safe to repeat. */
  revokeToken(token: string, context: CallContext): Promise<void>;

  /** Tells the hub where a payment stands. Safe to repeat. */
  reportStatus(reference: string, status: IsoPaymentStatus, context: CallContext): Promise<void>;

  /** Tells the hub how long people took on one day. Safe to repeat: the last word counts. */
  reportPerformance(day: DailyPerformance, context: CallContext): Promise<void>;
}

/** Why a payment ends unconfirmed: the PSU refuses, the bank declines, or the time is over. */
export type UnconfirmedEnding = 'refused' | 'declined' | 'expired';

/** A hub's request, exactly as it arrived. */
export interface InboundRequest {
  readonly method: string;
  /** The rest of the path behind the connection, for example `v2_accounts`. */
  readonly action: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes that were signed; nothing may parse them before the signature held. */
  readonly rawBody: Buffer;
}

/** A request whose sender is proven. */
export interface InboundCall {
  readonly request: InboundRequest;
  readonly action: string;
  /** The hub's name of the request, in its canonical spelling: a repeated one is the same request. */
  readonly requestId: string;
  /** Whether it makes something: then a repetition is answered as before and does nothing. */
  readonly changesState: boolean;
  /** The token that speaks for a PSU; null where none was sent. */
  readonly token: string | null;
}

export interface InboundResponse {
  readonly httpStatus: number;
  readonly body: unknown;
}

/** What a hub can ask. `reference` is the name that we gave it. */
export type BankQuestion =
  | { readonly type: 'accounts' }
  | { readonly type: 'account'; readonly accountReference: string }
  | { readonly type: 'balances'; readonly accountReference: string }
  | {
      readonly type: 'transactions';
      readonly accountReference: string;
      readonly status: 'booked' | 'pending' | 'both';
      /** Bank dates, inclusive. */
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly pageSize: number;
      /** `nextPage` of the answer before. */
      readonly page?: string | undefined;
    }
  | {
      readonly type: 'funds';
      readonly account: { readonly reference?: string | undefined; readonly identifiers: readonly AccountIdentifier[] };
      readonly amount: Money;
    }
  | { readonly type: 'payment'; readonly order: BankOrder }
  | { readonly type: 'paymentStatus'; readonly reference: string; readonly bulk: boolean };

/** Ways in which a payment reaches the bank: by a consent, several at once, or without any consent. */
export const bankPaymentKinds = ['single', 'bulk', 'direct'] as const;
export type BankPaymentKind = (typeof bankPaymentKinds)[number];

/** What a TPP wants paid. Nothing happens before the PSU confirms it. */
export interface BankOrder {
  readonly kind: BankPaymentKind;
  /** One of `paymentSchemes` of the domain. */
  readonly scheme: string;
  /** null: the PSU chooses. Of several identifiers all must fit. */
  readonly debtorAccount: readonly AccountIdentifier[] | null;
  readonly debtorName?: string | undefined;
  /** One, unless it is a bulk. All in the currency of `amount`. */
  readonly items: readonly BankOrderItem[];
  /** Exactly the sum of the items. */
  readonly amount: Money;
  /** Where the PSU's browser goes after the decision. */
  readonly callbackUrl: string;
}

export interface BankOrderItem {
  readonly amount: Money;
  readonly creditor: PaymentCreditor;
  /** Every way in which the TPP named the creditor's account; `creditor.account` is the first. */
  readonly creditorIdentifiers: readonly AccountIdentifier[];
  readonly remittance?: (Remittance & { readonly structuredType?: string | undefined }) | undefined;
}

/** An account that we hold, as a TPP may see it. */
export interface DeskAccount {
  readonly reference: string;
  readonly identifiers: readonly AccountIdentifier[];
  readonly currency: string;
  readonly name: string | null;
  /** Of `paymentSchemes` of the domain. */
  readonly schemes: readonly string[];
}

export interface DeskBalance {
  /** Berlin Group spelling: interimAvailable, interimBooked, ... */
  readonly type: string;
  /** Signed: negative is overdrawn. */
  readonly amount: Money;
}

/** An entry of an account that we hold. */
export interface DeskTransaction {
  readonly reference: string;
  readonly status: 'booked' | 'pending';
  readonly bookedOn: string | null;
  readonly valueOn: string | null;
  /** Unsigned. */
  readonly amount: Money;
  readonly direction: CreditDebit;
  readonly counterpartyName: string | null;
  readonly counterpartyAccount: AccountIdentifier | null;
  readonly remittance: Remittance | null;
}

/** What we answer, by question. */
export type BankAnswer =
  | { readonly type: 'accounts'; readonly accounts: readonly DeskAccount[] }
  | { readonly type: 'account'; readonly account: DeskAccount }
  | { readonly type: 'balances'; readonly balances: readonly DeskBalance[] }
  | {
      readonly type: 'transactions';
      readonly status: 'booked' | 'pending' | 'both';
      readonly account: DeskAccount;
      readonly transactions: readonly DeskTransaction[];
      /** null on the last page. */
      readonly nextPage: string | null;
    }
  | { readonly type: 'funds'; readonly available: boolean }
  | {
      readonly type: 'payment';
      readonly reference: string;
      readonly status: IsoPaymentStatus;
      readonly confirmationUrl: string;
    }
  | { readonly type: 'paymentStatus'; readonly status: IsoPaymentStatus };

export interface PaymentOutcome {
  readonly reference: string;
  readonly status: IsoPaymentStatus;
  readonly message?: string | undefined;
}

/** Who sent a PSU to us, and what for. */
export interface DescribedAuthorisation {
  readonly tpp: { readonly name: string | null; readonly registration: string | null };
  /** The hub's own words, verbatim: they go back with the grant. */
  readonly scopes: readonly string[];
  /** What they mean; those that mean nothing to us are in `unknownScopes`, and then nothing can be granted. */
  readonly permissions: readonly BankPermission[];
  readonly unknownScopes: readonly string[];
  /** Where the browser goes when nothing is granted. The only trusted way out besides that of the grant. */
  readonly cancelUrl: string;
}

export interface GrantedAccess {
  /** Ours; a repetition is recognised by it. */
  readonly id: string;
  readonly requestUrl: string;
  readonly scopes: readonly string[];
  readonly accounts: readonly DeskAccount[];
}

export interface IssuedToken {
  readonly token: string;
  readonly validUntil: Date;
  /** Where the browser goes on to, unchanged. */
  readonly callbackUrl: string;
}

/** Averages of one UTC day in whole milliseconds; absent where nobody did it. */
export interface DailyPerformance {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly consentMs?: number | undefined;
  readonly paymentMs?: number | undefined;
}

/**
 * Why a bank does not do what a hub asks. Closed; each hub has a code of its own for each.
 *
 * - `too-many`           more requests than we take; `message` says when to come again
 * - `unknown-action`     no such operation, or not with this method
 * - `client-certificate` the hub shows none
 * - `unauthenticated`    the hub's own credentials are missing
 * - `wrong-credentials`  they are not right, or the signature is not
 * - `request-id`         the name of the request is missing or has another form
 * - `headers`            another header is missing or wrong; a request id was used for something else
 * - `malformed`          the body is not what the operation takes
 * - `token-missing`      the operation speaks for a PSU, and nobody does
 * - `token-invalid`      unknown, expired, revoked or spent
 * - `not-granted`        the PSU did not grant this
 * - `unknown-resource`   no such account or payment
 * - `foreign-resource`   there is one, but it is none of this consent; most hubs want the answer of `unknown-resource`, so that
 *   nobody finds out what there is
 * - `scheme-unsupported` the account, or the bank, cannot pay that way
 * - `payment-refused`    refused on business grounds; the reason is for the TPP
 * - `internal`           our fault
 */
export const bankRefusalKinds = [
  'too-many',
  'unknown-action',
  'client-certificate',
  'unauthenticated',
  'wrong-credentials',
  'request-id',
  'headers',
  'malformed',
  'token-missing',
  'token-invalid',
  'not-granted',
  'unknown-resource',
  'foreign-resource',
  'scheme-unsupported',
  'payment-refused',
  'internal',
] as const;
export type BankRefusalKind = (typeof bankRefusalKinds)[number];

/** The bank refuses a hub's request. `message` is for the TPP: no secret, no balance, no IBAN. */
export class BankRefusal extends Error {
  override readonly name = 'BankRefusal';
  constructor(
    readonly kind: BankRefusalKind,
    message: string,
  ) {
    super(message);
  }
}

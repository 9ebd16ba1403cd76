import type { Approach } from '../e2e/answers.js';
import type { Psu } from '../e2e/psu.js';

/** Where a simulator and our callbacks are. */
export interface Site {
  readonly sandboxUrl: string;
  readonly callbackUrl: string;
}

/** How a bank fails: it does not serve anybody, it answers with a page for people, or with half a text. */
export type BankFailure = 'down' | 'html' | 'wrong-json';

/** What of a bank fails. */
export type BankPart = 'consents' | 'accounts' | 'balances' | 'transactions' | 'payment-status' | 'funds';

/** A simulated upstream with people in it: what the suites need of every provider, in nobody's dialect. */
export interface SimulatedBank {
  /** Settings of a connection to it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A PSU whose SCA goes this way. */
  psu(approach: Approach): Promise<Psu>;
  /** A PSU with more transactions on the first account than the upstream gives in one answer. */
  busyPsu(): Promise<Psu>;
  /** From now on that part fails, until `mend`. */
  fail(part: BankPart, how: BankFailure): Promise<void>;
  mend(): Promise<void>;
  /** The upstream ends the newest consent of a PSU. */
  endConsent(psu: Psu, how: 'expired' | 'revoked'): Promise<void>;
  /** The upstream answers a status of this payment with that word from now on; null: with the true one again. */
  showPaymentStatus(reference: string, word: string | null): Promise<void>;
  /** Whether the upstream is told over our own API for administrators where to call us. */
  readonly subscribesByApi?: boolean;
  /** The bank executes at once what was authorised, where it would take its time. */
  settle?(): Promise<void>;
  /** Somebody else sends the upstream's webhook about a payment with that word; where it has webhooks. @returns our answer */
  forgeWebhook?(reference: string, word: string): Promise<{ readonly status: number }>;
  /** What the upstream saw: consents that stand there, payments it was told, payments it executed. */
  ledger(): Promise<{ readonly initiations: number; readonly executed: number }>;
}

/** In what an upstream is not like most. */
export interface Traits {
  /** How a payment ends that its PSU refuses; absent: rejected, RJCT. */
  readonly refused?: { readonly status: string; readonly isoStatus: string | null };
  /** The status of a consent that the upstream ended, where it does not say how; absent: as it was ended. */
  readonly endedConsent?: string;
  /** The upstream hears of a consent only when its PSU is back. */
  readonly consentsAfterSca?: true;
  /** The upstream hears of a payment only when its PSU is back. */
  readonly paymentsAfterSca?: true;
  /** It cannot be told to end a consent. */
  readonly endsNoConsents?: true;
  /** It counts reads also while the PSU is there. */
  readonly countsAttendedReads?: true;
}

/** How the suites drive one provider's simulator. A new provider adds one of these, and no suite changes. */
export interface ContractDriver {
  readonly provider: string;
  /** SCA approaches of the provider; each goes through every story about SCA. */
  readonly approaches: readonly Approach[];
  /** The steps that a PSU is led through, by approach. */
  readonly steps: Readonly<Partial<Record<Approach, readonly string[]>>>;
  /** An amount that the simulator executes, and one that it rejects, with its ISO 20022 reason; null: it names none. */
  readonly amounts: { readonly executed: string; readonly rejected: string; readonly rejectedReason: string | null };
  /** Where the upstream is not like most; absent: it is. */
  readonly traits?: Traits;
  /** A word for a payment that no ISO 20022 code stands for. */
  readonly unknownWord: string;
  /** A fresh bank of the simulator. @param name `a-z0-9-` */
  openBank(site: Site, name: string): Promise<SimulatedBank>;
}

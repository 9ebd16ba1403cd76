import type { Failpoint } from '@tributary/platform';
import type { AdminClient } from '../../admin-client.js';
import type { FaultKind, Intent } from '../plan.js';

/** Where a simulator is, and where it finds us. */
export interface Site {
  readonly sandboxUrl: string;
  readonly publicUrl: string;
  readonly apiUrl: string;
  readonly admin: AdminClient;
}

/** Money that a bank moved. */
export interface Execution {
  /** Tells which intent it was. */
  readonly amount: string;
  /** The bank's name of the payment. */
  readonly reference: string;
}

/** What a bank saw and did: the evidence with which ours is compared. */
export interface BankLedger {
  readonly executions: readonly Execution[];
  /** Payments that the bank took, executed or not. */
  readonly taken: readonly Execution[];
}

/**
 * How it is found out what became of an order whose answer was lost.
 * - `repeat`   the order is sent again and recognised: nothing may stay unknown
 * - `look-up`  by our own name of it, so many seconds after it was sent: what the bank has may not stay unknown
 */
export type FindsOut = { readonly by: 'repeat' } | { readonly by: 'look-up'; readonly afterSeconds: number };

/** A way to a bank, as an operator sets one up. */
export interface BankConnection {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Name of the institution to pay at, where it reaches several. */
  readonly institution?: string;
  /** Customers who pay over it. */
  readonly usernames: readonly string[];
  /** Absent: in no way; apps stop asking after a while. */
  readonly findsOut?: FindsOut;
  /** The bank is an app of ours: it answers with an error where our database dies. */
  readonly own?: boolean;
  /** It is told where to call us, as an administrator does it. */
  readonly webhook?: boolean;
}

/** What a PSU knows and has. */
export interface ChaosPsu {
  /** From which account they pay; null: they say so at the bank. */
  readonly iban: string | null;
  /** Their name as the account has it. */
  readonly name?: string;
  readonly password: string;
  readonly code: string;
}

/** One provider's simulator, as the proof drives it. */
export interface ChaosBank {
  readonly connections: readonly BankConnection[];
  /** Points that its payments come by; each must be hit. */
  readonly failpoints: readonly Failpoint[];
  readonly faults: readonly FaultKind[];
  /** Share of the payments that has to settle, else a run proves nothing; a quarter if not given. */
  readonly leastSettled?: number;
  /** How long we wait for its answers. */
  readonly timeoutSeconds: number;
  psu(intent: Intent): ChaosPsu;
  /** Of its orders; EUR if not given. */
  readonly currency?: 'EUR' | 'GBP';
  /** What its orders need besides amount, creditor and PSU. */
  readonly order: Readonly<Record<string, unknown>>;
  /** The bank will fail so at the initiation of this intent. */
  spoil(intent: Intent, fault: FaultKind): Promise<void>;
  /** The PSU's browser, from the bank's page to the way back to us. */
  visit(url: string, intent: Intent): Promise<string>;
  /** What the PSU does in the bank's app; nothing where there is none. */
  decide(reference: string | null, intent: Intent): Promise<void>;
  /** Told every half second while it lasts: webhooks that are held back come then, more than once, in another order. */
  disturb?(): Promise<void>;
  /** The storm is over: the bank serves again, and executes what it has. */
  calm(): Promise<void>;
  /** Moves the bank's clock. */
  pass(seconds: number): Promise<void>;
  ledger(): Promise<BankLedger>;
}

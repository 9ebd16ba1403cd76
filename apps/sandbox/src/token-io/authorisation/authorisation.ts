import type { Bank } from '../banks/bank.js';
import type { Account, Customer } from '../customers/customer.js';
import { newSecret } from '../identifier.js';
import type { Member } from '../members/member.js';

/** What the PSU is asked to confirm, for the pages. */
export interface AuthorisationSummary {
  kind: 'payment' | 'standingOrder' | 'access';
  payee?: string;
  creditor?: string;
  amount?: string;
  currency?: string;
  remittance?: string;
  /** For access: what may be read. */
  resources?: readonly string[];
  /** What identifies the account that must be used; undefined when the PSU chooses. */
  debtor?: string | undefined;
}

/** One attempt of the PSU to authorise a payment or a token request at a bank. */
export interface Authorisation {
  id: string;
  /** The unguessable part of the link for the browser. */
  key: string;
  /** The `state` that the bank gives back. */
  oauthState: string;
  /** The bank's authorisation code, once the PSU has agreed. */
  code: string | undefined;
  /** The hub has had the bank's callback. */
  returned: boolean;
  bank: Bank;
  member: Member;
  subjectId: string;
  summary: AuthorisationSummary;
  state: 'open' | 'approved' | 'refused' | 'closed';
  /** The step of an embedded login that is asked for. */
  step: EmbeddedStep | undefined;
  scaMethod: string | undefined;
  isRetry: boolean;
  wrongTries: number;
  /** On the bank's pages: the PSU has agreed, the code is missing. */
  confirmed: boolean;
  customer: Customer | undefined;
  /** The accounts that the PSU chose: the debtor's, or those that may be read. */
  accounts: Account[];
  /** The PSU answered (embedded, decoupled), or came back from the bank with an answer (redirect). */
  decided(approved: boolean, reason?: string): void;
  /** Where the browser goes at the end when the hub has had the bank's callback. */
  returnUrl(): string;
  /** Where a bank sends the browser when the TPP receives callbacks itself, without the parameters. */
  callbackUrl: string;
  /** `state` of that address. */
  callbackState: string | undefined;
}

export type EmbeddedStep = 'psu' | 'credentials' | 'method' | 'code';

type Wiring = Pick<
  Authorisation,
  'bank' | 'member' | 'subjectId' | 'summary' | 'decided' | 'returnUrl' | 'callbackUrl' | 'callbackState'
>;

export function newAuthorisation(wiring: Wiring): Authorisation {
  return {
    id: newSecret(),
    key: newSecret(),
    oauthState: newSecret(),
    code: undefined,
    returned: false,
    state: 'open',
    step: FIRST_STEP[wiring.bank.approach],
    scaMethod: undefined,
    isRetry: false,
    wrongTries: 0,
    confirmed: false,
    customer: undefined,
    accounts: [],
    ...wiring,
  };
}

const FIRST_STEP = { redirect: undefined, embedded: 'credentials', decoupled: 'psu' } as const;

/** Wrong passwords or codes, all together, until the bank gives up. */
export const MAX_TRIES = 3;

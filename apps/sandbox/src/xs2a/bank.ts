import type { KeyObject } from 'node:crypto';
import { FaultBook } from '../kit/faults.js';
import { VirtualClock, dateOf } from '../kit/clock.js';
import { SeededRandom } from '../kit/random.js';
import { Schedule } from '../kit/schedule.js';
import { Stalls } from '../kit/stalls.js';
import { AnswerBook } from './answer-book.js';
import type { Authorisation, ScaSubject } from './authorisation.js';
import { isBasketOpen, type SigningBasket } from './baskets/basket.js';
import type { Consent } from './consent.js';
import type { FundsConsent } from './funds/funds-consent.js';
import type { Account, Transaction } from './customer.js';
import { CustomerDirectory } from './customers.js';
import { Ledger } from './ledger.js';
import { OAuthState } from './oauth/state.js';
import { OPERATIONS } from './operations.js';
import { newPasswordKey } from './password-key.js';
import type { CertificateState } from './pki/tpp-certificate.js';
import type { Payment } from './payments/payment.js';
import { mockbankProfile, type Profile } from './profile.js';
import { seedCustomers } from './seed.js';
import type { Visit } from './ui/visit.js';

/** Faults that only a bank can have; the wire faults are in the kit. */
export const BANK_FAULTS = ['revokeConsent', 'slowSettlement', 'reject', 'transactionStatus'] as const;
export type BankFault = (typeof BANK_FAULTS)[number];

/** One simulated bank with everything that it knows. Instances share nothing. */
export class Bank {
  readonly clock = new VirtualClock();
  readonly schedule = new Schedule();
  readonly stalls = new Stalls();
  readonly customers = new CustomerDirectory();
  readonly consents = new Map<string, Consent>();
  readonly payments = new Map<string, Payment>();
  readonly baskets = new Map<string, SigningBasket>();
  readonly fundsConsents = new Map<string, FundsConsent>();
  readonly authorisations = new Map<string, Authorisation>();
  /** By the unguessable part of the link for the PSU's browser. */
  readonly browserKeys = new Map<string, Authorisation>();
  readonly visits = new Map<string, Visit>();
  readonly ledger = new Ledger();
  readonly answers = new AnswerBook();
  readonly oauth = new OAuthState();
  /** Blocked and revoked certificates of TPPs, by serial number. */
  readonly certificateStates = new Map<string, CertificateState>();
  readonly faults: FaultBook<BankFault>;
  profile: Profile = mockbankProfile();
  private passwordKeyPair: KeyObject | undefined;
  private readonly subjects = new Map<string, Authorisation[]>();

  constructor(
    readonly name: string,
    readonly seed: string,
  ) {
    this.faults = new FaultBook(new SeededRandom(`${seed}/${name}/faults`), BANK_FAULTS, OPERATIONS);
    for (const customer of seedCustomers(seed, name, this.clock.today(), this.clock.now())) {
      this.customers.add(customer);
    }
  }

  /** For encrypted passwords; made at first use because it takes a moment. */
  get passwordKey(): KeyObject {
    this.passwordKeyPair ??= newPasswordKey();
    return this.passwordKeyPair;
  }

  /** The authorisations of one consent or payment, oldest first. */
  authorisationsOf(subject: ScaSubject): Authorisation[] {
    return this.subjects.get(subject.id) ?? [];
  }

  /** The basket in which a payment or consent waits for its SCA. */
  openBasketOf(member: ScaSubject): SigningBasket | undefined {
    return [...this.baskets.values()].find(
      (basket) =>
        isBasketOpen(basket) && [...basket.payments, ...basket.consents].some((candidate) => candidate === member),
    );
  }

  addAuthorisation(authorisation: Authorisation): void {
    this.authorisations.set(authorisation.id, authorisation);
    this.browserKeys.set(authorisation.browserKey, authorisation);
    this.subjects.set(authorisation.subject.id, [...this.authorisationsOf(authorisation.subject), authorisation]);
  }

  /** Now, or while something scheduled happens, the instant it was due: a jump of the clock gives the same books as waiting. */
  now(): Date {
    return new Date(this.schedule.momentMs ?? this.clock.nowMs());
  }

  /** The date of {@link now}. */
  today(): string {
    return dateOf(this.now());
  }

  /** Lets everything happen that is due. */
  catchUp(): void {
    this.schedule.runDue(this.clock.nowMs());
  }

  /** Puts a booked entry on an account. */
  book(account: Account, entry: Transaction): void {
    account.booked = account.booked.plus(entry.amount);
    account.lastChange = this.now();
    account.transactions.push({ ...entry, balanceAfter: account.booked });
  }
}

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { FaultBook } from '../kit/faults.js';
import { VirtualClock } from '../kit/clock.js';
import { SeededRandom } from '../kit/random.js';
import { Schedule } from '../kit/schedule.js';
import { Stalls } from '../kit/stalls.js';
import { RequestBook } from './bank-message/request-book.js';
import type { AuthorizationCode, AuthorizationSession, Consent } from './consent.js';
import { HUB_FAULTS, OPERATIONS, type HubFault } from './operations.js';
import { Ledger } from './ledger.js';
import type { Bank, Tpp } from './parties.js';
import type { Payment } from './payment.js';
import { initialSettings, type Settings } from './settings.js';
import { TppOutbox } from './webhooks/outbox.js';

/** What a bank told about one day. */
export interface DailyPerformance {
  bank: string;
  date: string;
  consentDuration?: number | undefined;
  paymentDuration?: number | undefined;
}

/** One simulated Tribe Open Banking with everything that it knows of others. Instances share nothing. */
export class Hub {
  readonly clock = new VirtualClock();
  readonly schedule = new Schedule();
  readonly stalls = new Stalls();
  readonly ledger = new Ledger();
  readonly tpps = new Map<string, Tpp>();
  readonly banks = new Map<string, Bank>();
  /** By requestUrl, byte for byte. */
  readonly sessions = new Map<string, AuthorizationSession>();
  readonly codes = new Map<string, AuthorizationCode>();
  /** By the bank's access token. */
  readonly consents = new Map<string, Consent>();
  /** By the TPP's bearer. */
  readonly bearers = new Map<string, Consent>();
  /** By the TPP's payment id. */
  readonly payments = new Map<string, Payment>();
  readonly callbacks = new Map<string, Payment>();
  readonly performance = new Map<string, DailyPerformance>();
  readonly requests = new RequestBook();
  readonly random: SeededRandom;
  readonly faults: FaultBook<HubFault>;
  readonly outbox: TppOutbox;
  settings: Settings = initialSettings();
  /** Such as `http://localhost:4000/tribe`; of the last request. */
  address = '';
  /** Webhooks that wait for their answer are given up with it. */
  readonly closing = new AbortController();
  /** Payments by bank and the bank's id. */
  private readonly atBanks = new Map<string, Payment>();
  private ownKey: KeyObject | undefined;

  constructor(
    readonly name: string,
    readonly seed: string,
  ) {
    this.random = new SeededRandom(`${seed}/${name}/order`);
    this.faults = new FaultBook(new SeededRandom(`${seed}/${name}/faults`), HUB_FAULTS, OPERATIONS);
    this.outbox = new TppOutbox(this);
  }

  /** The key that signs webhooks; made at first use because it takes a moment. */
  get key(): KeyObject {
    this.ownKey ??= generateKeyPairSync('rsa', { modulusLength: this.settings.keyBits }).privateKey;
    return this.ownKey;
  }

  /** Now, or while something scheduled happens, the instant it was due. */
  now(): Date {
    return new Date(this.schedule.momentMs ?? this.clock.nowMs());
  }

  /** Lets everything happen that is due. */
  catchUp(): void {
    this.schedule.runDue(this.clock.nowMs());
  }

  after(seconds: number, run: () => void): void {
    this.schedule.at(this.now().getTime() + seconds * 1000, run);
  }

  /** Finds a payment by the bank's id of it. */
  paymentAt(bank: Bank, bankPaymentId: string): Payment | undefined {
    return this.atBanks.get(`${bank.identifier} ${bankPaymentId}`);
  }

  /** Notes under which id a bank has a payment. */
  placeAt(bank: Bank, bankPaymentId: string, payment: Payment): void {
    payment.bank = bank;
    payment.bankPaymentId = bankPaymentId;
    this.atBanks.set(`${bank.identifier} ${bankPaymentId}`, payment);
  }

  /** Nothing goes on any more: for reset and shutdown. */
  close(): void {
    this.stalls.releaseAll();
    this.closing.abort();
  }
}

/** The public half as PEM, for whom it is given to. */
export function publicPem(key: KeyObject): string {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'pem' }).toString();
}

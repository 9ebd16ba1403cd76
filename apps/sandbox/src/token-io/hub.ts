import type { KeyObject } from 'node:crypto';
import { VirtualClock, dateOf } from '../kit/clock.js';
import { FaultBook } from '../kit/faults.js';
import { SeededRandom } from '../kit/random.js';
import { Schedule } from '../kit/schedule.js';
import { Stalls } from '../kit/stalls.js';
import type { Authorisation } from './authorisation/authorisation.js';
import type { Bank } from './banks/bank.js';
import { seedBanks } from './banks/seed-banks.js';
import type { Account, Customer } from './customers/customer.js';
import { seedAccounts, seedCustomers } from './customers/seed-customers.js';
import { Ledger } from './ledger.js';
import { demoMemberId, newMember, type Member } from './members/member.js';
import type { Payment } from './payments/payment.js';
import { defaultProfile, type Profile } from './profile.js';
import type { TokenRequest } from './requests/token-request.js';
import type { Token } from './tokens/token.js';
import type { Transfer } from './transfers/transfer.js';
import { Courier } from './webhooks/courier.js';
import { hubKey } from './webhooks/hub-key.js';

/** Faults that only a hub can have; the wire faults are in the kit. */
export const HUB_FAULTS = ['outcome', 'show', 'slowBank', 'revokeConsent', 'bankDown'] as const;
export type HubFault = (typeof HUB_FAULTS)[number];

/** One simulated Token.io with everything that it and the banks behind it know. Instances share nothing. */
export class Hub {
  readonly clock = new VirtualClock();
  readonly schedule = new Schedule();
  readonly stalls = new Stalls();
  readonly ledger = new Ledger();
  readonly members = new Map<string, Member>();
  readonly banks = new Map<string, Bank>();
  readonly customers: readonly Customer[];
  readonly authorisations = new Map<string, Authorisation>();
  readonly payments = new Map<string, Payment>();
  readonly requests = new Map<string, TokenRequest>();
  readonly tokens = new Map<string, Token>();
  readonly transfers = new Map<string, Transfer>();
  readonly faults: FaultBook<HubFault>;
  /** Signs webhooks, and the results of token requests. */
  readonly key: { id: string; private: KeyObject; publicRaw: string };
  readonly courier: Courier;
  profile: Profile = defaultProfile();
  private readonly accounts = new Map<string, Account[]>();
  private alarm: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    readonly seed: string,
    operations: readonly string[],
  ) {
    this.faults = new FaultBook(new SeededRandom(`${seed}/${name}/faults`), HUB_FAULTS, operations);
    this.customers = seedCustomers(seed);
    for (const bank of seedBanks()) {
      bank.status.sinceMs = this.clock.nowMs();
      this.banks.set(bank.id, bank);
    }
    const demo = newMember(demoMemberId(seed), 'Demo TPP');
    this.members.set(demo.id, demo);
    this.key = hubKey(seed);
    this.courier = new Courier(this);
  }

  /** Now, or while something scheduled happens, the instant it was due: a jump of the clock gives the same as waiting. */
  nowMs(): number {
    return this.schedule.momentMs ?? this.clock.nowMs();
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  today(): string {
    return dateOf(this.now());
  }

  /** Something that happens so many seconds from now. */
  after(seconds: number, run: () => void): void {
    this.schedule.at(this.nowMs() + seconds * 1000, run);
  }

  /** The same, but at once when it takes no time, so that the answer to the present call already shows it. */
  soon(seconds: number, run: () => void): void {
    if (seconds > 0) {
      this.after(seconds, run);
    } else {
      run();
    }
  }

  /** Lets everything happen that is due, and wakes up by itself when the next thing is: webhooks do not wait for a caller. */
  catchUp(): void {
    this.schedule.runDue(this.clock.nowMs());
    clearTimeout(this.alarm);
    const next = this.schedule.nextAtMs;
    if (next !== undefined && !this.clock.stopped) {
      const inMs = Math.min(Math.max(next - this.clock.nowMs(), 5), 3_600_000);
      this.alarm = setTimeout(() => this.catchUp(), inMs);
      this.alarm.unref();
    }
  }

  /** Ends everything that waits: before a reset, and at the end. */
  close(): void {
    clearTimeout(this.alarm);
    this.courier.close();
    this.stalls.releaseAll();
  }

  /** The accounts of a customer at a bank, made at first use. */
  accountsOf(customer: Customer, bank: Bank): Account[] {
    const name = `${bank.id}/${customer.username}`;
    const accounts = this.accounts.get(name) ?? seedAccounts(this.seed, bank, customer, this.clock.nowMs());
    this.accounts.set(name, accounts);
    return accounts;
  }
}

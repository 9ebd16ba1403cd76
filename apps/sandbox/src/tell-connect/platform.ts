import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { VirtualClock, dateOf } from '../kit/clock.js';
import { FaultBook } from '../kit/faults.js';
import { SeededRandom } from '../kit/random.js';
import { Schedule } from '../kit/schedule.js';
import { Stalls } from '../kit/stalls.js';
import type { Application, Developer } from './application.js';
import type { AccessToken, Code, Consent, Intent, RefreshToken } from './consent.js';
import type { Customer } from './customer.js';
import { Ledger } from './ledger.js';
import { OPERATIONS } from './operations.js';
import type { Payment } from './payment.js';
import { documentedProfile, type Profile } from './profile.js';
import { Quota } from './quota.js';
import { seedCustomers } from './seed.js';
import { Statistics } from './statistics.js';

/** Faults that only this upstream can have; the wire faults are in the kit. */
export const PLATFORM_FAULTS = ['revokeConsent', 'reject'] as const;
export type PlatformFault = (typeof PLATFORM_FAULTS)[number];

/** The one ASPSP behind the platform. */
export const ASPSP = '8ddb14f1-fecd-41fe-90b7-f8fbda9494ac';

/** One tell.connect with its bank and everything that it knows. Instances share nothing. */
export class Platform {
  readonly clock = new VirtualClock();
  readonly schedule = new Schedule();
  readonly stalls = new Stalls();
  readonly customers: readonly Customer[];
  readonly developers = new Map<string, Developer>();
  readonly applications = new Map<string, Application>();
  readonly intents = new Map<string, Intent>();
  readonly consents = new Map<string, Consent>();
  readonly codes = new Map<string, Code>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly payments = new Map<string, Payment>();
  /** Developers that are logged in at the portal, by the unguessable part of their address. */
  readonly sessions = new Map<string, Developer>();
  readonly quota = new Quota();
  /** Signatures seen, with the instant after which they are too old anyway. */
  readonly signatures = new Map<string, number>();
  readonly ledger = new Ledger();
  readonly statistics: Statistics;
  readonly faults: FaultBook<PlatformFault>;
  readonly demo: Application;
  profile: Profile = documentedProfile();

  constructor(
    readonly name: string,
    seed: string,
    demoCertificate: string,
  ) {
    this.faults = new FaultBook(new SeededRandom(`${seed}/${name}/tell-connect/faults`), PLATFORM_FAULTS, OPERATIONS);
    this.customers = seedCustomers(seed, name, this.clock.now());
    this.statistics = new Statistics(this.clock.today());
    const secret = (what: string) => createHash('sha256').update(`${seed}/tell-connect/${what}`).digest('hex');
    const developer = this.addDeveloper({
      clientId: uuidFrom(secret('client')),
      clientSecret: secret('client secret').slice(0, 40),
      name: 'Demo developer',
      email: 'demo@tpp.example',
      company: 'Demo TPP Ltd',
    });
    this.demo = this.addApplication(developer, {
      id: uuidFrom(secret('application')),
      name: 'Demo application',
      state: 'released',
      redirectUrl: 'http://localhost:3000/callbacks/tell-connect',
      certificate: demoCertificate,
    });
  }

  addDeveloper(fields: Omit<Developer, 'applications'>): Developer {
    const developer = { ...fields, applications: [] };
    this.developers.set(developer.clientId, developer);
    return developer;
  }

  addApplication(developer: Developer, fields: Omit<Application, 'developer'>): Application {
    const application = { ...fields, developer };
    developer.applications.push(application);
    this.applications.set(application.id, application);
    return application;
  }

  customer(username: string): Customer | undefined {
    return this.customers.find((candidate) => candidate.username === username);
  }

  /** Now, or while something scheduled happens, the instant it was due. */
  now(): Date {
    return new Date(this.schedule.momentMs ?? this.clock.nowMs());
  }

  today(): string {
    return dateOf(this.now());
  }

  /** Lets everything happen that is due. */
  catchUp(): void {
    this.schedule.runDue(this.clock.nowMs());
  }
}

/** Unguessable: for tokens and for the addresses of pages. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

export function newClient(): { clientId: string; clientSecret: string } {
  return { clientId: randomUUID(), clientSecret: randomBytes(20).toString('hex') };
}

/** A repeatable UUID v4 from hex digits. */
function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import type { SigningBasket } from './baskets/basket.js';
import type { Consent } from './consent.js';
import type { Account, Customer, ScaMethod } from './customer.js';
import type { FundsConsent } from './funds/funds-consent.js';
import type { Cancellation, Payment } from './payments/payment.js';
import type { ScaWish } from './subject.js';

/** A resource that a PSU authorises. */
export type ScaSubject = Consent | Payment | Cancellation | SigningBasket | FundsConsent;

/** scaStatus of the specification. */
export type ScaStatus =
  | 'received'
  | 'psuIdentified'
  | 'psuAuthenticated'
  | 'scaMethodSelected'
  | 'started'
  | 'unconfirmed'
  | 'finalised'
  | 'failed'
  | 'exempted';

/** ASPSP-SCA-Approach; OAuth counts as REDIRECT. */
export type ScaApproach = 'EMBEDDED' | 'REDIRECT' | 'DECOUPLED';

/** One PSU's strong customer authentication of one consent or payment. */
export interface Authorisation {
  id: string;
  subject: ScaSubject;
  approach: ScaApproach;
  /** REDIRECT by the OAuth server instead of the bank's own page. */
  oauth: boolean;
  psu?: Customer | undefined;
  /** What the TPP said at the start, or else with the resource: return addresses above all. */
  wish: ScaWish;
  status: ScaStatus;
  method?: ScaMethod | undefined;
  wrongCodes: number;
  /** Where the bank wants two passwords: the first one was right. */
  passwordGiven: boolean;
  /** While `unconfirmed`: what the TPP must bring, and the PSU's choice of accounts until then. */
  confirmation?: { code: string; chosen: readonly Account[] } | undefined;
  /** Unguessable part of the link for the PSU's browser. */
  browserKey: string;
  createdAt: Date;
}

/** What a PUT (or the body of a start) brings. */
export type ScaUpdate =
  | { kind: 'identification' }
  | { kind: 'password'; password?: string | undefined; additionalPassword?: string | undefined }
  | { kind: 'method'; methodId: string }
  | { kind: 'code'; code: string }
  | { kind: 'confirmation'; confirmationCode: string };

/** The address below the API's root of a subject's authorisations. */
export function authorisationsPath(subject: ScaSubject): string {
  return `${subject.path}/${subject.kind === 'cancellation' ? 'cancellation-' : ''}authorisations`;
}

/** What fits at which stage when the TPP carries the PSU's data (embedded); anything else is 400 SERVICE_INVALID. */
export const EMBEDDED_STEPS: Readonly<Record<ScaStatus, readonly ScaUpdate['kind'][]>> = {
  received: ['identification', 'password'],
  psuIdentified: ['password'],
  psuAuthenticated: ['method'],
  scaMethodSelected: ['method', 'code'],
  started: [],
  unconfirmed: ['confirmation'],
  finalised: [],
  failed: [],
  exempted: [],
};

export function isFinal(status: ScaStatus): boolean {
  return status === 'finalised' || status === 'failed' || status === 'exempted';
}

/** The PSU has said yes or no, or can no longer. */
export function isAnswered({ status }: Authorisation): boolean {
  return isFinal(status) || status === 'unconfirmed';
}

/** Waiting for the PSU to say yes or no in the bank's app. */
export function isWaitingForApp(authorisation: Authorisation): boolean {
  const { approach, status } = authorisation;
  return approach === 'DECOUPLED' && (status === 'started' || status === 'scaMethodSelected');
}

import { randomUUID } from 'node:crypto';
import { addDays } from '../kit/clock.js';
import type { Bank } from './bank.js';
import { CONSENT_LIFE, type Consent, type ConsentOrder, type ConsentStatus } from './consent.js';
import type { NewSubject } from './subject.js';

/** Puts a new consent into the bank's books, and its ends into the schedule. */
export function createConsent(bank: Bank, context: NewSubject, order: ConsentOrder): Consent {
  const id = randomUUID();
  const consent: Consent = {
    ...context,
    ...order,
    kind: 'consent',
    id,
    path: `/v1/consents/${id}`,
    status: 'received',
    lastActionDate: bank.today(),
    chosen: [],
    reads: new Map(),
    completed: new Set(),
    deltas: new Map(),
    downloads: new Map(),
    metered: true,
  };
  bank.consents.set(id, consent);
  const lastMoment = Date.parse(`${addDays(consent.validUntil, 1)}T00:00:00Z`);
  bank.schedule.at(lastMoment, () => moveConsent(bank, consent, 'expired'));
  bank.schedule.at(bank.clock.nowMs() + bank.profile.confirmationSeconds * 1000, () => {
    if (consent.status === 'received' || consent.status === 'partiallyAuthorised') {
      moveConsent(bank, consent, 'rejected');
    }
  });
  return consent;
}

/** Changes the status if the life of a consent allows it; a final status stays. */
export function moveConsent(bank: Bank, consent: Consent, status: ConsentStatus): boolean {
  if (!CONSENT_LIFE[consent.status].includes(status)) {
    return false;
  }
  consent.status = status;
  consent.lastActionDate = bank.today();
  return true;
}

/** A new recurring consent for the same TPP and PSU ends the old ones. */
export function replaceOlderConsents(bank: Bank, consent: Consent): void {
  if (!consent.recurring) {
    return;
  }
  for (const other of bank.consents.values()) {
    if (
      other !== consent &&
      other.recurring &&
      other.metered &&
      other.tpp === consent.tpp &&
      other.psu === consent.psu
    ) {
      if (other.status === 'valid') {
        moveConsent(bank, other, bank.profile.replacedConsent);
      }
    }
  }
}

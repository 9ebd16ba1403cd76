import { isDate, addDays } from '../kit/clock.js';
import type { Shape } from '../kit/shape.js';
import { readAccess } from './access.js';
import type { Bank } from './bank.js';
import type { ConsentOrder } from './consent.js';
import { TppError, formatError } from './tpp-error.js';

/**
 * Reads the body of POST /v1/consents by the rules of the bank's profile: `mockbank` takes frequency 0 (as 1), no
 * combinedServiceIndicator and booleans as texts.
 * @throws ShapeError, TppError naming the wrong field.
 */
export function readConsentOrder(bank: Bank, body: Shape): ConsentOrder {
  const strict = bank.profile.headers === 'strict';
  const recurring = readBoolean(body, 'recurringIndicator', strict);
  const combinedService =
    strict || body.has('combinedServiceIndicator') ? readBoolean(body, 'combinedServiceIndicator', strict) : false;
  const asked = body.number('frequencyPerDay', strict ? 1 : 0, 1_000_000);
  if (!recurring && asked > 1) {
    throw formatError('frequencyPerDay', 'must be 1 for a one-off consent');
  }
  if (combinedService && !bank.profile.combinedService) {
    throw new TppError(400, 'SESSIONS_NOT_SUPPORTED', 'This bank has no combined service', 'combinedServiceIndicator');
  }
  return {
    access: readAccess(body.object('access')),
    recurring,
    combinedService,
    frequencyPerDay: Math.min(Math.max(asked, 1), bank.profile.maxFrequencyPerDay),
    validUntil: readValidUntil(bank, body.text('validUntil', { max: 10 })),
  };
}

function readValidUntil(bank: Bank, validUntil: string): string {
  if (!isDate(validUntil)) {
    throw formatError('validUntil', 'must be a date of the calendar, YYYY-MM-DD');
  }
  const today = bank.clock.today();
  if (validUntil < today) {
    throw formatError('validUntil', 'is in the past');
  }
  const { maxConsentDays } = bank.profile;
  const latest = addDays(today, maxConsentDays);
  return maxConsentDays > 0 && validUntil > latest ? latest : validUntil;
}

function readBoolean(body: Shape, name: string, strict: boolean): boolean {
  const value = body.raw(name);
  if (!strict && (value === 'true' || value === 'false')) {
    return value === 'true';
  }
  return body.boolean(name);
}

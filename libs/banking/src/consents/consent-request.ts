import type { AccessKind, AccountIdentifier, ScaApproach } from '@tributary/domain';
import type { Capability, Psu } from '@tributary/providers';
import { isValidIBAN } from 'ibantools';
import { Refusal } from '../refusal.js';
import type { Route } from '../upstreams/routes.js';
import { isForFunds } from './consent-port.js';

/** What an app asks a PSU to grant. */
export interface NewConsent {
  readonly institutionId: string;
  readonly provider?: string | undefined;
  readonly psu: Psu;
  readonly access: readonly AccessKind[];
  readonly accounts?: readonly AccountIdentifier[] | undefined;
  readonly recurring: boolean;
  /** Bank date, inclusive. */
  readonly validUntil: string;
  /** Reads per day without the PSU; absent: 4 (RTS Art. 36(5)), or 1 where the consent is good once. */
  readonly frequencyPerDay?: number | undefined;
  readonly redirectUri: string;
  readonly state?: string | undefined;
  readonly scaPreference?: ScaApproach | undefined;
  /** Payments are to run in its session. */
  readonly combinedService?: boolean | undefined;
  /** To be authorised in a signing basket: no SCA of its own is opened. */
  readonly signInBasket?: boolean | undefined;
}

/** What a route must be able to do to be chosen. */
export function leastFor({ access, signInBasket }: NewConsent): readonly Capability[] {
  const kind = isForFunds(access) ? 'fundsConfirmation.consent' : 'accounts';
  return signInBasket ? [kind, 'signingBaskets'] : [kind];
}

/**
 * Refuses what no upstream could make a consent of, naming the field.
 * @param today bank date by the database's clock
 * @throws Refusal `invalid_request`
 */
export function checkRequest(request: NewConsent, today: string): void {
  const errors: { pointer: string; code: string; message: string }[] = [];
  if (request.validUntil < today) {
    errors.push({ pointer: '/validUntil', code: 'past', message: `must not be before today, ${today}` });
  }
  // Berlin Group NextGenPSD2 1.3 section 6.3.1: a consent that is good once has the frequency 1.
  if (!request.recurring && (request.frequencyPerDay ?? 1) !== 1) {
    errors.push({ pointer: '/frequencyPerDay', code: 'invalid', message: 'must be 1 where recurring is false' });
  }
  if (isForFunds(request.access)) {
    if (new Set(request.access).size > 1) {
      errors.push({
        pointer: '/access',
        code: 'invalid',
        message: 'fundsConfirmation stands alone: a consent of its own',
      });
    }
    if (request.accounts?.length !== 1) {
      errors.push({ pointer: '/accounts', code: 'required', message: 'must be the one account that is asked about' });
    }
    if (request.combinedService) {
      errors.push({ pointer: '/combinedService', code: 'invalid', message: 'goes with account information only' });
    }
  }
  request.accounts?.forEach(({ scheme, value }, position) => {
    if (scheme === 'iban' && !isValidIBAN(value)) {
      errors.push({
        pointer: `/accounts/${position}/iban`,
        code: 'invalid',
        message: 'must be an IBAN without blanks, with right check digits',
      });
    }
  });
  if (errors.length > 0) {
    throw new Refusal('invalid_request', 'Correct the fields named in "errors" and send the request again.', {
      errors,
    });
  }
}

/** @throws Refusal `capability_unsupported` for the first kind of data that the route does not have */
export function checkCapabilities({ access }: NewConsent, { capabilities, provider }: Route): void {
  access.forEach((kind, position) => {
    if (capabilities.includes(kind)) return;
    throw new Refusal('capability_unsupported', `The route over ${provider} does not have \`${kind}\`: leave it out.`, {
      errors: [{ pointer: `/access/${position}`, code: 'capability_unsupported', message: `${kind} is not available` }],
    });
  });
}

import { Shape, ShapeError } from '../kit/shape.js';

/** How the hub and the banks behind it behave. Times are in seconds of the hub's clock. */
export interface Profile {
  /** True where the sandbox's Basic authentication works. */
  basic: boolean;
  /** `json`: the documented envelopes; `text`: plain text unless `token-json-error: true` asks for the gateway's JSON. */
  errors: 'json' | 'text';
  /** Refuses a refId used before, API_ONLY without the PISP's consent, and currencies that do not go with the rail. */
  strict: boolean;
  /** A bearer token may be valid for so long. */
  maxTokenMinutes: number;
  /** How long a bank thinks about an initiation, embedded values or a redemption. */
  bankAnswerSeconds: number;
  /** How long the answer that the PSU brought back is verified. */
  verificationSeconds: number;
  /** From the submission to the bank's first word. */
  executionSeconds: number;
  /** From there to the bank's last word. */
  settlementSeconds: number;
  /** Reads of account data without the PSU per consent and day; 0 is no limit. */
  unattendedReadsPerDay: number;
  /** What stands in `offset` of the last page of tokens, transfers and transactions: nothing, or the page's own offset again. */
  lastPage: 'empty' | 'repeat';
}

export function defaultProfile(): Profile {
  return {
    basic: true,
    errors: 'json',
    strict: false,
    maxTokenMinutes: 10,
    bankAnswerSeconds: 0,
    verificationSeconds: 0.3,
    executionSeconds: 1,
    settlementSeconds: 2,
    unattendedReadsPerDay: 0,
    lastPage: 'empty',
  };
}

/** Puts the named settings upon a profile. @throws ShapeError naming a setting that is not known or has a wrong value. */
export function changeProfile(profile: Profile, settings: unknown): Profile {
  const shape = Shape.of(settings);
  shape.only(Object.keys(profile));
  const changed: Profile = {
    basic: shape.has('basic') ? shape.boolean('basic') : profile.basic,
    errors: shape.optionalChoice('errors', ['json', 'text'] as const) ?? profile.errors,
    strict: shape.has('strict') ? shape.boolean('strict') : profile.strict,
    maxTokenMinutes: shape.optionalNumber('maxTokenMinutes', 1, 1440) ?? profile.maxTokenMinutes,
    bankAnswerSeconds: seconds(shape, 'bankAnswerSeconds') ?? profile.bankAnswerSeconds,
    verificationSeconds: seconds(shape, 'verificationSeconds') ?? profile.verificationSeconds,
    executionSeconds: seconds(shape, 'executionSeconds') ?? profile.executionSeconds,
    settlementSeconds: seconds(shape, 'settlementSeconds') ?? profile.settlementSeconds,
    unattendedReadsPerDay: shape.optionalNumber('unattendedReadsPerDay', 0, 1000) ?? profile.unattendedReadsPerDay,
    lastPage: shape.optionalChoice('lastPage', ['empty', 'repeat'] as const) ?? profile.lastPage,
  };
  if (changed.bankAnswerSeconds > 120) {
    throw new ShapeError('bankAnswerSeconds', 'must be at most 120: the caller waits for it');
  }
  return changed;
}

function seconds(shape: Shape, name: string): number | undefined {
  return shape.optionalNumber(name, 0, 31_536_000, false);
}

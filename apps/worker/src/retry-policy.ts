import { paymentPollDelay } from '@tributary/domain';
import type { ProviderErrorKind } from '@tributary/providers';
import type { PollRetry } from '@tributary/banking';

const second = 1_000;
const minute = 60 * second;

/** When a payment is asked about again after an error, and whether people should know. */
interface Retry {
  /** `schedule`: as if nothing had come; `back-off`: ever later; `slow`: rarely, since only people can mend it. */
  readonly pace: 'schedule' | 'back-off' | 'slow';
  readonly alert: boolean;
}

/**
 * What follows from an upstream's error while a payment is followed. Polling never stops before the payment's end: what
 * needs people (a wrong key, a changed interface, a lost consent) is asked about slowly, so that it goes on by itself
 * once mended.
 */
export const retryPolicy: Readonly<Record<ProviderErrorKind, Retry>> = {
  unavailable: { pace: 'back-off', alert: false },
  'rate-limited': { pace: 'schedule', alert: false },
  'outcome-unknown': { pace: 'schedule', alert: false },
  rejected: { pace: 'slow', alert: true },
  'psu-credentials': { pace: 'slow', alert: false },
  'consent-invalid': { pace: 'slow', alert: false },
  unauthorised: { pace: 'slow', alert: true },
  // The bank may know the payment a little later than its own answer says.
  'not-found': { pace: 'back-off', alert: false },
  unsupported: { pace: 'slow', alert: true },
  malformed: { pace: 'slow', alert: true },
};

const slowest = 30 * minute;
const longestWait = 24 * 60 * minute;

/** The table as milliseconds. An upstream that said when to come back is taken at its word. */
export const retryAfterError: PollRetry = (error, payment, now) => {
  const { retryAfter } = error.facts;
  // A date in another century is a mistake: nobody waits for it.
  if (retryAfter) return { pollInMs: Math.min(Math.max(second, retryAfter.getTime() - now.getTime()), longestWait) };
  switch (retryPolicy[error.kind].pace) {
    case 'schedule':
      return { pollInMs: paymentPollDelay(payment.polls, now.getTime() - payment.createdAt.getTime()) };
    case 'back-off':
      return { pollInMs: Math.min(5 * second * 2 ** Math.min(payment.polls, 10), slowest) };
    case 'slow':
      return { pollInMs: slowest };
  }
};

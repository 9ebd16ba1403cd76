const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waiting times between the attempts of one delivery: fast at first, then over three days (Standard Webhooks 1.0.0). */
const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 18 * hour, 20 * hour];

/**
 * Milliseconds until a delivery is tried again after its n-th failed attempt, with a fifth of jitter to either side;
 * null: never again.
 */
export function waitAfterAttempt(attempts: number, chance: number): number | null {
  const wait = waits[attempts - 1];
  return wait === undefined ? null : Math.round(wait * (0.8 + 0.4 * chance));
}

/** Milliseconds for which an endpoint as a whole is left alone after so many failures in a row. */
export function pauseAfterFailures(failuresInRow: number): number {
  return Math.min(second * 2 ** Math.min(failuresInRow, 20), 5 * minute);
}

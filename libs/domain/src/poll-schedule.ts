const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const firstDelays = [2 * second, 5 * second, 15 * second, minute, 5 * minute] as const;

/**
 * When to ask a bank again about a payment that has not ended.
 * @param asked how often we asked since its status last changed
 * @param ageMs milliseconds since the payment was sent
 * @param stretch how many times longer to wait than usual, where webhooks are faster anyway; never more than six hours
 * @returns milliseconds to wait
 */
export function paymentPollDelay(asked: number, ageMs: number, stretch = 1): number {
  const usual = firstDelays[asked] ?? (ageMs < 72 * hour ? 30 * minute : 6 * hour);
  return Math.min(usual * stretch, 6 * hour);
}

/**
 * When to ask a bank again about an SCA that runs without us (redirect, decoupled): 2 s growing to 10 s while somebody
 * is likely to be at it, then every 5 minutes until the authorisation's end.
 */
export function authorisationPollDelay(asked: number): number {
  if (asked < 30) return Math.min(2 + asked, 10) * second;
  return 5 * minute;
}

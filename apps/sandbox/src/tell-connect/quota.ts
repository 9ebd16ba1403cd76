import { ApiError } from './api-error.js';

/** Calls without the user: per endpoint and day. */
export const UNATTENDED_CALLS = 4;

/** Counts calls without the user per consent, endpoint and account; the day is the UTC day. */
export class Quota {
  private day = '';
  private readonly counts = new Map<string, number>();

  /** @throws ApiError 429 for the fifth. */
  take(today: string, consentId: string, operation: string, accountId: string): void {
    if (today !== this.day) {
      this.day = today;
      this.counts.clear();
    }
    const key = `${consentId} ${operation} ${accountId}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count > UNATTENDED_CALLS) {
      throw new ApiError(
        429,
        'rate_limited',
        `More than ${UNATTENDED_CALLS} calls without the user for this endpoint today; send x-user-ip only when a user asks`,
      );
    }
  }
}

/**
 * When a 429 lets us come back: its Retry-After header (RFC 9110 section 10.2.3: seconds or a date), otherwise the next
 * midnight UTC, since banks count calls per day.
 */
export function retryAfter(header: string | undefined, now: Date): Date {
  const value = header?.trim() ?? '';
  if (/^\d{1,8}$/.test(value)) return new Date(now.getTime() + Number(value) * 1_000);
  const date = Date.parse(value);
  if (Number.isFinite(date) && date > now.getTime()) return new Date(date);
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

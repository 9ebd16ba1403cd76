import { createQuotas } from './quotas.js';

const now = new Date('2026-03-02T10:00:00Z');
const later = new Date('2026-03-03T00:00:00Z');
const quota = (operation: string, remaining: number, resetsAt = later) => ({
  operation,
  limit: 4,
  remaining,
  resetsAt,
});

describe('quotas', () => {
  it('hold a call back while nothing is left, and only that one', () => {
    const quotas = createQuotas();
    quotas.note('anna', quota('listAccounts', 0));
    expect(quotas.blockedUntil('listAccounts', 'anna', now)).toEqual(later);
    expect(quotas.blockedUntil('listAccounts', 'ben', now)).toBeNull();
    expect(quotas.blockedUntil('readBalances', 'anna', now)).toBeNull();
    // Control: with something left, or after the reset, nothing is held back.
    expect(quotas.blockedUntil('listAccounts', 'anna', later)).toBeNull();
    quotas.note('anna', quota('listAccounts', 1));
    expect(quotas.blockedUntil('listAccounts', 'anna', now)).toBeNull();
  });

  it('show the least that is left of each call, and nothing that is over', () => {
    const quotas = createQuotas();
    quotas.note('anna', quota('listAccounts', 3));
    quotas.note('ben', quota('listAccounts', 1));
    quotas.note('anna', quota('confirmFunds', 2, now));
    expect(quotas.list(now)).toEqual([quota('listAccounts', 1)]);
  });

  it('forget the oldest beyond what fits', () => {
    const quotas = createQuotas();
    for (let number = 0; number <= 10_000; number += 1) quotas.note(String(number), quota('listAccounts', 0));
    expect(quotas.blockedUntil('listAccounts', '0', now)).toBeNull();
    expect(quotas.blockedUntil('listAccounts', '10000', now)).toEqual(later);
  });
});

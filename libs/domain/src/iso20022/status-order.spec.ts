import fc from 'fast-check';
import { isFinal, isIsoPaymentStatus, type IsoPaymentStatus, isoPaymentStatuses } from './payment-status.js';
import { judgeStatus } from './status-order.js';

const codes = Object.keys(isoPaymentStatuses).filter(isIsoPaymentStatus);

describe('the order of payment statuses', () => {
  it.each<[IsoPaymentStatus | null, IsoPaymentStatus | null, boolean, string]>([
    [null, 'RCVD', true, 'first'],
    [null, null, false, 'unknown-word'],
    ['RCVD', 'RCVD', false, 'same'],
    ['RCVD', 'ACTC', true, 'advance'],
    ['ACSP', 'ACTC', false, 'late'],
    ['ACSP', 'PDNG', false, 'floating'],
    ['PDNG', 'RCVD', true, 'advance'],
    ['ACSP', 'PART', true, 'advance'],
    ['ACWP', 'PART', true, 'advance'],
    ['PART', 'ACSP', false, 'late'],
    ['PART', 'ACSC', true, 'end'],
    ['ACSC', 'PART', false, 'late'],
    ['ACSP', 'ACSC', true, 'end'],
    ['RCVD', 'RJCT', true, 'end'],
    ['ACWP', 'CANC', true, 'end'],
    ['ACSC', 'ACCC', true, 'advance'],
    ['ACCC', 'ACSC', false, 'late'],
    ['ACSC', 'RCVD', false, 'late'],
    ['ACSC', 'RJCT', false, 'final-contradicted'],
    ['RJCT', 'ACSC', false, 'final-contradicted'],
    ['RJCT', 'ACSP', false, 'late'],
    ['ACSC', null, false, 'unknown-word'],
  ])('%s, then %s: applied %s (%s)', (held, reported, applied, why) => {
    expect(judgeStatus(held, reported)).toEqual({ applied, why });
  });

  it('never falls and never leaves an end, in whatever order and however often statuses come', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...codes), { maxLength: 30 }), (reports) => {
        let held: IsoPaymentStatus | null = null;
        for (const reported of reports) {
          const before: IsoPaymentStatus | null = held;
          if (judgeStatus(held, reported).applied) held = reported;
          const from = before && isoPaymentStatuses[before].rank;
          const to = held && isoPaymentStatuses[held].rank;
          if (from !== null && to !== null) expect(to).toBeGreaterThanOrEqual(from);
          if (isFinal(before) && held !== before) expect([before, held]).toEqual(['ACSC', 'ACCC']);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(['acsc', ' ACSC', 'ACSC ', 'ACTV', '', 'toString', '__proto__'])('does not take %j for a code', (word) => {
    expect(isIsoPaymentStatus(word)).toBe(false);
  });
});

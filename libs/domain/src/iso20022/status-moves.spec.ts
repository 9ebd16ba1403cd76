import { isIsoPaymentStatus, type IsoPaymentStatus, isoPaymentStatuses } from './payment-status.js';
import { judgeStatus } from './status-order.js';
import { announcedMoves, mayAnnounce } from './status-moves.js';

const codes = Object.keys(isoPaymentStatuses).filter(isIsoPaymentStatus);
const may = (status: IsoPaymentStatus, next: IsoPaymentStatus, bulk = false): boolean =>
  mayAnnounce({ status, beforePending: null, bulk }, next);

describe('what a bank may announce', () => {
  it.each<[IsoPaymentStatus, IsoPaymentStatus, boolean]>([
    ['RCVD', 'ACSC', true],
    ['RCVD', 'ACWC', false],
    ['ACTC', 'ACWC', true],
    ['ACSP', 'ACWC', false],
    ['ACSP', 'RJCT', true],
    ['ACWP', 'RJCT', true],
    ['ACSP', 'CANC', false],
    ['ACWC', 'CANC', true],
    ['ACSP', 'PDNG', false],
    ['ACSC', 'RJCT', false],
    ['ACSC', 'ACCC', true],
    ['ACSC', 'ACWP', false],
    ['ACCC', 'ACSC', false],
    ['PATC', 'ACTC', false],
    ['RJCT', 'RCVD', false],
    ['CANC', 'RJCT', false],
    ['ACTC', 'ACTC', false],
  ])('%s, then %s: %s', (status, next, legal) => expect(may(status, next)).toBe(legal));

  it('lets only a bulk end in part, and never refuses what was accepted in part', () => {
    expect(codes.filter((status) => may(status, 'PART'))).toEqual([]);
    const into = codes.filter((status) => may(status, 'PART', true));
    expect(into.toSorted()).toEqual(['ACCP', 'ACFC', 'ACSP', 'ACTC', 'ACWC', 'ACWP', 'PATC', 'PDNG']);
    expect(codes.filter((next) => may('PART', next, true)).toSorted()).toEqual(['ACCC', 'ACSC']);
  });

  it('leaves PDNG to where it was or further, never back', () => {
    const from = (beforePending: IsoPaymentStatus | null) =>
      codes.filter((next) => mayAnnounce({ status: 'PDNG', beforePending, bulk: false }, next));
    expect(from('ACFC')).toEqual(['ACFC', 'ACWC', 'ACSP', 'ACWP', 'ACSC', 'ACCC', 'RJCT', 'CANC']);
    expect(from(null)).toEqual(from('RCVD'));
    expect(from(null)).not.toContain('RCVD');
    expect(from(null)).toContain('ACTC');
  });

  it('names every status, and ends where the order of statuses ends', () => {
    expect(Object.keys(announcedMoves).toSorted()).toEqual(codes.toSorted());
    expect(codes.filter((status) => announcedMoves[status].length === 0).toSorted()).toEqual(['ACCC', 'CANC', 'RJCT']);
  });

  it('is never more than an observer would follow, but for PDNG, which observers let float', () => {
    const unfollowed = codes.flatMap((status) =>
      codes
        .filter((next) => next !== 'PDNG' && may(status, next, true) && !judgeStatus(status, next).applied)
        .map((next) => `${status} ${next}`),
    );
    expect(unfollowed).toEqual([]);
  });
});

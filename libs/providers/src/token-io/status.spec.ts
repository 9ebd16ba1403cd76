import {
  bankCode,
  judge,
  meaningIn,
  paymentStatuses,
  type SaidOfPayment,
  statusRows,
  transferStatuses,
} from './status.js';

const said: SaidOfPayment = { today: '2026-01-01', expiredUnauthorised: 'CANC' };
const payment = (word: string, more: Partial<SaidOfPayment> = {}) => {
  const meaning = meaningIn(paymentStatuses, word);
  return meaning && judge(word, meaning, { ...said, ...more });
};

describe('payment statuses (v2)', () => {
  it.each([
    ['INITIATION_PENDING', undefined, 'RCVD', false],
    ['INITIATION_PENDING_REDIRECT_HP', undefined, 'RCVD', false],
    ['INITIATION_PENDING_REDIRECT_PBL', undefined, 'RCVD', false],
    ['INITIATION_PENDING_REDIRECT_AUTH', undefined, 'RCVD', false],
    ['INITIATION_PENDING_REDIRECT_AUTH', 'ACTC', 'RCVD', false],
    ['INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION', undefined, 'PDNG', false],
    ['INITIATION_PENDING_EMBEDDED_AUTH', 'PATC', 'PATC', false],
    ['INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION', undefined, 'PDNG', false],
    ['INITIATION_PENDING_DECOUPLED_AUTH', undefined, 'RCVD', false],
    ['INITIATION_PENDING_REDEMPTION', undefined, 'ACTC', false],
    ['INITIATION_PENDING_REDEMPTION_VERIFICATION', 'ACCP', 'ACCP', false],
    ['INITIATION_PROCESSING', undefined, 'PDNG', false],
    ['INITIATION_PROCESSING', 'ACSP', 'ACSP', false],
    // Token.io still says that it goes on: a bank's end is not an end yet.
    ['INITIATION_PROCESSING', 'ACSC', 'PDNG', false],
    ['INITIATION_PROCESSING', 'RJCT', 'PDNG', false],
    ['INITIATION_COMPLETED', undefined, 'ACSP', false],
    ['INITIATION_COMPLETED', 'ACSC', 'ACSC', false],
    ['INITIATION_COMPLETED', ' AcceptedCreditSettlementCompleted', 'ACCC', false],
    ['INITIATION_COMPLETED', 'ACPC', 'ACSP', false],
    ['INITIATION_COMPLETED', 'RJCT', 'ACSP', false],
    ['INITIATION_REJECTED', 'ACSC', 'RJCT', false],
    ['INITIATION_REJECTED_INSUFFICIENT_FUNDS', undefined, 'RJCT', false],
    ['INITIATION_FAILED', undefined, 'RJCT', false],
    ['INITIATION_FAILED', 'CANC', 'CANC', false],
    ['INITIATION_DECLINED', undefined, 'RJCT', false],
    ['INITIATION_EXPIRED', undefined, 'CANC', false],
    ['INITIATION_EXPIRED', 'ACSP', 'ACSP', true],
    ['INITIATION_NO_FINAL_STATUS_AVAILABLE', undefined, 'PDNG', true],
    ['SETTLEMENT_IN_PROGRESS', undefined, 'ACSP', false],
    ['SETTLEMENT_COMPLETED', undefined, 'ACCC', false],
    ['SETTLEMENT_INCOMPLETE', undefined, 'ACWP', true],
    ['CANCELED', undefined, 'CANC', false],
  ])('%s with %s of the bank is %s', (word, bankStatus, status, outcomeUnknown) => {
    expect(payment(word, { bankStatus })).toMatchObject({ status, outcomeUnknown });
  });

  it.each(['', 'initiation_completed', ' INITIATION_COMPLETED', 'SUCCESS', 'toString', 'constructor'])(
    '%j is no word of theirs',
    (word) => {
      expect(payment(word)).toBeUndefined();
    },
  );

  it('are all 22, and one of the gateway', () => {
    expect(Object.keys(paymentStatuses)).toHaveLength(23);
    expect(statusRows.filter(({ upstream }) => upstream in paymentStatuses).length).toBeGreaterThanOrEqual(23);
  });

  it('settle nothing before its day, and say when a day was changed', () => {
    expect(payment('INITIATION_COMPLETED', { bankStatus: 'ACSC', executionDate: '2026-01-02' })?.status).toBe('ACSP');
    expect(payment('INITIATION_COMPLETED', { bankStatus: 'ACSC', executionDate: '2026-01-01' })?.status).toBe('ACSC');
    expect(payment('INITIATION_COMPLETED', { converted: true })?.status).toBe('ACWC');
  });

  it('leave an expiry open once somebody authorised it, or always where told so', () => {
    const lost = { status: 'PDNG', outcomeUnknown: true };
    expect(payment('INITIATION_EXPIRED', { authorisedBefore: true })).toMatchObject(lost);
    expect(payment('INITIATION_EXPIRED', { expiredUnauthorised: 'PDNG' })).toMatchObject(lost);
  });

  it('have a reason where they end badly, a code before a text', () => {
    expect(payment('INITIATION_REJECTED_INSUFFICIENT_FUNDS', { reason: 'x' })?.reason).toBe('AM04');
    expect(payment('INITIATION_REJECTED', { reason: 'AC04 closed' })?.reason).toBe('AC04');
    expect(payment('INITIATION_REJECTED', { reason: 'failure' })?.reason).toBe('failure');
    expect(payment('INITIATION_DECLINED', { reason: 'Payment initiation has been canceled.' })?.status).toBe('CANC');
    expect(payment('INITIATION_COMPLETED', { reason: 'success' })?.reason).toBeUndefined();
  });
});

describe('transfer statuses (v1)', () => {
  it.each([
    ['PENDING', 'RCVD', false],
    ['PENDING_EXTERNAL_AUTHORIZATION', 'RCVD', false],
    ['PROCESSING', 'PDNG', false],
    ['SUCCESS', 'ACSP', false],
    ['INITIATED', 'PDNG', true],
    ['FAILURE_GENERIC', 'RJCT', false],
    ['FAILURE_PERMISSION_DENIED', 'RJCT', false],
    ['FAILURE_DECLINED', 'RJCT', false],
    ['FAILURE_CANCELED', 'CANC', false],
    ['FAILURE_EXPIRED', 'CANC', false],
    ['FAILURE_INSUFFICIENT_FUNDS', 'RJCT', false],
    ['SETTLEMENT_COMPLETED', 'ACCC', false],
  ])('%s is %s', (word, status, outcomeUnknown) => {
    const meaning = meaningIn(transferStatuses, word);
    expect(meaning && judge(word, meaning, said)).toMatchObject({ status, outcomeUnknown });
  });
});

describe('bankCode', () => {
  it.each([
    ['acsc', 'ACSC'],
    ['AcceptedWithoutPosting', 'ACWP'],
    ['AwaitingAuthorisation', undefined],
    ['ACPC', undefined],
    [undefined, undefined],
  ])('%s is %s', (word, code) => {
    expect(bankCode(word)).toBe(code);
  });
});

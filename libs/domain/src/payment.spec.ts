import { paymentIsFinal, type PaymentFacts, type PaymentState, paymentState } from './payment.js';
import { paymentPollDelay } from './poll-schedule.js';

const facts = (
  sendState: PaymentFacts['sendState'],
  isoStatus: PaymentFacts['isoStatus'],
  stepOpen: boolean,
): PaymentFacts => ({ sendState, isoStatus, stepOpen });

describe('what an app sees of a payment', () => {
  it.each<[PaymentFacts, PaymentState, boolean]>([
    [facts('created', null, false), 'created', false],
    [facts('created', null, true), 'awaitingAuthorisation', false],
    [facts('sending', null, false), 'processing', false],
    [facts('sent', null, true), 'awaitingAuthorisation', false],
    [facts('sent', 'RCVD', true), 'awaitingAuthorisation', false],
    [facts('sent', 'PATC', true), 'awaitingAuthorisation', false],
    [facts('sent', 'RCVD', false), 'processing', false],
    [facts('sent', 'ACSP', true), 'processing', false],
    [facts('sent', 'PART', false), 'partiallyAccepted', false],
    [facts('sent', 'ACSC', true), 'settled', true],
    [facts('sent', 'ACCC', false), 'settled', true],
    [facts('sent', 'RJCT', false), 'rejected', true],
    [facts('sent', 'CANC', false), 'cancelled', true],
    [facts('unknown', null, false), 'unknown', false],
    [facts('unknown', null, true), 'unknown', false],
    // Evidence beats what we feared.
    [facts('unknown', 'ACSC', false), 'settled', true],
    [facts('refused', null, false), 'rejected', true],
    [facts('abandoned', null, false), 'expired', true],
  ])('%j is %s', (given, state, final) => {
    expect(paymentState(given)).toBe(state);
    expect(paymentIsFinal(given)).toBe(final);
  });
});

describe('when a payment is asked about', () => {
  const hour = 3_600_000;
  it.each([
    [0, 0, 2_000],
    [1, 0, 5_000],
    [2, 0, 15_000],
    [3, 0, 60_000],
    [4, 0, 300_000],
    [5, 0, 1_800_000],
    [150, 71 * hour, 1_800_000],
    [150, 72 * hour, 6 * hour],
  ])('after %d polls at the age of %d ms: in %d ms', (asked, age, delay) => {
    expect(paymentPollDelay(asked, age)).toBe(delay);
  });
});

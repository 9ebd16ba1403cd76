/** Where "now" comes from. Code that reasons about time takes a `Clock`, so that a test can choose the time. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The clock of this machine. Leases and expiry that several processes share use the database's `now()` instead. */
export const systemClock: Clock = { now: () => new Date() };

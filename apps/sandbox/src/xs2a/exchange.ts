import type { Big } from 'big.js';

/** The debtor's money was exchanged: `rate` units of the target currency for one of the source currency. */
export interface Exchange {
  sourceCurrency: string;
  targetCurrency: string;
  rate: Big;
  date: string;
}

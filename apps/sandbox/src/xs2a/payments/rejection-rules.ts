/** Amounts with an end of their own, in any currency, so that a tester can choose the end without a control call. */
export const REJECTED_AMOUNTS: Readonly<Record<string, string>> = {
  '66.61': 'AC04',
  '66.62': 'AC06',
  '66.63': 'MS03',
  '66.64': 'AG01',
};

/** Words for the ISO 20022 ExternalStatusReason1Code values that this bank uses. */
export const REASON_WORDS: Readonly<Record<string, string>> = {
  AC01: 'Incorrect account number',
  AC04: 'Closed account number',
  AC06: 'Blocked account',
  AG01: 'Transaction forbidden on this account',
  AM04: 'Insufficient funds',
  DS02: 'Order cancelled by the customer',
  DS0H: 'Authorisation not given in time',
  MS03: 'Reason not specified by the bank',
};

/** `AM04 Insufficient funds`. */
export function reasonText(code: string): string {
  const words = REASON_WORDS[code];
  return words === undefined ? code : `${code} ${words}`;
}

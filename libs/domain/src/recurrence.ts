/**
 * How often a standing order pays, each with its code of ISO 20022 (`Frequency6Code`, `EventFrequency7Code`).
 * `monthlyVariable` names its months itself.
 */
export const paymentFrequencies = {
  daily: { iso: 'DAIL' },
  weekly: { iso: 'WEEK' },
  everyTwoWeeks: { iso: 'TOWK' },
  monthly: { iso: 'MNTH' },
  everyTwoMonths: { iso: 'TOMN' },
  quarterly: { iso: 'QUTR' },
  semiAnnual: { iso: 'SEMI' },
  annual: { iso: 'YEAR' },
  monthlyVariable: { iso: 'MOVA' },
} as const satisfies Record<string, { readonly iso: string }>;
export type PaymentFrequency = keyof typeof paymentFrequencies;

/** On which side of a day without banking the payment is made. */
export const executionRules = ['following', 'preceding'] as const;
export type ExecutionRule = (typeof executionRules)[number];

/** When a recurring payment (standing order) pays. */
export interface Recurrence {
  readonly frequency: PaymentFrequency;
  /** Bank date of the first payment. */
  readonly startDate: string;
  /** Bank date of the last day; absent: until it is cancelled. */
  readonly endDate?: string | undefined;
  readonly executionRule?: ExecutionRule | undefined;
  /** 1 to 31; 31 is the last day of any month. */
  readonly dayOfExecution?: number | undefined;
  /** 1 to 12, only with `monthlyVariable`. */
  readonly monthsOfExecution?: readonly number[] | undefined;
}

import type { Profile } from './profile.js';

type Row = Record<string, unknown>;

/** Rows that no bank should send and some do, by what their list is about. */
const BAD_ROWS = {
  /** A currency by its number. */
  account: { resourceId: 'BAD-1', name: 'Unreadable Ltd', currency: 978 },
  /** A letter in the amount. */
  balance: { balanceType: 'interimBooked', balanceAmount: { currency: 'EUR', amount: '12,3O' } },
  /** A payee without an account. */
  beneficiary: { trustedBeneficiaryId: 'BAD-1', creditorName: 'Unreadable Ltd', creditorAccount: null },
  /** A day that does not exist and a letter in the amount. */
  transaction: {
    transactionId: 'BAD-1',
    bookingDate: '2026-02-30',
    transactionAmount: { currency: 'EUR', amount: '12,3O' },
    creditorName: 'Unreadable Ltd',
  },
} as const satisfies Record<string, Row>;

/** A list as this bank sends it: where it has bad rows, one behind the first. */
export function withBadRow({ badRow }: Profile, rows: readonly Row[], kind: keyof typeof BAD_ROWS): readonly Row[] {
  return badRow ? [...rows.slice(0, 1), BAD_ROWS[kind], ...rows.slice(1)] : rows;
}

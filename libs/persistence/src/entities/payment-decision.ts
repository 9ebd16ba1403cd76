import { EntitySchema } from 'typeorm';
import { flag, id, instant, optionalInstant, optionalText, refers, text } from '../column.js';

/** What people may say became of a payment that nobody else can tell about. */
export const decidedOutcomes = ['settled', 'rejected', 'cancelled'] as const;
export type DecidedOutcome = (typeof decidedOutcomes)[number];

/**
 * One person proposes what became of a payment, another one confirms it; then the payment hears of it like of anything
 * else that is said about it.
 * `proposed` -> `confirmed` (by somebody else) -> `applied`, or `proposed` -> `withdrawn`.
 */
export interface PaymentDecision {
  id: string;
  paymentId: string;
  appId: string;
  status: 'proposed' | 'confirmed' | 'applied' | 'withdrawn';
  outcome: DecidedOutcome;
  /** How they know: a letter of the bank, a booking on an account statement. */
  evidence: string;
  /** Client ids. */
  proposedBy: string;
  /** The app of that client. */
  proposedByApp: string;
  proposedAt: Date;
  confirmedBy: string | null;
  confirmedByApp: string | null;
  confirmedAt: Date | null;
  /** Whether it changed the payment: the bank may have spoken meanwhile. null until then. */
  applied: boolean | null;
  updatedAt: Date;
}

export const PaymentDecisionEntity = new EntitySchema<PaymentDecision>({
  name: 'PaymentDecision',
  tableName: 'payment_decisions',
  columns: {
    id,
    paymentId: text,
    appId: text,
    status: text,
    outcome: text,
    evidence: text,
    proposedBy: text,
    proposedByApp: text,
    proposedAt: instant,
    confirmedBy: optionalText,
    confirmedByApp: optionalText,
    confirmedAt: optionalInstant,
    applied: { ...flag, nullable: true },
    updatedAt: instant,
  },
  checks: [
    { name: 'payment_decisions_two_people', expression: 'confirmed_by <> proposed_by' },
    {
      name: 'payment_decisions_two_apps',
      expression: 'confirmed_by_app <> proposed_by_app AND (confirmed_by IS NULL) = (confirmed_by_app IS NULL)',
    },
  ],
  indices: [
    { name: 'payment_decisions_payment', columns: ['paymentId', 'id'] },
    {
      name: 'payment_decisions_open',
      columns: ['paymentId'],
      where: `status IN ('proposed', 'confirmed')`,
      unique: true,
    },
  ],
  foreignKeys: [refers('paymentId', 'Payment')],
});

import { formatMoney, parseMoney } from '@tributary/domain';
import { optional, type Read, record, text, textOrNumber } from '../kit/json.js';
import type { JsonValue } from '../port/index.js';
import { identifierOf } from './identifiers.js';

const said = optional(textOrNumber);

/**
 * An entry of the lists about what will be paid and to whom. tell.money's documents have members for beneficiaries and scheduled
 * payments; standing orders and direct debits are said to be in the same style.
 */
export const document = record({
  beneficiaryId: said,
  standingOrderId: said,
  directDebitId: said,
  mandateIdentification: said,
  scheduledPaymentId: said,
  name: said,
  schemeName: said,
  identification: said,
  reference: said,
  amount: said,
  previousPaymentAmount: said,
  currency: optional(text),
  frequency: said,
  status: said,
  nextPaymentDateTime: said,
  finalPaymentDateTime: said,
  previousPaymentDateTime: said,
  scheduledPaymentDateTime: said,
});
export type WireDocument = Read<typeof document>;

/** In the words that other providers' lists have; times and words are theirs. */
export function documentView(wire: WireDocument): JsonValue {
  const { currency } = wire;
  // Of a direct debit only the last one is known.
  const amount = wire.amount ?? wire.previousPaymentAmount;
  const account = identifierOf(wire.schemeName, wire.identification);
  const money =
    amount === undefined || currency === undefined
      ? undefined
      : { amount: formatMoney(parseMoney(amount.trim(), currency)), currency };
  const reference =
    wire.beneficiaryId ??
    wire.standingOrderId ??
    wire.directDebitId ??
    wire.mandateIdentification ??
    wire.scheduledPaymentId;
  const members: Readonly<Record<string, JsonValue | undefined>> = {
    reference,
    name: wire.name,
    account: account && { scheme: account.scheme, value: account.value },
    amount: money,
    remittance: wire.reference,
    frequency: wire.frequency,
    status: wire.status,
    previousDate: dayOf(wire.previousPaymentDateTime),
    nextDate: dayOf(wire.nextPaymentDateTime ?? wire.scheduledPaymentDateTime),
    endDate: dayOf(wire.finalPaymentDateTime),
  };
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, JsonValue] => member[1] !== undefined),
  );
}

/** Their times have no zone: the day is the bank's. */
export function dayOf(time: string | undefined): string | undefined {
  return /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(time ?? '')?.[0];
}

import { type Disclosure, formatMoney, type Money, type PaymentDisclosure } from '@tributary/domain';
import type { StoredDisclosure, StoredMoney } from '@tributary/persistence';

const costs = ['fees', 'conversionFees', 'estimatedTotal', 'estimatedSettlement'] as const;
const names = ['psuMessage', 'warnings', ...costs] as const;

/**
 * What is known after an upstream disclosed something: what it does not mention now stays as it said it before.
 * @returns `held` itself where nothing is new
 */
export function disclosed<Held extends StoredDisclosure>(
  held: Held | null,
  said: PaymentDisclosure | Disclosure | undefined,
): Held | StoredDisclosure | null {
  const news = said === undefined ? {} : stored(said);
  const all: StoredDisclosure = { ...held, ...news };
  const same = names.every((name) => JSON.stringify(all[name]) === JSON.stringify(held?.[name]));
  return same ? held : all;
}

/** Only what was said, with money that JSON can hold. */
function stored(said: PaymentDisclosure): StoredDisclosure {
  const { psuMessage, warnings } = said;
  return {
    ...(psuMessage !== undefined && { psuMessage }),
    ...(warnings !== undefined && { warnings: [...warnings] }),
    ...Object.fromEntries(
      costs.flatMap((name) => {
        const money = said[name];
        return money === undefined ? [] : [[name, moneyText(money)]];
      }),
    ),
  };
}

/** The texts of a bank in the words of the REST contract. */
export interface DisclosureView {
  /** Plain text of the bank for the PSU. */
  readonly psuMessage: string | null;
  readonly warnings: readonly string[];
}

/** The same with what a payment costs. */
export interface PaymentDisclosureView extends DisclosureView {
  readonly fees: StoredMoney | null;
  readonly conversionFees: StoredMoney | null;
  readonly estimatedTotal: StoredMoney | null;
  readonly estimatedSettlement: StoredMoney | null;
}

export function viewDisclosure(held: Disclosure | null): DisclosureView {
  return { psuMessage: held?.psuMessage ?? null, warnings: held?.warnings ?? [] };
}

export function viewPaymentDisclosure(held: StoredDisclosure | null): PaymentDisclosureView {
  return {
    ...viewDisclosure(held),
    fees: held?.fees ?? null,
    conversionFees: held?.conversionFees ?? null,
    estimatedTotal: held?.estimatedTotal ?? null,
    estimatedSettlement: held?.estimatedSettlement ?? null,
  };
}

/** Money as answers write it. */
export const moneyText = (money: Money): StoredMoney => ({ amount: formatMoney(money), currency: money.currency });

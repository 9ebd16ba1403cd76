import { type Disclosure, type Money, MoneyError, type PaymentDisclosure } from '@tributary/domain';
import { moneyOf } from './accounts/account-reference.js';
import type { WireAmount, WireCosts, WireTppMessage } from './wire.js';

/** What a bank says to the people at an order. Messages of the category ERROR are no warnings: they say why something ended. */
export function disclosureOf(said: {
  readonly psuMessage?: string | undefined;
  readonly tppMessages?: readonly WireTppMessage[] | undefined;
}): Disclosure {
  const warnings = (said.tppMessages ?? [])
    .filter(({ category }) => category?.toUpperCase() === 'WARNING')
    .map(({ text, code }) => text ?? code)
    .filter((text) => text !== undefined);
  return { psuMessage: said.psuMessage, warnings: warnings.length === 0 ? undefined : warnings };
}

/** The same with what a payment costs. An amount that does not read is left out and reported: it decides nothing. */
export function paymentDisclosureOf(
  said: Parameters<typeof disclosureOf>[0] & WireCosts,
  warn: (message: string) => void,
): PaymentDisclosure {
  const read = (name: keyof WireCosts): Money | undefined => {
    const amount = said[name];
    return amount && readableMoney(amount, (why) => warn(`${name}: ${why}`));
  };
  return {
    ...disclosureOf(said),
    fees: read('transactionFees'),
    // One name with the initiation, another one in the SCA.
    conversionFees: read('currencyConversionFee') ?? read('currencyConversionFees'),
    estimatedTotal: read('estimatedTotalAmount'),
    estimatedSettlement: read('estimatedInterbankSettlementAmount'),
  };
}

/** An amount that is nice to have; undefined where it does not read. */
export function readableMoney(wire: WireAmount, warn: (why: string) => void): Money | undefined {
  try {
    return moneyOf(wire);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    warn(error.message);
    return undefined;
  }
}

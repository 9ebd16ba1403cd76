import { Big } from 'big.js';
import type { Account } from '../customer.js';
import { amountView, decimalsOf } from '../money.js';
import type { Profile } from '../profile.js';
import { TppError } from '../tpp-error.js';
import type { Charges, PaymentOrder } from './payment.js';

/** Units of the currency for one euro. Fixed, so that tests can know them. */
const PER_EURO: Readonly<Record<string, string>> = {
  EUR: '1',
  USD: '1.08',
  GBP: '0.85',
  CHF: '0.95',
  SEK: '11.25',
  NOK: '11.60',
  DKK: '7.46',
  PLN: '4.30',
  CZK: '25.00',
  HUF: '390',
  JPY: '160',
  CAD: '1.48',
  AUD: '1.65',
};

/** By product, without the prefix of the XML ones: a fixed fee and a share of the amount. */
const FEES: Readonly<Record<string, { fixed: string; share: string }>> = {
  'target-2-payments': { fixed: '1.50', share: '0' },
  'cross-border-credit-transfers': { fixed: '2.50', share: '0.001' },
};
const SEPA_FEE = { fixed: '0.20', share: '0' };
const NO_FEE = { fixed: '0', share: '0' };
const CONVERSION_SHARE = '0.005';

/**
 * What a transfer costs by the bank's list of prices.
 * @throws TppError 400 PARAMETER_NOT_SUPPORTED for a currency without a rate.
 */
export function chargesOf(
  setting: Profile['fees'],
  product: string,
  debtor: Account,
  amount: Big,
  currency: string,
  path: string,
): Charges {
  const rate = currency === debtor.currency ? undefined : rateBetween(debtor.currency, currency, path);
  const digits = decimalsOf(debtor.currency);
  const debit = rate ? amount.div(rate).round(digits) : amount;
  const listed = FEES[product.replace('pain.001-', '')] ?? (setting === 'all' ? SEPA_FEE : NO_FEE);
  const price = setting === 'none' ? NO_FEE : listed;
  return {
    debit,
    rate,
    fee: debit.times(price.share).plus(price.fixed).round(digits),
    conversionFee: rate && setting !== 'none' ? debit.times(CONVERSION_SHARE).round(digits) : new Big(0),
  };
}

/** The costs in an answer: at the initiation, and (with another name for one of them) in every SCA step. */
export function chargesView(
  { transfers, debtor, amount, currency }: PaymentOrder,
  conversionFeeName: 'currencyConversionFee' | 'currencyConversionFees',
): Record<string, unknown> {
  const sum = (part: (transfer: Charges) => Big) =>
    transfers.reduce((total, transfer) => total.plus(part(transfer)), new Big(0));
  const fee = sum((transfer) => transfer.fee);
  const conversionFee = sum((transfer) => transfer.conversionFee);
  const exchanged = transfers.some(({ rate }) => rate !== undefined);
  if (fee.eq(0) && !exchanged) {
    return {};
  }
  const total = sum(({ debit }) => debit)
    .plus(fee)
    .plus(conversionFee);
  return {
    transactionFees: amountView(fee, debtor.currency),
    ...(exchanged ? { [conversionFeeName]: amountView(conversionFee, debtor.currency) } : {}),
    estimatedTotalAmount: amountView(total, debtor.currency),
    estimatedInterbankSettlementAmount: amountView(amount, currency),
  };
}

function rateBetween(from: string, to: string, path: string): Big {
  const [fromRate, toRate] = [PER_EURO[from], PER_EURO[to]];
  if (fromRate === undefined || toRate === undefined) {
    throw new TppError(400, 'PARAMETER_NOT_SUPPORTED', `This bank does not exchange ${from} for ${to}`, path);
  }
  return new Big(toRate).div(fromRate);
}

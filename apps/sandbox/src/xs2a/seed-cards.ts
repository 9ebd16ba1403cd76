import { Big } from 'big.js';
import { addDays } from '../kit/clock.js';
import type { SeededRandom } from '../kit/random.js';
import type { CardAccount, CardTransaction } from './cards/card-account.js';
import type { Customer } from './customer.js';

const SHOPS = [
  { text: 'Biomarkt Lindenhof', mcc: '5411', city: 'Nordheim' },
  { text: 'Bahnhof Buch und Presse', mcc: '5994', city: 'Nordheim' },
  { text: 'Tankstelle Ost', mcc: '5541', city: 'Seestadt' },
  { text: 'Gasthaus zur Linde', mcc: '5812', city: 'Seestadt' },
];
const RATE = new Big('1.08');

/** Two cards: one writes debits positive, the other does not say and so writes them negative. */
export function seedCards(customer: Customer, random: SeededRandom, today: string): CardAccount[] {
  const card = (index: number, name: string, debitAccounting?: true): CardAccount => ({
    id: `${customer.id}-card-${index}`,
    ownerName: customer.fullName,
    maskedPan: `525412******${random.digits(4)}`,
    currency: 'EUR',
    name,
    product: 'Kreditkarte Klassik',
    status: 'enabled',
    usage: 'PRIV',
    ...(debitAccounting ? { debitAccounting } : {}),
    creditLimit: new Big(5000),
    transactions: Array.from({ length: 12 }, (_, at) => purchase(random, addDays(today, 2 * at - 25), at)),
    pending: [pendingPurchase(random, today)],
  });
  return [card(1, 'Main', true), card(2, 'Second')];
}

/** The sixth is in dollars, the tenth is money back; the last four are on no bill yet. */
function purchase(random: SeededRandom, date: string, index: number): CardTransaction {
  const entry = {
    ...plain(random, date),
    bookingDate: addDays(date, 1),
    valueDate: addDays(date, 1),
    invoiced: index < 8,
  };
  if (index === 9) {
    return { ...entry, amount: new Big('4.95'), text: `Gutschrift ${entry.text}` };
  }
  if (index !== 5) {
    return entry;
  }
  const exchange = { sourceCurrency: 'EUR', targetCurrency: 'USD', rate: RATE, date };
  const foreign = {
    amount: entry.amount.times(RATE).round(2),
    currency: 'USD',
    markupFee: entry.amount.abs().times('0.0175').round(2),
    markupFeePercentage: '1.75',
    exchange,
  };
  return { ...entry, foreign };
}

function pendingPurchase(random: SeededRandom, today: string): CardTransaction {
  return { ...plain(random, today), invoiced: false };
}

function plain(random: SeededRandom, date: string): Omit<CardTransaction, 'invoiced'> {
  const { text, mcc, city } = random.pick(SHOPS);
  const id = `K${random.digits(12)}`;
  return {
    id,
    entryReference: id,
    terminalId: random.digits(8),
    transactionDate: date,
    amount: new Big(-random.integer(500, 15_000)).div(100),
    currency: 'EUR',
    acceptorId: random.digits(15),
    acceptorPhone: `+49-40${random.digits(6)}`,
    acceptorCity: city,
    merchantCategoryCode: mcc,
    text,
  };
}

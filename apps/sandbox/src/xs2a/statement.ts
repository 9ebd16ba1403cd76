import { Big } from 'big.js';
import { composeIBAN } from 'ibantools';
import { addDays } from '../kit/clock.js';
import type { SeededRandom } from '../kit/random.js';
import type { Transaction } from './customer.js';

interface Counterparty {
  name: string;
  text: string;
  low: number;
  high: number;
  code: string;
}

const SHOPS: readonly Counterparty[] = [
  { name: 'Biomarkt Lindenhof', text: 'Kartenzahlung', low: 8, high: 90, code: 'PMNT-CCRD-POSD' },
  { name: 'Stadtwerke Nordheim', text: 'Abschlag Strom', low: 40, high: 110, code: 'PMNT-RDDT-ESDD' },
  { name: 'Bäckerei Sommer', text: 'Kartenzahlung', low: 2, high: 15, code: 'PMNT-CCRD-POSD' },
  { name: 'Verkehrsverbund Mitte', text: 'Monatskarte', low: 29, high: 89, code: 'PMNT-RDDT-ESDD' },
  { name: 'Buchhandlung Kapitel Eins', text: 'Rechnung', low: 9, high: 60, code: 'PMNT-ICDT-ESCT' },
  { name: 'Café am Fluss', text: 'Kartenzahlung', low: 3, high: 28, code: 'PMNT-CCRD-POSD' },
  { name: 'Funknetz Mobil GmbH', text: 'Mobilfunk', low: 15, high: 45, code: 'PMNT-RDDT-ESDD' },
  { name: 'Apotheke zum Anker', text: 'Kartenzahlung', low: 4, high: 55, code: 'PMNT-CCRD-POSD' },
];

export interface StatementPlan {
  count: number;
  currency: string;
  salary: boolean;
  rent: boolean;
}

/** A German IBAN with right check digits from a bank code (8 digits) and an account number (10 digits). */
export function germanIban(bankCode: string, accountNumber: string): string {
  const iban = composeIBAN({ countryCode: 'DE', bban: bankCode + accountNumber });
  if (iban === null) {
    throw new Error(`no IBAN can be made from ${bankCode} and ${accountNumber}`);
  }
  return iban;
}

/** Invented bookings of the days before `today`, oldest first, without balances. */
export function bookedHistory(random: SeededRandom, today: string, plan: StatementPlan): Transaction[] {
  const history: Transaction[] = [];
  let date = addDays(today, -1);
  for (let left = plan.count; left > 0; left -= 1) {
    history.push(entry(random, date, plan, left));
    date = addDays(date, -random.integer(0, 2));
  }
  return history.toReversed();
}

/** The same bookings with three more on the last day: a batch of transfers, and a debit with its reversal. */
export function withRarities(history: readonly Transaction[], currency: string): Transaction[] {
  const bookingDate = history.at(-1)?.bookingDate;
  if (bookingDate === undefined) {
    return [...history];
  }
  const day = { bookingDate, valueDate: bookingDate, currency };
  const part = (number: number, amount: string, name: string) => ({
    id: `T-PART-${number}`,
    entryReference: `PART${number}`,
    valueDate: bookingDate,
    amount: new Big(amount),
    currency,
    counterpartyName: name,
    counterpartyIban: germanIban('20090500', `000000100${number}`),
    endToEndId: `BATCH-${number}`,
    unstructured: `Rechnung 2026-${number}`,
    bankTransactionCode: 'PMNT-ICDT-ESCT',
  });
  const parts = [part(1, '-120.00', 'Müller & Söhne GmbH'), part(2, '-80.50', 'Café am Fluss')];
  const debit = {
    ...day,
    counterpartyName: 'Funknetz Mobil GmbH',
    mandateId: 'M-77777777',
    creditorId: 'DE98ZZZ09999999999',
    bankTransactionCode: 'PMNT-RDDT-ESDD',
  };
  return [
    ...history,
    {
      ...day,
      id: 'T-BATCH',
      entryReference: 'BATCH1',
      amount: new Big('-200.50'),
      unstructured: 'Sammelüberweisung, 2 Posten',
      bankTransactionCode: 'PMNT-ICDT-ESCT',
      parts,
    },
    { ...debit, id: 'T-DEBIT', entryReference: 'DEBIT1', amount: new Big(-2000), unstructured: 'Lastschrift Endgerät' },
    {
      ...debit,
      id: 'T-RETURN',
      entryReference: 'RETURN1',
      amount: new Big(2000),
      unstructured: 'Rückgabe Lastschrift wegen Widerspruch des Zahlungspflichtigen, Vertrag 0815/4711-2026-Endgerät',
      reversal: true,
    },
  ];
}

/** Invented reservations of today. */
export function pendingEntries(random: SeededRandom, today: string, currency: string, count: number): Transaction[] {
  return Array.from({ length: count }, () => {
    const transaction = purchase(random, addDays(today, 1), currency);
    delete transaction.bookingDate;
    return transaction;
  });
}

function entry(random: SeededRandom, date: string, plan: StatementPlan, ordinal: number): Transaction {
  if (plan.salary && ordinal % 20 === 0) {
    return {
      ...plain(random, date, plan.currency, new Big(2850), 'PMNT-RCDT-SALA'),
      counterpartyName: 'Werkstatt Nordwind eG',
      counterpartyIban: germanIban('20090500', '0004711815'),
      unstructured: 'Gehalt',
      purposeCode: 'SALA',
    };
  }
  if (plan.rent && ordinal % 20 === 10) {
    return {
      ...plain(random, date, plan.currency, new Big(-940), 'PMNT-ICDT-STDO'),
      counterpartyName: 'Hausverwaltung Ahorn',
      counterpartyIban: germanIban('20090500', '0008151234'),
      structured: `RF${random.digits(12)}`,
    };
  }
  return purchase(random, date, plan.currency);
}

function purchase(random: SeededRandom, date: string, currency: string): Transaction {
  const shop = random.pick(SHOPS);
  const cents = random.integer(shop.low * 100, shop.high * 100);
  const debit = shop.code === 'PMNT-RDDT-ESDD';
  return {
    ...plain(random, date, currency, new Big(-cents).div(100), shop.code),
    counterpartyName: shop.name,
    ...(shop.code === 'PMNT-CCRD-POSD' ? {} : { counterpartyIban: germanIban('20090500', random.digits(10)) }),
    ...(debit ? { mandateId: `M-${random.digits(8)}`, creditorId: 'DE98ZZZ09999999999' } : {}),
    unstructured: `${shop.text} ${random.digits(6)}`,
  };
}

function plain(random: SeededRandom, date: string, currency: string, amount: Big, code: string): Transaction {
  const reference = random.digits(14);
  return {
    id: `T${reference}`,
    entryReference: reference,
    bookingDate: date,
    valueDate: date,
    amount,
    currency,
    bankTransactionCode: code,
    proprietaryBankTransactionCode: `${random.digits(3)}+${random.digits(4)}`,
  };
}

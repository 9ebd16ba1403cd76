import { createHash } from 'node:crypto';
import { Big } from 'big.js';
import { SeededRandom } from '../../kit/random.js';
import type { Bank } from '../banks/bank.js';
import { stableId } from '../identifier.js';
import { iban, newNumbers } from './account-number.js';
import type { Account, AccountEntry, Customer } from './customer.js';

const PLANS = [
  { username: 'anna.payer', fullName: 'Anna Payer', opening: '5000.00', entries: 12 },
  { username: 'bruno.saver', fullName: 'Bruno Saver', opening: '20000.00', entries: 30 },
  { username: 'greta.many', fullName: 'Greta Many', opening: '9000.00', entries: 230 },
  { username: 'hugo.poor', fullName: 'Hugo Poor', opening: '3.10', entries: 0 },
] as const;

const DAY_MS = 86_400_000;
const SHOPS = ['Corner Bakery', 'City Transit', 'Bookshop North', 'Green Grocer', 'Power Company', 'Film House'];

/** Customers of a fresh hub; passwords and codes depend on the seed only. */
export function seedCustomers(seed: string): Customer[] {
  const random = new SeededRandom(`${seed}/token-io/customers`);
  return PLANS.map((plan) => ({
    ...plan,
    id: stableId('m', `${seed}/${plan.username}`),
    password: `${plan.fullName.split(' ')[0]}-${random.digits(4)}`,
    code: random.digits(6),
  }));
}

/** The accounts of a customer at a bank: a current account per currency, and a savings account. */
export function seedAccounts(seed: string, bank: Bank, customer: Customer, nowMs: number): Account[] {
  const random = new SeededRandom(`${seed}/${bank.id}/${customer.username}`);
  const country = (currency: string) =>
    bank.countries.find((code) => (currency === 'GBP') === (code === 'GB')) ?? bank.countries[0] ?? 'DE';
  const kinds = bank.currencies.map((currency) => ['CHECKING', currency] as const);
  const savings = ['SAVINGS', bank.currencies[0] ?? 'EUR'] as const;
  return [...kinds, savings].map(([type, currency], index) => {
    const entries = type === 'CHECKING' ? history(random, customer, `${bank.id}/${index}`, nowMs) : [];
    const booked = entries
      .filter(({ status }) => status === 'SUCCESS')
      .reduce((sum, { amount }) => sum.plus(amount), new Big(customer.opening));
    return {
      id: stableId('a', `${seed}/${bank.id}/${customer.username}/${index}`),
      bankId: bank.id,
      customer,
      name: type === 'CHECKING' ? 'Current account' : 'Savings account',
      type,
      currency,
      bic: bank.bic,
      numbers: newNumbers(country(currency), random),
      booked,
      entries,
      standingOrders:
        type === 'CHECKING' && index === 0
          ? [
              {
                id: `so-${random.digits(10)}`,
                status: 'ACTIVE' as const,
                frequency: 'MNTH',
                createdAtMs: nowMs - 400 * DAY_MS,
                amount: '25.00',
                currency,
                startDate: '2024-01-01',
                reference: 'Sports club',
                creditor: { name: 'Sports Club North', iban: iban('DE', '999000000000000042') },
              },
            ]
          : [],
    };
  });
}

function history(random: SeededRandom, customer: Customer, name: string, nowMs: number): AccountEntry[] {
  const entries: AccountEntry[] = [];
  for (let index = customer.entries; index > 0; index--) {
    const salary = index % 15 === 0;
    const shop = random.pick(SHOPS);
    const cents = random.integer(150, 7500);
    entries.push({
      id: entryId(`${customer.username}/${name}/${index}`),
      atMs: nowMs - index * DAY_MS + random.integer(0, 80_000) * 1000,
      amount: salary ? new Big('2100.00') : new Big(cents).div(100).neg(),
      // The two newest are not booked yet.
      status: index <= 2 ? 'PROCESSING' : 'SUCCESS',
      description: salary ? 'Salary' : `${shop} ${random.digits(4)}`,
      counterparty: salary
        ? { name: 'Work Ltd', iban: iban('DE', '999000000000000077') }
        : { name: shop, iban: iban('DE', `999${random.digits(15)}`) },
      ...(salary ? { endToEndId: `SALARY-${index}` } : {}),
    });
  }
  return entries;
}

/** An id in the bank's manner, stable for what the seed makes. */
function entryId(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}

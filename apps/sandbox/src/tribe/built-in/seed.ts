import { createHash } from 'node:crypto';
import { Big } from 'big.js';
import { composeIBAN } from 'ibantools';
import { addDays } from '../../kit/clock.js';
import { SeededRandom } from '../../kit/random.js';
import type { Scheme, Scope } from '../vocabulary.js';
import { SCHEMES, SCOPES } from '../vocabulary.js';
import type { Account, Customer, Entry } from './customer.js';

/** A built-in bank of the directory. */
export interface BankPlan {
  identifier: string;
  name: string;
  country: string;
  scopes: readonly Scope[];
  schemes: readonly Scheme[];
  direct: boolean;
  customers: readonly CustomerPlan[];
}

interface CustomerPlan {
  username: string;
  fullName: string;
  accounts: readonly AccountPlan[];
}

interface AccountPlan {
  currency: string;
  name: string;
  opening: string;
  entries: number;
  /** A further currency of the account before. */
  pocket?: boolean;
}

export const BUILT_IN_BANKS: readonly BankPlan[] = [
  {
    identifier: 'AMBRLT22',
    name: 'Amber Bank',
    country: 'LT',
    scopes: SCOPES,
    schemes: ['SCT', 'SCTI', 'SWIFT'],
    direct: true,
    customers: [
      {
        username: 'jonas.euro',
        fullName: 'Jonas Petraitis',
        accounts: [
          { currency: 'EUR', name: 'Main account', opening: '5200.00', entries: 24 },
          { currency: 'USD', name: 'Main account', opening: '800.00', entries: 4, pocket: true },
          { currency: 'EUR', name: 'Savings', opening: '12000.00', entries: 3 },
        ],
      },
      {
        username: 'lina.many',
        fullName: 'Lina Kazlauskiene',
        accounts: [{ currency: 'EUR', name: 'Business account', opening: '90000.00', entries: 180 }],
      },
      {
        username: 'petra.poor',
        fullName: 'Petra Rimkute',
        accounts: [{ currency: 'EUR', name: 'Main account', opening: '3.10', entries: 0 }],
      },
    ],
  },
  {
    identifier: 'THSTGB2L',
    name: 'Thistle Bank',
    country: 'GB',
    scopes: SCOPES,
    schemes: SCHEMES,
    direct: true,
    customers: [
      {
        username: 'ruth.sterling',
        fullName: 'Ruth Campbell',
        accounts: [{ currency: 'GBP', name: 'Current account', opening: '2400.00', entries: 12 }],
      },
    ],
  },
  {
    identifier: 'CURNLT22',
    name: 'Curonia Bank',
    country: 'LT',
    scopes: SCOPES,
    schemes: ['SCT', 'SCTI'],
    direct: false,
    customers: [
      {
        username: 'milda.grants',
        fullName: 'Milda Jankauskaite',
        accounts: [{ currency: 'EUR', name: 'Main account', opening: '25000.00', entries: 6 }],
      },
    ],
  },
  {
    identifier: 'READGB2L',
    name: 'Readers Building Society',
    country: 'GB',
    scopes: ['accounts', 'accounts.balances', 'accounts.transactions'],
    schemes: ['FPS'],
    direct: false,
    customers: [
      {
        username: 'ian.reader',
        fullName: 'Ian Read',
        accounts: [{ currency: 'GBP', name: 'Savings', opening: '640.00', entries: 5 }],
      },
    ],
  },
];

const PARTNERS = ['Green Grocer', 'City Power', 'Harbour Cafe', 'Book Corner', 'Metro Transit', 'Blue Mobile'];

/** Usernames, passwords and codes depend on the seed only; account numbers also on the hub's name. */
export function seedCustomers(plan: BankPlan, seed: string, hubName: string, today: string): Customer[] {
  const random = new SeededRandom(`${seed}/${hubName}/${plan.identifier}`);
  const secrets = new SeededRandom(`${seed}/${plan.identifier}/secrets`);
  return plan.customers.map((one) => {
    const customer: Customer = {
      username: one.username,
      password: `${one.fullName.split(' ')[0]}-${secrets.digits(4)}`,
      code: secrets.digits(6),
      fullName: one.fullName,
      accounts: [],
    };
    for (const [index, account] of one.accounts.entries()) {
      customer.accounts.push(seedAccount(plan, customer, account, index, random, today));
    }
    return customer;
  });
}

function seedAccount(
  bank: BankPlan,
  owner: Customer,
  plan: AccountPlan,
  index: number,
  random: SeededRandom,
  today: string,
): Account {
  const sibling = plan.pocket ? owner.accounts.at(-1) : undefined;
  const british = bank.country === 'GB';
  const [sortCode, accountNumber] = british ? ['040004', `00${random.digits(6)}`] : [];
  const bban = british ? `THST${sortCode}${accountNumber}` : `70440${random.digits(11)}`;
  const entries = seedEntries(random, today, plan.entries, bank.country);
  return {
    id: stableId(`${bank.identifier}/${owner.username}/${index}/${random.digits(8)}`),
    owner,
    iban: sibling?.iban ?? composeIBAN({ countryCode: bank.country, bban }) ?? '',
    sortCode,
    accountNumber,
    currency: plan.currency,
    name: plan.name,
    schemes: plan.pocket ? ['SWIFT'] : bank.schemes,
    booked: entries.reduce((sum, { amount }) => sum.plus(amount), new Big(plan.opening)),
    entries,
    pending: plan.entries > 0 ? [pendingEntry(random, today)] : [],
  };
}

function seedEntries(random: SeededRandom, today: string, count: number, country: string): Entry[] {
  const entries: Entry[] = [];
  let date = addDays(today, -1);
  for (let left = count; left > 0; left -= 1) {
    const salary = left % 12 === 0;
    const amount = new Big(random.integer(250, 9000)).div(100);
    entries.push({
      id: stableId(`${random.digits(12)}/${left}`),
      amount: salary ? new Big('2150.00') : amount.times(-1),
      counterparty: salary ? 'Baltic Works' : random.pick(PARTNERS),
      counterpartyIban: salary
        ? (composeIBAN({ countryCode: 'LT', bban: `70440${random.digits(11)}` }) ?? undefined)
        : undefined,
      reference: salary ? 'Salary' : `Invoice ${random.digits(6)}`,
      structured: left % 7 === 0 ? `RF${random.digits(10)}` : undefined,
      bookingDate: date,
      valueDate: date,
    });
    date = addDays(date, -random.integer(0, country === 'GB' ? 3 : 2));
  }
  return entries.toReversed();
}

function pendingEntry(random: SeededRandom, today: string): Entry {
  return {
    id: stableId(random.digits(12)),
    amount: new Big('-12.40'),
    counterparty: 'Harbour Cafe',
    counterpartyIban: undefined,
    reference: 'Card payment',
    structured: undefined,
    bookingDate: undefined,
    valueDate: today,
  };
}

function stableId(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}

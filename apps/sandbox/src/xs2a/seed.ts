import { createHash, randomUUID } from 'node:crypto';
import { Big } from 'big.js';
import { SeededRandom } from '../kit/random.js';
import type { Account, Customer, ScaMethod } from './customer.js';
import { seedCards } from './seed-cards.js';
import { CUSTOMERS, type AccountPlan } from './seed-plans.js';
import { bookedHistory, germanIban, pendingEntries, withRarities } from './statement.js';

/**
 * The customers of a bank instance. Usernames, passwords and codes depend on the seed only; IBANs also on the name of
 * the instance, because no two banks have the same account.
 */
export function seedCustomers(seed: string, bankName: string, today: string, now: Date): Customer[] {
  const random = new SeededRandom(`${seed}/${bankName}/statements`);
  const codes = new SeededRandom(`${seed}/codes`);
  const bankCode = bankCodeOf(bankName);
  const customers: Customer[] = [];
  for (const plan of CUSTOMERS) {
    const customer: Customer = {
      id: stableUuid(`${seed}/${bankName}/${plan.username}`),
      username: plan.username,
      password: `${plan.fullName.split(' ')[0]}-${codes.digits(4)}`,
      additionalPassword: `${plan.username}-2`,
      fullName: plan.fullName,
      approach: plan.approach,
      methods: plan.methods.map((kind) => scaMethod(kind, codes)),
      accounts: [],
      cards: [],
      trustedBeneficiaries: [
        { id: 'TB-1', name: 'Hausverwaltung Ahorn', iban: germanIban('20090500', '0008151234'), alias: 'Miete' },
        { id: 'TB-2', name: 'Stadtwerke Nordheim', iban: germanIban('20090500', '0004242424') },
      ],
      address: `Lindenweg ${random.integer(1, 90)}`,
      city: 'Nordheim',
      zip: random.digits(5),
      countryCode: 'DE',
      msisdn: `+49151${random.digits(8)}`,
    };
    customer.accounts = plan.accounts.map((accountPlan, index) =>
      seedAccount(customer, accountPlan, bankCode, index, random, today, now),
    );
    customer.cards = plan.cards ? seedCards(customer, random, today) : [];
    customer.accounts.push(...(customers.find(({ username }) => username === plan.shares)?.accounts ?? []));
    customers.push(customer);
  }
  return customers;
}

function seedAccount(
  customer: Customer,
  plan: AccountPlan,
  bankCode: string,
  index: number,
  random: SeededRandom,
  today: string,
  now: Date,
): Account {
  const history = bookedHistory(random, today, {
    count: plan.count,
    currency: plan.currency,
    salary: plan.salary === true,
    rent: plan.salary === true,
  });
  const transactions = plan.rarities ? withRarities(history, plan.currency) : history;
  let booked = new Big(plan.opening);
  for (const transaction of transactions) {
    booked = booked.plus(transaction.amount);
    transaction.balanceAfter = booked;
  }
  const account: Account = {
    ...newAccount(customer, germanIban(bankCode, random.digits(10)), plan.currency, now),
    id: stableUuid(`${customer.id}/${index}`),
    bic: 'MOCKDEFFXXX',
    name: plan.name,
    product: plan.product,
    type: plan.type,
    reportTypes: plan.reportTypes,
    ...(plan.company
      ? { ownerName: plan.company.name, signatures: plan.company.signatures, usage: 'ORGA' as const }
      : {}),
    booked,
    transactions,
    pending: pendingEntries(random, today, plan.currency, plan.pending),
  };
  for (const pending of account.pending) {
    account.reserved = account.reserved.minus(pending.amount);
  }
  if (plan.salary === true && plan.count > 0) {
    account.standingOrders.push({
      id: `S${random.digits(10)}`,
      amount: new Big(-940),
      creditorName: 'Hausverwaltung Ahorn',
      creditorIban: germanIban('20090500', '0008151234'),
      unstructured: 'Miete',
      startDate: '2021-03-01',
      frequency: 'Monthly',
      executionRule: 'following',
      dayOfExecution: '1',
    });
  }
  return account;
}

/** An empty account. */
export function newAccount(customer: Customer, iban: string, currency: string, now: Date): Account {
  return {
    id: randomUUID(),
    customer,
    iban,
    bic: 'MOCKDEFFXXX',
    currency,
    name: 'Account',
    product: 'Giro Komfort',
    type: 'CACC',
    status: 'enabled',
    usage: 'PRIV',
    signatures: 1,
    booked: new Big(0),
    reserved: new Big(0),
    transactions: [],
    pending: [],
    standingOrders: [],
    lastChange: now,
  };
}

/** 8 digits that name this bank instance; the first six are not in use by a German bank. */
export function bankCodeOf(bankName: string): string {
  const hash = createHash('sha256').update(bankName).digest().readUInt32LE(0);
  return `999${String(hash % 100_000).padStart(5, '0')}`;
}

/** An unguessable-looking id that is the same at every start. */
export function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function scaMethod(kind: 'sms' | 'app' | 'mail', codes: SeededRandom): ScaMethod {
  switch (kind) {
    case 'sms':
      return { id: 'smstaniphonex', type: 'SMS', name: 'Verify by Phone', decoupled: false, code: codes.digits(6) };
    case 'mail':
      return { id: 'mailtan', type: 'SMTP_OTP', name: 'Code by e-mail', decoupled: false, code: codes.digits(6) };
    case 'app':
      return {
        id: 'vaultappcheck',
        type: 'APP',
        name: 'Approve in the app',
        explanation: 'Open the MockBank app and approve the request there.',
        decoupled: true,
        code: '',
      };
  }
}

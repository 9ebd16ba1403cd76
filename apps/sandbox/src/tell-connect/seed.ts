import { Big } from 'big.js';
import { SeededRandom } from '../kit/random.js';
import type { Account, Customer, Entry, Payee } from './customer.js';

const DAY_MS = 86_400_000;

interface Plan {
  nickname: string;
  type?: Account['type'];
  currency?: string;
  balance: string;
  /** Booked rows; 0 is an account that was never used. */
  rows: number;
  scheme?: Payee['scheme'];
  /** The sort code begins with a zero. */
  leadingZero?: boolean;
}

const PERSONAL: Plan = { nickname: 'Everyday', balance: '1820.45', rows: 14, leadingZero: true };
const BUSINESS: Plan = { nickname: 'Trading', type: 'Business', balance: '25310.00', rows: 9 };
const OVERDRAWN: Plan = { nickname: 'Bills', balance: '-42.17', rows: 6 };
const EMPTY: Plan = { nickname: 'Savings', balance: '0.00', rows: 0 };
const EURO: Plan = { nickname: 'Euro', currency: 'EUR', balance: '640.00', rows: 3, scheme: 'CustomCode' };

/** Who banks here. The first answers when `sandbox_sca` asks for nobody. */
const CUSTOMERS: readonly { username: string; fullName: string; accounts: readonly Plan[] }[] = [
  { username: 'sam.stub', fullName: 'Sam Stub', accounts: [PERSONAL, BUSINESS, OVERDRAWN, EMPTY, EURO] },
  { username: 'ava.personal', fullName: 'Ava Brook', accounts: [PERSONAL, EMPTY] },
  { username: 'ben.business', fullName: 'Ben Carter', accounts: [BUSINESS, PERSONAL] },
  { username: 'cleo.overdrawn', fullName: 'Cleo Dunn', accounts: [OVERDRAWN] },
  { username: 'ella.many', fullName: 'Ella Frost', accounts: [{ ...PERSONAL, rows: 240 }] },
];

const COUNTERPARTIES = ['Northline Water', 'Greenfield Grocers', 'Harbour Rail', 'J Whitlock', 'Lumen Energy'] as const;

/** The same seed and name give the same customers, accounts and amounts; only the dates follow the clock. */
export function seedCustomers(seed: string, instance: string, now: Date): Customer[] {
  // Account numbers differ between instances; passwords and codes do not, so that one list serves all of them.
  const numbers = new SeededRandom(`${seed}/${instance}/tell-connect/accounts`);
  const secrets = new SeededRandom(`${seed}/tell-connect/secrets`);
  return CUSTOMERS.map(({ username, fullName, accounts }) => {
    const customer: Customer = {
      username,
      fullName,
      password: `pw-${secrets.digits(8)}`,
      code: secrets.digits(6),
      accounts: [],
    };
    customer.accounts = accounts.map((plan) => openAccount(customer, plan, numbers, now));
    return customer;
  });
}

function openAccount(customer: Customer, plan: Plan, random: SeededRandom, now: Date): Account {
  const { type = 'Personal', currency = 'GBP', scheme = 'SortCodeAccountNumber' } = plan;
  const sortCode = plan.leadingZero === true ? `04${random.digits(4)}` : `23${random.digits(4)}`;
  const account: Account = {
    id: `1${random.digits(7)}`,
    customer,
    type,
    currency,
    nickname: plan.nickname,
    name: customer.fullName,
    scheme,
    identification: scheme === 'CustomCode' ? `POCKIT-${random.digits(10)}` : sortCode + random.digits(8),
    product: type === 'Business' ? { id: 'PBA1', name: 'Business account' } : { id: 'PCA1', name: 'Current account' },
    booked: new Big(plan.balance),
    reserved: new Big(0),
    entries: Array.from({ length: plan.rows }, (_, index) => entry(random, now, index)),
    beneficiaries: [],
    standingOrders: [],
    directDebits: [],
    scheduledPayments: [],
  };
  if (plan.rows > 0) {
    addOrders(account, random, now);
  }
  return account;
}

function entry(random: SeededRandom, now: Date, index: number): Entry {
  const id = `TX${random.digits(12)}`;
  const name = random.pick(COUNTERPARTIES);
  const pence = random.integer(105, 24_999);
  const at = new Date(now.getTime() - index * DAY_MS - 3_600_000);
  if (index === 0) {
    return { id, at, status: 'Pending', amount: sterling(-pence), ...card(random) };
  }
  if (index % 4 === 3) {
    return { id, at, status: 'Booked', amount: sterling(-pence), ...card(random) };
  }
  const incoming = index % 3 === 1;
  return {
    id,
    at,
    status: 'Booked',
    amount: sterling(incoming ? pence : -pence),
    code: incoming ? 'ReceivedCreditTransfer' : 'IssuedCreditTransfer',
    subCode: index % 5 === 0 ? 'DirectDebit' : 'CreditTransferDomestic',
    information: incoming ? `Salary ${index}` : `Invoice ${random.digits(6)}`,
    counterparty: payee(random, name),
  };
}

function card(random: SeededRandom): Pick<Entry, 'code' | 'subCode' | 'information' | 'card'> {
  return {
    code: 'CardPayment',
    subCode: 'Card',
    information: 'Card purchase',
    card: {
      scheme: 'Mastercard',
      identification: `************${random.digits(4)}`,
      category: '5411',
      merchant: 'Greenfield Grocers',
    },
  };
}

function addOrders(account: Account, random: SeededRandom, now: Date): void {
  const friend = payee(random, 'J Whitlock');
  const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);
  account.beneficiaries.push(
    { id: `B${random.digits(8)}`, ...friend, reference: 'RENT' },
    { id: `B${random.digits(8)}`, ...payee(random, 'Lumen Energy'), reference: `CUST${random.digits(6)}` },
  );
  account.standingOrders.push({
    id: `SO${random.digits(8)}`,
    ...friend,
    amount: new Big('450.00'),
    frequency: 'Monthly',
    reference: 'RENT',
    next: inDays(12),
  });
  account.directDebits.push({
    id: `DD${random.digits(8)}`,
    mandate: `MD${random.digits(8)}`,
    name: 'Northline Water',
    previousAmount: new Big('31.20'),
    previous: inDays(-20),
  });
  account.scheduledPayments.push({
    id: `SP${random.digits(8)}`,
    ...payee(random, 'Harbour Rail'),
    amount: new Big('87.60'),
    at: inDays(3),
  });
}

function payee(random: SeededRandom, name: string): Payee {
  return { scheme: 'SortCodeAccountNumber', identification: `20${random.digits(12)}`, name };
}

function sterling(pence: number): Big {
  return new Big(pence).div(100);
}

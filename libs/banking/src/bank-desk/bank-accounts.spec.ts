import { BankTransactionEntity } from '@tributary/persistence';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { BankAccountsService, type PutBankAccount } from './bank-accounts.service.js';
import { HeldAccounts } from './held-accounts.js';

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
});
afterEach(() => banking.stop());

const account: PutBankAccount = {
  psuId: 'customer-7',
  identifiers: [{ scheme: 'iban', value: 'GB29NWBK60161331926819' }],
  currency: 'GBP',
  schemes: [],
};

describe('an account that is put by several at once', () => {
  it('is one account, and nobody gets an error', async () => {
    const accounts = banking.get(BankAccountsService);
    const nobody = { limit: 1, after: null };
    // Every connection of the pool is there already: the puts really run side by side.
    await Promise.all(Array.from({ length: 10 }, () => accounts.list(banking.appId, undefined, nobody)));
    for (const reference of ['acc-1', 'acc-2', 'acc-3', 'acc-4', 'acc-5']) {
      // Negative control, carried out: without the lock most of them end in a violated key.
      const put = await Promise.all(Array.from({ length: 10 }, () => accounts.put(banking.appId, reference, account)));
      expect(put).toHaveLength(10);
    }
    expect(await accounts.list(banking.appId, undefined, { limit: 10, after: null })).toHaveLength(5);
  });
});

it('an account that a TPP names is of somebody else or of nobody, in the same words', async () => {
  const { database, appId } = banking;
  await banking.get(BankAccountsService).put(appId, 'acc-1', account);
  const refusal = (named: Parameters<HeldAccounts['refusal']>[2], of = appId) =>
    banking.get(HeldAccounts).refusal(database.manager, of, named);
  const iban = (value: string) => ({ identifiers: [{ scheme: 'iban', value }] }) as const;
  const refusals = await Promise.all([
    refusal({ reference: 'acc-1' }),
    refusal(iban('GB29NWBK60161331926819')),
    refusal({ reference: 'acc-2' }),
    refusal(iban('GB82WEST12345698765432')),
    // Its reference, and the number of another.
    refusal({ reference: 'acc-1', ...iban('GB82WEST12345698765432') }),
    // Of another bank here nobody learns anything.
    refusal({ reference: 'acc-1' }, 'app_other'),
  ]);
  expect(refusals.map(({ kind }) => kind)).toEqual([
    'foreign-resource',
    'foreign-resource',
    'unknown-resource',
    'unknown-resource',
    'unknown-resource',
    'unknown-resource',
  ]);
  expect(new Set(refusals.map(({ message }) => message)).size).toBe(1);
});

describe('a pending entry', () => {
  const amount = { minor: 100n, currency: 'GBP' };
  const entry = (reference: string, status: 'booked' | 'pending', replaces?: string) =>
    ({ reference, status, amount, direction: 'debit', replaces }) as const;
  const put = (...entries: ReturnType<typeof entry>[]) =>
    banking.get(BankAccountsService).putTransactions(banking.appId, 'acc-1', entries);
  const remove = (reference: string) =>
    banking.get(BankAccountsService).removeTransaction(banking.appId, 'acc-1', reference);
  const held = async () => {
    const rows = await banking.database.getRepository(BankTransactionEntity).find({ order: { reference: 'ASC' } });
    return rows.map(({ reference, status }) => `${reference} ${status}`);
  };
  beforeEach(async () => {
    await banking.get(BankAccountsService).put(banking.appId, 'acc-1', account);
    await put(entry('p-1', 'pending'), entry('p-2', 'pending'), entry('t-1', 'booked'));
  });

  it('goes when it is booked, under its own name or another', async () => {
    await put(entry('p-1', 'booked'), entry('t-2', 'booked', 'p-2'));
    expect(await held()).toEqual(['p-1 booked', 't-1 booked', 't-2 booked']);
    // Once more, with what is gone already.
    await put(entry('t-2', 'booked', 'p-2'));
    expect(await held()).toEqual(['p-1 booked', 't-1 booked', 't-2 booked']);
  });

  // Negative control, carried out once: the look at what is booked left out. The batch is taken then.
  it('is never what was booked before', async () => {
    await expect(put(entry('p-1', 'booked'), entry('t-1', 'pending'))).rejects.toMatchObject({
      code: 'conflict',
      details: { errors: [{ pointer: '/transactions/1/status' }] },
    });
    expect(await held()).toEqual(['p-1 pending', 'p-2 pending', 't-1 booked']);
    await put(entry('t-1', 'booked'), entry('p-1', 'pending'));
  });

  it('is not put and replaced at once', async () => {
    await expect(put(entry('p-3', 'pending'), entry('t-3', 'booked', 'p-3'))).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ pointer: '/transactions/1/replaces' }] },
    });
    expect(await held()).toEqual(['p-1 pending', 'p-2 pending', 't-1 booked']);
  });

  it('goes when it is removed; what is booked stays', async () => {
    await remove('p-1');
    await remove('p-1');
    await expect(remove('t-1')).rejects.toMatchObject({ code: 'conflict' });
    // Nothing takes the place of what is booked.
    await put(entry('t-2', 'booked', 't-1'));
    expect(await held()).toEqual(['p-2 pending', 't-1 booked', 't-2 booked']);
  });
});

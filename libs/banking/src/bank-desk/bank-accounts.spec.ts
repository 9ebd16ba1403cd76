import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { BankAccountsService, type PutBankAccount } from './bank-accounts.service.js';

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

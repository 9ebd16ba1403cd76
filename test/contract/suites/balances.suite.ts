import type { Account, Balance, Page } from '../../e2e/answers.js';
import { attended } from '../../e2e/api.js';
import { firstApproach, type Suite } from '../bench.js';

/** Balances of an account. */
export const balances: Suite = (driver, bench) => {
  it('have a type, an unsigned amount as text, and a side', async () => {
    const { app, bank, consent } = bench();
    const { id } = await consent(await bank.psu(firstApproach(driver)));
    const { data: accounts } = await app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
    const path = `/v1/accounts/${accounts[0]?.id}/balances`;
    const { body, headers } = await app.get<Page<Balance>>(path, attended);
    expect(body.data.length).toBeGreaterThan(0);
    for (const { type, amount, creditDebit } of body.data) {
      expect(type).toMatch(/^[a-z][A-Za-z]+$/);
      expect(amount.amount).toMatch(/^\d+(\.\d{2})?$/);
      expect(amount.currency).toBe(accounts[0]?.currency);
      expect(['credit', 'debit']).toContain(creditDebit);
    }
    const asOf = headers.get('x-data-as-of');
    // Nobody is there and it was read before: from the store, as old as it is.
    const stored = await app.get<Page<Balance>>(path);
    expect([stored.body, stored.headers.get('x-data-as-of')]).toEqual([body, asOf]);
  });
};

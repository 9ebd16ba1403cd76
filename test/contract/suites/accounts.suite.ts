import type { Account, Page, Problem } from '../../e2e/answers.js';
import { attended } from '../../e2e/api.js';
import { accountName } from '../../e2e/psu.js';
import { firstApproach, type Suite } from '../bench.js';

/**
 * Accounts that a PSU shares.
 *
 * Negative control of "open only what the consent grants", carried out once against a changed build: access as the bank
 * grants it, not cut down to what was asked for. The transactions are then given out.
 */
export const accounts: Suite = (driver, bench) => {
  it('are listed with their identifiers, and read one by one', async () => {
    const { app, bank, connection, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id: consentId } = await consent(psu);
    const { body, headers } = await app.get<Page<Account>>(`/v1/accounts?consentId=${consentId}`, attended);
    expect(body.data.length).toBeGreaterThan(0);
    expect(body.page).toEqual({ nextCursor: null, hasMore: false });
    expect(Date.parse(headers.get('x-data-as-of') ?? '')).not.toBeNaN();
    expect(body.data.flatMap(({ identifiers }) => identifiers)).toContainEqual({
      scheme: psu.account?.scheme ?? 'iban',
      value: psu.iban,
    });
    for (const account of body.data) {
      expect(account).toMatchObject({ institutionId: connection.institutionId, provider: driver.provider });
      expect(account.currency).toMatch(/^[A-Z]{3}$/);
      expect(await app.read<Account>(`/v1/accounts/${account.id}`)).toEqual(account);
      // Live, where the route can read a single one: the same.
      expect(await app.read<Account>(`/v1/accounts/${account.id}`, attended)).toEqual(account);
    }
  });

  it('keep their ids through a later consent', async () => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const ids = async (): Promise<string[]> => {
      const { id } = await consent(psu);
      const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
      return data.map((account) => account.id).toSorted();
    };
    const first = await ids();
    expect(await ids()).toEqual(first);
  });

  it('open only what the consent grants', async () => {
    const { app, bank, consent } = bench();
    // A PSU who shares nothing else: another consent of theirs could grant it.
    const psu = await bank.busyPsu();
    const { id } = await consent(psu, { access: ['accounts', 'balances'] });
    const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
    const refused = await app.get<Problem>(`/v1/accounts/${data[0]?.id}/transactions`, attended);
    expect([refused.status, refused.body.code, refused.body.source]).toEqual([403, 'access_not_granted', 'psu']);
    expect(refused.body.nextAction).toEqual({ type: 'createConsent', href: '/v1/consents' });
  });

  it('are the accounts that the consent names, where it names some', async () => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id } = await consent(psu, { accounts: [accountName(psu)] });
    const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
    expect(data.length).toBeGreaterThan(0);
    // Several currencies can be under one IBAN, as an account each.
    for (const { identifiers } of data) expect(identifiers[0]?.value).toBe(psu.iban);
  });
};

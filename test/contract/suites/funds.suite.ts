import type { Account, Page, Problem } from '../../e2e/answers.js';
import { attended, expectStatus } from '../../e2e/api.js';
import { firstApproach, type Suite } from '../bench.js';

/** Confirmation of funds: yes or no. */
export const funds: Suite = (driver, bench) => {
  it('says yes to little and no to much, by account and by consent', async () => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id: consentId } = await consent(psu);
    const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${consentId}`, attended);
    const account = data.find(({ identifiers }) => identifiers.some(({ value }) => value === psu.iban));
    for (const subject of [{ accountId: account?.id }, { consentId, account: { iban: psu.iban } }]) {
      for (const [amount, fundsAvailable] of [
        ['1.00', true],
        ['9999999.00', false],
      ] as const) {
        const body = { ...subject, amount: { amount, currency: 'EUR' } };
        const answer = await app.post('/v1/funds-confirmations', body, attended);
        expect(expectStatus(answer, 200, JSON.stringify(body))).toMatchObject({ fundsAvailable });
      }
    }
  });

  it.each([
    ['down', 503, 'institution_unavailable'],
    ['html', 502, 'institution_answer_unreadable'],
  ] as const)('says so while the bank is %s', async (how, status, code) => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const { id: consentId } = await consent(psu);
    await bank.fail('funds', how);
    const body = { consentId, account: { iban: psu.iban }, amount: { amount: '1.00', currency: 'EUR' } };
    const answer = await app.post<Problem>('/v1/funds-confirmations', body, attended);
    await bank.mend();
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
};

/** Confirmation of funds under a consent for nothing else. */
export const fundsConsents: Suite = (driver, bench) => {
  it.each(driver.approaches)('answers for the account of the consent, given by %s', async (approach) => {
    const { app, bank, consent } = bench();
    const psu = await bank.psu(approach);
    const { id: consentId, status } = await consent(psu, {
      access: ['fundsConfirmation'],
      accounts: [{ iban: psu.iban }],
    });
    expect(status).toBe('authorised');
    const question = { consentId, account: { iban: psu.iban }, amount: { amount: '1.00', currency: 'EUR' } };
    const reply = await app.post<{ fundsAvailable: boolean }>('/v1/funds-confirmations', question, attended);
    expect(expectStatus(reply, 200, 'POST /v1/funds-confirmations')).toEqual({ fundsAvailable: true });
  });
};

import type { Account, Consent, Page, Problem, Transaction } from '../../e2e/answers.js';
import { attended } from '../../e2e/api.js';
import { askConsent, consentRequest } from '../../e2e/orders.js';
import { authorise, type Psu } from '../../e2e/psu.js';
import { type Bench, firstApproach, type Suite } from '../bench.js';

type Members = Readonly<Record<string, unknown>>;

/** The account of a PSU who shares that much of it, and nothing else. */
async function shared({ app, consent }: Bench, psu: Psu, access: readonly string[]): Promise<string> {
  const { id } = await consent(psu, { access: ['accounts', ...access] });
  const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
  const account = data.find(({ identifiers }) => identifiers.some(({ value }) => value === psu.iban));
  return `/v1/accounts/${account?.id}`;
}

/** A kind of data that is handed on as the route maps it. */
const documents =
  (access: string, path: string, row: Members): Suite =>
  (driver, bench) => {
    it('are refused where the PSU did not grant them', async () => {
      // A PSU who shares nothing else: another consent of theirs could grant it.
      const account = await shared(bench(), await bench().bank.busyPsu(), ['balances']);
      const { status, body } = await bench().app.get<Problem>(`${account}/${path}`, attended);
      expect([status, body.code]).toEqual([403, 'access_not_granted']);
    });

    it('are read live while the PSU is there, and kept', async () => {
      const { app, bank } = bench();
      const account = await shared(bench(), await bank.psu(firstApproach(driver)), [access]);
      const { body, headers } = await app.get<Page<Members>>(`${account}/${path}`, attended);
      expect(body.data.length).toBeGreaterThan(0);
      for (const each of body.data) expect(each).toMatchObject(row);
      expect(Date.parse(headers.get('x-data-as-of') ?? '')).not.toBeNaN();
      expect(await app.read<Page<Members>>(`${account}/${path}`)).toEqual(body);
    });
  };

const money = { amount: expect.stringMatching(/^\d+\.\d{2}$/), currency: expect.stringMatching(/^[A-Z]{3}$/) };

/** Orders that repeat. */
export const standingOrders = documents('standingOrders', 'standing-orders', {
  amount: money,
  frequency: expect.any(String),
  startDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
});

/** Payees that the PSU trusts. */
export const beneficiaries = documents('beneficiaries', 'beneficiaries', {
  name: expect.any(String),
  account: { scheme: expect.any(String), value: expect.any(String) },
});

/** Who owns an account. */
export const party: Suite = (driver, bench) => {
  it('is named, where the PSU granted that', async () => {
    const { app, bank } = bench();
    const account = await shared(bench(), await bank.psu(firstApproach(driver)), ['party']);
    const { data } = await app.read<{ data: Members }>(`${account}/party`, attended);
    expect(data).toMatchObject({ name: expect.any(String) });
  });
};

/** One transaction in full. */
export const details: Suite = (driver, bench) => {
  it('says the same as the list, and more', async () => {
    const { app, bank } = bench();
    const account = await shared(bench(), await bank.psu(firstApproach(driver)), ['transactions']);
    const { data } = await app.read<Page<Transaction>>(`${account}/transactions`, attended);
    const listed = data.find(({ status }) => status === 'booked');
    const { id, status, bookedOn, amount, direction } = listed ?? {};
    const one = await app.read<Transaction>(`${account}/transactions/${id}`, attended);
    expect(one).toMatchObject({ id, status, bookedOn, amount, direction });
  });
};

/** A consent for confirmations of funds alone. */
export const fundsConsents: Suite = (driver, bench) => {
  it('is over one account, answers for it, opens nothing else, and ends', async () => {
    const { app, bank, connection, world } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const wanted = { access: ['fundsConfirmation'], accounts: [{ iban: psu.iban }] };
    const { id, authorisationId } = await askConsent(app, consentRequest(world, connection, psu, wanted));
    await authorise(app, psu, authorisationId);
    const given = { status: 'authorised', access: ['fundsConfirmation'] };
    expect(await app.read<Consent>(`/v1/consents/${id}`)).toMatchObject(given);
    const ask = (amount: string) => {
      const body = { consentId: id, account: { iban: psu.iban }, amount: { amount, currency: 'EUR' } };
      return app.post<{ fundsAvailable?: boolean }>('/v1/funds-confirmations', body, attended);
    };
    expect((await ask('1.00')).body.fundsAvailable).toBe(true);
    expect((await ask('9999999.00')).body.fundsAvailable).toBe(false);
    expect((await app.get<Page<Account>>(`/v1/accounts?consentId=${id}`, attended)).status).not.toBe(200);
    expect((await app.delete<Consent>(`/v1/consents/${id}`)).body.status).toBe('revoked');
    expect((await ask('1.00')).status).toBe(403);
  });
};

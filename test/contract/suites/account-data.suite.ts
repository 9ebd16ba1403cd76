import type { Account, Page, Transaction } from '../../e2e/answers.js';
import { attended } from '../../e2e/api.js';
import type { Psu } from '../../e2e/psu.js';
import { type Bench, firstApproach, type Suite } from '../bench.js';

type Row = Readonly<Record<string, unknown>>;

/** The first account of a PSU who granted these kinds of data as well. */
async function openAccount(bench: Bench, psu: Psu, kinds: readonly string[]) {
  const { id } = await bench.consent(psu, { access: ['accounts', 'balances', 'transactions', ...kinds] });
  const { data } = await bench.app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
  return { path: `/v1/accounts/${data[0]?.id}` };
}

/** One transaction with the details that lists leave out. */
export const transactionDetails: Suite = (driver, bench) => {
  it('belong to a transaction of the list', async () => {
    const { path } = await openAccount(bench(), await bench().bank.psu(firstApproach(driver)), []);
    const { data } = await bench().app.read<Page<Transaction>>(`${path}/transactions?status=booked`, attended);
    const [row] = data;
    const one = await bench().app.read<Transaction>(`${path}/transactions/${row?.id}`, attended);
    expect([one.id, one.amount, one.direction]).toEqual([row?.id, row?.amount, row?.direction]);
  });
};

/** Whom the PSU trusts. */
export const beneficiaries: Suite = (driver, bench) => {
  it('are read where the PSU granted them, and only there', async () => {
    const { path } = await openAccount(bench(), await bench().bank.psu(firstApproach(driver)), ['beneficiaries']);
    const { data } = await bench().app.read<Page<Row>>(`${path}/beneficiaries`, attended);
    expect(Array.isArray(data)).toBe(true);
  });

  it('are not read without a grant', async () => {
    // Another PSU than above: a new recurring consent ends the older one at some banks, and at others it does not.
    const { path } = await openAccount(bench(), await bench().bank.busyPsu(), []);
    const refused = await bench().app.get<{ code: string }>(`${path}/beneficiaries`, attended);
    expect([refused.status, refused.body.code]).toEqual([403, 'access_not_granted']);
  });
};

/** What the PSU pays again and again. */
export const standingOrders: Suite = (driver, bench) => {
  it('are listed with what they pay', async () => {
    const { path } = await openAccount(bench(), await bench().bank.psu(firstApproach(driver)), ['standingOrders']);
    const { data } = await bench().app.read<Page<Row>>(`${path}/standing-orders`, attended);
    expect(data.length).toBeGreaterThan(0);
  });
};

/** Whose account it is. */
export const party: Suite = (driver, bench) => {
  it('names the owner', async () => {
    const { path } = await openAccount(bench(), await bench().bank.psu(firstApproach(driver)), ['party']);
    const owner = await bench().app.read<Row>(`${path}/party`, attended);
    expect(Object.keys(owner).length).toBeGreaterThan(0);
  });
};

/** Who may take money from the account. */
export const directDebits: Suite = (driver, bench) => {
  it('are listed with what they take', async () => {
    const { path } = await openAccount(bench(), await bench().bank.psu(firstApproach(driver)), []);
    const { data } = await bench().app.read<Page<Row>>(`${path}/direct-debits`, attended);
    expect(data.length).toBeGreaterThan(0);
    for (const row of data) expect(Object.keys(row)).toContain('reference');
  });
};

/** What the PSU has told the bank to pay later. */
export const scheduledPayments: Suite = (driver, bench) => {
  it('are listed with amount and day', async () => {
    const { path } = await openAccount(bench(), await bench().bank.psu(firstApproach(driver)), []);
    const { data } = await bench().app.read<Page<Row>>(`${path}/scheduled-payments`, attended);
    expect(data.length).toBeGreaterThan(0);
    for (const row of data) expect(Object.keys(row)).toEqual(expect.arrayContaining(['amount', 'nextDate']));
  });
};

import type { Account, Page, Transaction } from '../../e2e/answers.js';
import { attended, expectStatus } from '../../e2e/api.js';
import type { Psu } from '../../e2e/psu.js';
import { type Bench, firstApproach, type Suite } from '../bench.js';

interface Changes {
  readonly added: readonly Transaction[];
  readonly modified: readonly Transaction[];
  readonly removed: readonly string[];
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

/** Transactions of an account. */
export const transactions: Suite = (driver, bench) => {
  async function sharedAccount({ app, consent }: Bench, psu: Psu): Promise<string> {
    const { id } = await consent(psu);
    const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${id}`, attended);
    const account = data.find(({ identifiers }) => identifiers.some(({ value }) => value === psu.iban));
    return `/v1/accounts/${account?.id}`;
  }

  it('come in pages, newest first, all of them once, however the bank pages', async () => {
    const { app, bank } = bench();
    const account = await sharedAccount(bench(), await bank.busyPsu());
    const all = await app.read<Page<Transaction>>(`${account}/transactions?from=2000-01-01&limit=500`, attended);
    expect(all.data.length).toBeGreaterThan(100);
    const paged: Transaction[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const path = `${account}/transactions?from=2000-01-01&limit=50${query}`;
      const { data, page }: Page<Transaction> = await app.read(path);
      expect(data.length).toBeLessThanOrEqual(50);
      paged.push(...data);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all.data);
    expect(new Set(paged.map(({ id }) => id)).size).toBe(paged.length);
    const days = paged.flatMap(({ bookedOn }) => bookedOn ?? []);
    expect(days).toEqual(days.toSorted().toReversed());
  });

  it('have an unsigned amount as text, a direction, a status and words of the bank on request', async () => {
    const { app, bank } = bench();
    const account = await sharedAccount(bench(), await bank.psu(firstApproach(driver)));
    const { data } = await app.read<Page<Transaction>>(`${account}/transactions`, attended);
    expect(data.length).toBeGreaterThan(0);
    for (const { status, amount, direction, bookedOn } of data) {
      expect(['pending', 'booked']).toContain(status);
      expect(amount.amount).toMatch(/^\d+\.\d{2}$/);
      expect(['credit', 'debit']).toContain(direction);
      if (status === 'booked') expect(bookedOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
    expect(new Set(data.map(({ direction }) => direction)).size).toBe(2);
    expect(data.every((entry) => !('raw' in entry))).toBe(true);
    const raw = await app.read<Page<{ raw: unknown }>>(`${account}/transactions?expand=raw`);
    expect(raw.data.every((entry) => typeof entry.raw === 'object' && entry.raw !== null)).toBe(true);
  });

  it('are filtered by status and by day', async () => {
    const { app, bank } = bench();
    const account = await sharedAccount(bench(), await bank.psu(firstApproach(driver)));
    const read = async (query: string): Promise<readonly Transaction[]> =>
      (await app.read<Page<Transaction>>(`${account}/transactions?${query}`, attended)).data;
    const both = await read('status=both');
    for (const status of ['booked', 'pending']) {
      const some = await read(`status=${status}`);
      expect(some.length).toBeGreaterThan(0);
      expect(some.map(({ id }) => id)).toEqual(both.filter((entry) => entry.status === status).map(({ id }) => id));
    }
    const days = both.flatMap(({ bookedOn }) => bookedOn ?? []);
    const [to, from] = [days[Math.floor(days.length / 4)] ?? '', days[Math.floor(days.length / 2)] ?? ''];
    const window = await read(`status=booked&from=${from}&to=${to}`);
    const expected = both.filter(({ bookedOn }) => bookedOn != null && bookedOn >= from && bookedOn <= to);
    expect(expected.length).toBeGreaterThan(0);
    expect(window.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  it('are followed by a cursor: everything first, then only what is new', async () => {
    const { app, bank, payment } = bench();
    const psu = await bank.psu(firstApproach(driver));
    const account = await sharedAccount(bench(), psu);
    const accountId = account.split('/').at(-1);
    const sync = async (cursor?: string): Promise<Changes> => {
      const query = cursor === undefined ? '' : `&cursor=${cursor}`;
      const path = `/v1/transactions/sync?accountId=${accountId}&limit=500${query}`;
      return expectStatus(await app.get<Changes>(path, attended), 200, path);
    };
    const first = await sync();
    expect([first.added.length > 0, first.modified, first.removed, first.hasMore]).toEqual([true, [], [], false]);
    const quiet = await sync(first.nextCursor);
    expect([quiet.added, quiet.modified, quiet.removed]).toEqual([[], [], []]);
    await payment(psu, driver.amounts.executed);
    const news = await sync(quiet.nextCursor);
    expect(news.added.map(({ amount, direction }) => [amount.amount, direction])).toEqual([
      [driver.amounts.executed, 'debit'],
    ]);
  });
};

import type { Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { statisticsKeptDays, StatisticsRetention } from './statistics-retention.js';

const provider: Provider = {
  institutions: { list: () => Promise.resolve([]) },
  close: () => Promise.resolve(),
};

let banking: TestBanking;
beforeEach(async () => {
  banking = await startBanking(provider);
  const { database, connectionId } = banking;
  // One row of each kind per day, around the last day that is kept.
  const days = `generate_series(${statisticsKeptDays - 3}, ${statisticsKeptDays + 3}) AS ago`;
  const at = `date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - ago * interval '1 day'`;
  const into = (text: string) => database.query(text, [connectionId]);
  await into(
    `INSERT INTO connection_minutes (connection_id, minute, calls, errors, total_ms) SELECT $1, ${at}, 1, 0, 1 FROM ${days}`,
  );
  await into(`INSERT INTO connection_silences (connection_id, second, calls) SELECT $1, ${at}, 1 FROM ${days}`);
  await into(
    `INSERT INTO connection_days (connection_id, day, activity, calls, errors, answered, answered_ms)
     SELECT $1, (${at})::date, 'call', 1, 0, 1, 1 FROM ${days}`,
  );
});
afterEach(() => banking.stop());

const left = async (table: string): Promise<number> => {
  const [row] = await banking.database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? -1;
};
const tables = ['connection_minutes', 'connection_silences', 'connection_days'];

describe('what is measured about connections', () => {
  it('is deleted when no report shows it any more, and not a day earlier', async () => {
    expect(await banking.get(StatisticsRetention).forgetOld(500)).toBe(9);
    expect(await Promise.all(tables.map(left))).toEqual([4, 4, 4]);
    expect(await banking.get(StatisticsRetention).forgetOld(500)).toBe(0);
  });

  it('is deleted in pieces, until none is left', async () => {
    const retention = banking.get(StatisticsRetention);
    const deleted: number[] = [];
    do deleted.push(await retention.forgetOld(4));
    while (deleted.at(-1) === 4);
    expect(deleted).toEqual([4, 4, 1]);
    expect(await Promise.all(tables.map(left))).toEqual([4, 4, 4]);
  });
});

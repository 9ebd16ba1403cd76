import { randomBytes } from 'node:crypto';
import { Vault } from '@tributary/platform';
import type { TokenSet } from '@tributary/providers';
import type { DataSource, EntityManager } from 'typeorm';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { Grants } from './grants.js';

const stale: TokenSet = { accessToken: 'old', refreshToken: 'family-1' };

let banking: TestBanking;
let other: Awaited<ReturnType<TestBanking['secondProcess']>>;
beforeAll(async () => {
  banking = await startBanking(new ConsentBank().provider);
  other = await banking.secondProcess();
});
afterAll(async () => {
  await other.stop();
  await banking.stop();
});

/** 100 parallel reads find the token expired, half of them in another process. @returns the exchanges made */
async function refreshAtOnce(
  subjectId: string,
  processes = [banking, other].map((process) => process.get(Grants)),
): Promise<{ exchanges: string[]; tokens: TokenSet[] }> {
  const { appId, database } = banking;
  await processes[0]?.save(database.manager, subjectId, appId, stale);
  const exchanges: string[] = [];
  const exchange = async (current: TokenSet): Promise<TokenSet> => {
    exchanges.push(current.refreshToken ?? '');
    // Long enough for whoever is not held back to come as well.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { accessToken: `new-${exchanges.length}`, refreshToken: `family-1-${exchanges.length}` };
  };
  const stores = processes.map((grants) => grants.store(subjectId, appId));
  const tokens = await Promise.all(
    Array.from({ length: 50 }, () => stores.map((store) => store.refresh(stale, exchange))).flat(),
  );
  return { exchanges, tokens };
}

/** The same database without transactions and row locks. */
function unlocked(database: DataSource): DataSource {
  const query = (sql: string, parameters?: unknown[]) => database.query(sql.replace('FOR UPDATE', ''), parameters);
  const manager = Object.create(database.manager, { query: { value: query } });
  const transaction = (run: (manager: EntityManager) => Promise<unknown>) => run(manager);
  return Object.create(database, { transaction: { value: transaction } });
}

describe('refreshing tokens', () => {
  it('happens once for 100 parallel reads in two processes, and all get the same', async () => {
    const { exchanges, tokens } = await refreshAtOnce('con_locked');
    expect(exchanges).toEqual(['family-1']);
    expect(new Set(tokens.map((set) => set.accessToken))).toEqual(new Set(['new-1']));
  });

  it('would burn the token family without the row lock (negative control)', async () => {
    const vault = Vault.open({ key: randomBytes(32).toString('base64') });
    const broken = [1, 2].map(() => new Grants(unlocked(banking.database), vault));
    const { exchanges } = await refreshAtOnce('con_unlocked', broken);
    expect(exchanges.length).toBeGreaterThan(1);
  });

  it('gives a latecomer the newer tokens without an exchange', async () => {
    const { tokens } = await refreshAtOnce('con_late');
    const store = other.get(Grants).store('con_late', banking.appId);
    await expect(store.refresh(stale, () => Promise.reject(new Error('never')))).resolves.toEqual(tokens[0]);
  });

  it('keeps the old refresh token where the bank gives no new one', async () => {
    const grants = banking.get(Grants);
    await grants.save(banking.database.manager, 'con_kept', banking.appId, stale);
    const store = grants.store('con_kept', banking.appId);
    await store.refresh(stale, () => Promise.resolve({ accessToken: 'new' }));
    expect(await store.read()).toEqual({ accessToken: 'new', refreshToken: 'family-1' });
  });

  it('leaves the tokens as they are when the exchange fails, for all who waited', async () => {
    const grants = banking.get(Grants);
    await grants.save(banking.database.manager, 'con_failed', banking.appId, stale);
    const store = grants.store('con_failed', banking.appId);
    const fail = () => Promise.reject(new Error('bank is down'));
    const all = await Promise.allSettled([store.refresh(stale, fail), store.refresh(stale, fail)]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await store.read()).toEqual(stale);
  });

  it('never has them readable in the database, and opens them for their own app only', async () => {
    const grants = banking.get(Grants);
    await grants.save(banking.database.manager, 'con_sealed', banking.appId, { accessToken: 'canary-token' });
    const rows = await banking.database.query<unknown[]>('SELECT * FROM grants');
    expect(JSON.stringify(rows)).not.toContain('canary-token');
    expect(await grants.store('con_sealed', 'app_other').read()).toBeNull();
  });
});

import { parseMoney, type TransactionSnapshot } from '@tributary/domain';
import type { CallContext } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { account, ConsentBank } from '../../../../test/consent-bank.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { ConsentsService } from '../consents/consents.service.js';
import { FundsService } from '../funds/funds.service.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { AccountDocumentsService } from './account-documents.service.js';
import { AccountsService } from './accounts.service.js';
import { BalancesService } from './balances.service.js';
import { DataReads } from './data-reads.js';
import { transactionKey, TransactionsService } from './transactions.service.js';

const context: CallContext = { traceId: 'spec', psu: {} };
const unattended = { context, fresh: false };
const fresh = { context, fresh: true };
const attended = { context: { traceId: 'spec', psu: { ipAddress: '192.0.2.1' } }, fresh: false };
const everything = { limit: 500, after: null };
const window = { ...everything, status: 'both', raw: false } as const;

let bank: ConsentBank;
let banking: TestBanking;
let accounts: AccountsService;
let transactions: TransactionsService;
let psus = 0;
let psu: { id: string };

beforeAll(async () => {
  banking = await startBanking(new ConsentBank().provider);
  accounts = banking.get(AccountsService);
  transactions = banking.get(TransactionsService);
});
beforeEach(() => {
  bank = new ConsentBank();
  banking.get(UpstreamsService).provider = () => Promise.resolve(bank.provider);
  psu = { id: `psu-${(psus += 1)}` };
});
afterAll(async () => {
  await banking.stop();
});

async function consent(
  access: readonly ('accounts' | 'balances' | 'transactions')[] = ['accounts', 'balances', 'transactions'],
) {
  bank.state = 'awaitingAuthorisation';
  const { id, authorisationId } = await banking.get(ConsentsService).create(
    banking.appId,
    {
      institutionId: banking.institutionId,
      psu,
      access,
      recurring: true,
      validUntil: '2099-12-31',
      redirectUri: banking.redirectUri,
    },
    context,
  );
  const sca = banking.get(AuthorisationsService);
  await sca.answer(
    banking.appId,
    authorisationId ?? '',
    { type: 'credentials', credentials: { password: 'p' } },
    context,
  );
  await sca.answer(banking.appId, authorisationId ?? '', { type: 'challenge', code: '123456' }, context);
  return id;
}

/** A consent and its one account. */
async function linked(...access: Parameters<typeof consent>): Promise<{ consentId: string; id: string }> {
  const consentId = await consent(...access);
  const { rows } = await accounts.list(banking.appId, { ...everything, consentId }, unattended);
  return { consentId, id: rows[0]?.id ?? '' };
}

async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.details.nextAction?.type];
    throw error;
  }
}

let references = 0;
const entry = (change: Partial<TransactionSnapshot> = {}): TransactionSnapshot => ({
  reference: `t-${(references += 1)}`,
  status: 'booked',
  bookedOn: '2026-11-19',
  amount: parseMoney('12.34', 'EUR'),
  direction: 'debit',
  counterparty: { name: 'Weber' },
  remittance: { unstructured: ['Invoice'] },
  raw: { canary: 'raw words' },
  ...change,
});

const read = async (id: string, change: Partial<Parameters<TransactionsService['list']>[2]> = {}, wish = fresh) =>
  transactions.list(banking.appId, id, { ...window, ...change }, wish);

const seen = async (id: string) =>
  (await read(id)).rows.map(({ reference, status, supersedes }) => [reference, status, supersedes]);

async function changeNumbers(id: string): Promise<unknown> {
  return banking.database.query(
    'SELECT id, change_number, raw_envelope, updated_at FROM transactions WHERE account_id = $1 ORDER BY id',
    [id],
  );
}

describe('accounts', () => {
  it('keep their id through a later consent under which the bank calls them otherwise', async () => {
    const first = await linked();
    bank.accounts = [account('DE89370400440532013000', 'r-9'), account('DE02120300000000202051', 'r-10')];
    const second = await consent();
    const { rows } = await accounts.list(banking.appId, { ...everything, consentId: second }, unattended);
    expect(rows).toHaveLength(2);
    expect(rows.find(({ id }) => id === first.id)).toMatchObject({ reference: 'r-9' });
    expect(await accounts.get(banking.appId, first.id, unattended)).toMatchObject({ account: { reference: 'r-9' } });
  });

  it('look the same one by one as in a list, and show nothing else', async () => {
    const { id, consentId } = await linked();
    const { rows } = await accounts.list(banking.appId, { ...everything, consentId }, unattended);
    expect((await accounts.get(banking.appId, id, unattended)).account).toEqual(rows[0]);
    // Live too, where the route knows accounts from their list only.
    expect((await accounts.get(banking.appId, id, fresh)).account).toEqual(rows[0]);
  });

  it('are told apart by currency, and by order where the bank names two the same', async () => {
    const card = { ...account('x', 'c-1'), identifiers: [{ scheme: 'maskedPan', value: '4111********1111' }] } as const;
    bank.accounts = [
      account('DE89370400440532013000', 'a', 'EUR'),
      account('DE89370400440532013000', 'b', 'USD'),
      card,
      { ...card, reference: 'c-2' },
    ];
    const consentId = await consent();
    const list = () => accounts.list(banking.appId, { ...everything, consentId }, fresh);
    const ids = (await list()).rows.map(({ id, reference }) => `${reference} ${id}`);
    expect(ids).toHaveLength(4);
    expect((await list()).rows.map(({ id, reference }) => `${reference} ${id}`)).toEqual(ids);
  });

  it('belong to one app, and to one PSU', async () => {
    const { id, consentId } = await linked();
    const stranger = 'app_01KAHX5V4Q0N6W2T8B7C9D3E5F';
    expect(await codeOf(accounts.get(stranger, id, fresh))).toEqual(['not_found', undefined]);
    expect(await codeOf(accounts.list(stranger, { ...everything, consentId }, fresh))).toEqual([
      'not_found',
      undefined,
    ]);
    expect(await codeOf(banking.get(BalancesService).list(stranger, id, fresh))).toEqual(['not_found', undefined]);
    expect(await codeOf(transactions.sync(stranger, id, everything, fresh))).toEqual(['not_found', undefined]);
    const other = { ...everything, consentId, psuId: 'somebody else' };
    expect((await accounts.list(banking.appId, other, fresh)).rows).toEqual([]);
  });

  it('are listed page by page', async () => {
    bank.accounts = ['a', 'b', 'c'].map((reference, position) =>
      account(`DE0000000000000000000${position}`, reference),
    );
    const consentId = await consent();
    const first = await accounts.list(banking.appId, { limit: 2, after: null, consentId }, fresh);
    expect(first.rows).toHaveLength(3);
    const second = await accounts.list(banking.appId, { limit: 2, after: first.rows[1]?.id ?? '', consentId }, fresh);
    expect(second.rows.map(({ id }) => id)).toEqual([first.rows[2]?.id]);
    expect(bank.count('listAccounts')).toBe(1);
  });

  it('that the PSU no longer shares are gone from the consent', async () => {
    bank.accounts = [account('DE89370400440532013000', 'a'), account('DE02120300000000202051', 'b')];
    const consentId = await consent();
    const list = async () => (await accounts.list(banking.appId, { ...everything, consentId }, fresh)).rows.length;
    expect(await list()).toBe(2);
    bank.accounts = bank.accounts.slice(0, 1);
    expect(await list()).toBe(1);
  });
});

describe('a read', () => {
  it('is live when never read before, attended or asked for, and comes from the store otherwise', async () => {
    const { id } = await linked();
    const balances = banking.get(BalancesService);
    bank.balances = [{ type: 'interimAvailable', amount: parseMoney('5.00', 'EUR'), creditDebit: 'credit', raw: {} }];
    const first = await balances.list(banking.appId, id, unattended);
    expect(first.rows).toEqual([
      { type: 'interimAvailable', amount: parseMoney('5.00', 'EUR'), creditDebit: 'credit', asOf: null },
    ]);
    bank.balances = [];
    const second = await balances.list(banking.appId, id, unattended);
    expect([second.rows, second.asOf]).toEqual([first.rows, first.asOf]);
    expect(bank.count('readBalances')).toBe(1);
    expect((await balances.list(banking.appId, id, attended)).rows).toEqual([]);
    expect((await balances.list(banking.appId, id, fresh)).asOf).not.toEqual(first.asOf);
    expect(bank.count('readBalances')).toBe(3);
  });

  // Negative control, carried out once: BalanceWriter without FOR UPDATE. Two processes then collide, or mix their sets.
  it('keeps sets of balances whole, however many processes read and write them at once', async () => {
    let size = 0;
    Object.defineProperty(bank, 'balances', {
      get: () => {
        size = (size % 4) + 1;
        return Array.from({ length: size }, (_, place) => ({
          type: `of ${size}: ${place}`,
          amount: parseMoney('1.00', 'EUR'),
          creditDebit: 'credit',
          raw: {},
        }));
      },
    });
    const other = await banking.secondProcess();
    other.get(UpstreamsService).provider = () => Promise.resolve(bank.provider);
    const readers = [banking.get(BalancesService), other.get(BalancesService)];
    // One after the other: the bank of the spec holds one consent at a time.
    const links = [await linked(), await linked(), await linked()];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(links.flatMap(({ id }) => readers.map((balances) => balances.list(banking.appId, id, fresh))));
      for (const { id } of links) {
        const { rows } = await banking.get(BalancesService).list(banking.appId, id, unattended);
        expect(rows.map(({ type }) => type)).toEqual(rows.map((_, place) => `of ${rows.length}: ${place}`));
      }
    }
    await other.stop();
  });

  it('remembers a read that brought nothing new, here at once and for other processes soon', async () => {
    const { id } = await linked();
    const balances = banking.get(BalancesService);
    const first = await balances.list(banking.appId, id, fresh);
    const second = await balances.list(banking.appId, id, fresh);
    expect(second.rows).toEqual(first.rows);
    expect(second.asOf?.getTime()).toBeGreaterThan(first.asOf?.getTime() ?? 0);
    expect((await balances.list(banking.appId, id, unattended)).asOf).toEqual(second.asOf);
    await banking.get(DataReads).flush();
    const stored = await banking.database.query<{ as_of: Date }[]>(
      `SELECT as_of FROM data_reads WHERE subject_id = $1 AND kind = 'balances'`,
      [id],
    );
    expect(stored).toEqual([{ as_of: second.asOf }]);
  });

  it('is live for a window that was never read', async () => {
    const { id } = await linked();
    await read(id, { from: '2026-01-01' }, unattended);
    await read(id, { from: '2026-01-01' }, unattended);
    await read(id, { from: '2026-02-01' }, unattended);
    expect(bank.queries.map(({ from }) => from)).toEqual(['2026-01-01', '2026-02-01']);
  });

  // Negative control, carried out once: consents kept for a second in AccountAccess. The second read then still succeeds.
  it('stops at once when another process has revoked the consent', async () => {
    const { id, consentId } = await linked();
    const balances = banking.get(BalancesService);
    await balances.list(banking.appId, id, fresh);
    const other = await banking.secondProcess();
    await other.get(ConsentsService).revoke(banking.appId, consentId, context);
    for (const wish of [fresh, unattended, attended]) {
      expect(await codeOf(balances.list(banking.appId, id, wish))).toEqual(['consent_not_usable', 'createConsent']);
    }
    await other.stop();
  });

  it('stops at once when the consent is revoked, also from the store', async () => {
    const { id, consentId } = await linked();
    await read(id, {}, unattended);
    await banking.get(ConsentsService).revoke(banking.appId, consentId, context);
    const refused = ['consent_not_usable', 'createConsent'];
    expect(await codeOf(read(id, {}, unattended))).toEqual(refused);
    expect(await codeOf(banking.get(BalancesService).list(banking.appId, id, unattended))).toEqual(refused);
    expect(await codeOf(accounts.get(banking.appId, id, fresh))).toEqual(refused);
    expect(await codeOf(accounts.list(banking.appId, { ...everything, consentId }, unattended))).toEqual(refused);
    const all = await accounts.list(banking.appId, { ...everything, psuId: psu.id }, unattended);
    expect(all.rows).toEqual([]);
  });

  it('notices by the bank’s refusal that the consent is over', async () => {
    const { id, consentId } = await linked();
    const upstream = { httpStatus: 401, code: 'CONSENT_EXPIRED' };
    bank.faults.set('readBalances', { kind: 'consent-invalid', consentState: 'expired', upstream });
    const attempt = banking.get(BalancesService).list(banking.appId, id, fresh);
    expect(await codeOf(attempt)).toEqual(['consent_not_usable', 'createConsent']);
    expect(await banking.get(ConsentsService).get(banking.appId, consentId, context)).toMatchObject({
      status: 'expired',
      subStatus: 'CONSENT_EXPIRED',
    });
  });

  it('asks the bank what is wrong when its refusal does not say', async () => {
    const { id } = await linked();
    bank.faults.set('readBalances', { kind: 'consent-invalid' });
    const attempt = banking.get(BalancesService).list(banking.appId, id, fresh);
    // The bank says that the consent is good: so the PSU has to authorise it again.
    expect(await codeOf(attempt)).toEqual(['consent_not_usable', 'authorise']);
  });

  it('is refused for what the consent does not grant', async () => {
    const { id } = await linked(['accounts']);
    expect(await codeOf(read(id))).toEqual(['access_not_granted', 'createConsent']);
    expect(bank.count('readTransactions')).toBe(0);
  });

  it('is refused for what the route does not have', async () => {
    const { id } = await linked();
    const documents = banking.get(AccountDocumentsService);
    expect(await codeOf(documents.list(banking.appId, id, 'standingOrders', everything, fresh))).toEqual([
      'capability_unsupported',
      undefined,
    ]);
  });

  it('hands on the daily limit of the bank', async () => {
    const { id } = await linked();
    bank.faults.set('readTransactions', { kind: 'rate-limited', retryAfter: new Date('2026-11-22T00:00:00Z') });
    await expect(read(id)).rejects.toMatchObject({ kind: 'rate-limited' });
  });
});

describe('transactions', () => {
  it('that are read again write nothing', async () => {
    const { id } = await linked();
    bank.transactions = [entry(), entry(), entry({ reference: undefined }), entry({ reference: undefined })];
    expect((await read(id)).rows).toHaveLength(4);
    const before = await changeNumbers(id);
    expect((await read(id)).rows).toHaveLength(4);
    expect(await changeNumbers(id)).toEqual(before);
  });

  it('that came or changed are announced once, numbered; a read without news announces nothing', async () => {
    const { id } = await linked();
    const told = () =>
      banking.database.query<{ type: string; sequence: number; data: unknown }[]>(
        'SELECT type, sequence, data FROM outbox WHERE subject_id = $1 ORDER BY sequence',
        [id],
      );
    bank.transactions = [entry(), entry({ status: 'pending' })];
    await read(id);
    await read(id);
    bank.transactions = bank.transactions.slice(0, 1);
    await read(id);
    expect(await told()).toEqual([
      expect.objectContaining({ type: 'account.linked', sequence: 1 }),
      { type: 'transactions.available', sequence: 2, data: { accountId: id, written: 2, removed: 0 } },
      { type: 'transactions.available', sequence: 3, data: { accountId: id, written: 0, removed: 1 } },
    ]);
  });

  it('that are read at once by many are there once', async () => {
    const { id } = await linked();
    bank.transactions = Array.from({ length: 20 }, () => entry());
    await Promise.all(Array.from({ length: 8 }, () => read(id)));
    expect((await read(id)).rows).toHaveLength(20);
  });

  it('are read from all pages of the bank, and shown page by page, newest first', async () => {
    const { id } = await linked();
    const days = ['2026-11-01', '2026-11-03', '2026-11-02', '2026-11-03', '2026-11-05'];
    bank.transactions = [
      ...days.map((bookedOn) => entry({ bookedOn })),
      entry({ status: 'pending', bookedOn: undefined }),
    ];
    bank.pageSize = 2;
    const shown: (string | null)[] = [];
    let after: string | null = null;
    for (let page = 0; page < 10; page += 1) {
      const { rows } = await read(id, { limit: 2, after });
      shown.push(...rows.slice(0, 2).map(({ bookedOn }) => bookedOn));
      const last = rows[1];
      if (rows.length <= 2 || !last) break;
      after = transactionKey(last);
    }
    expect(shown).toEqual([null, '2026-11-05', '2026-11-03', '2026-11-03', '2026-11-02', '2026-11-01']);
    expect(bank.count('readTransactions')).toBe(3);
  });

  it('are filtered by day and status', async () => {
    const { id } = await linked();
    bank.transactions = [
      entry({ reference: 'early', bookedOn: '2026-10-01' }),
      entry({ reference: 'late', bookedOn: '2026-11-01' }),
      entry({ reference: 'pending', status: 'pending', bookedOn: undefined }),
    ];
    const found = async (filter: Parameters<typeof read>[1]) => {
      const { rows } = await read(id, filter);
      return rows.map(({ reference }) => reference);
    };
    expect(await found({ from: '2026-10-15' })).toEqual(['pending', 'late']);
    expect(await found({ to: '2026-10-15', status: 'booked' })).toEqual(['early']);
    expect(await found({ status: 'pending' })).toEqual(['pending']);
  });

  it('go from pending to booked by their reference', async () => {
    const { id } = await linked();
    bank.transactions = [
      entry({ reference: 'card', status: 'pending', bookedOn: undefined, amount: parseMoney('50.00', 'EUR') }),
    ];
    const pending = (await read(id)).rows[0]?.id;
    bank.transactions = [entry({ reference: 'card', amount: parseMoney('48.70', 'EUR') })];
    expect(await seen(id)).toEqual([['card', 'booked', pending]]);
  });

  it('that were pending and are gone are removed, but not while a row could not be read', async () => {
    const { id } = await linked();
    bank.transactions = [entry({ reference: 'hold', status: 'pending', bookedOn: undefined })];
    await read(id);
    bank.transactions = [];
    bank.unreadable = [{ why: 'amount is not a decimal', raw: { amount: 'x' } }];
    const partial = await read(id);
    expect(partial.unreadable).toHaveLength(1);
    expect(partial.rows.map(({ reference }) => reference)).toEqual(['hold']);
    bank.unreadable = [];
    expect(await seen(id)).toEqual([]);
  });

  it('that were pending stay while only booked ones, or other days, are read', async () => {
    const { id } = await linked();
    bank.transactions = [entry({ reference: 'hold', status: 'pending', bookedOn: undefined, valueOn: '2026-11-10' })];
    await read(id);
    bank.transactions = [];
    await read(id, { status: 'booked' });
    await read(id, { from: '2026-11-11' });
    const { rows } = await read(id, {}, unattended);
    expect(rows.map(({ reference }) => reference)).toEqual(['hold']);
  });

  it('with a day that is none are reported, and the others kept', async () => {
    const { id } = await linked();
    bank.transactions = [entry({ bookedOn: '2026-02-30' }), entry()];
    const { rows, unreadable } = await read(id);
    expect([rows.length, unreadable.length]).toEqual([1, 1]);
  });

  it('show the bank’s own words on request, and are unreadable in the database', async () => {
    const { id } = await linked();
    bank.transactions = [entry()];
    expect((await read(id, { raw: true })).rows[0]?.raw).toEqual({ canary: 'raw words' });
    expect((await read(id)).rows[0]).not.toHaveProperty('raw');
    expect(JSON.stringify(await changeNumbers(id))).not.toContain('raw words');
  });

  it('are not read for ever from a bank whose pages go round', async () => {
    const { id } = await linked();
    const { accounts: information } = bank.provider;
    banking.get(UpstreamsService).provider = () =>
      Promise.resolve({
        ...bank.provider,
        ...(information && {
          accounts: {
            ...information,
            readTransactions: () => Promise.resolve({ rows: [], unreadable: [], next: 'same' }),
          },
        }),
      });
    await expect(read(id)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('one transaction', () => {
  const details = (): TransactionSnapshot =>
    entry({
      counterparty: { account: { scheme: 'iban', value: 'DE89370400440532013000' } },
      remittance: { unstructured: ['Invoice 2026-1187, in full'], structured: 'RF18539007547034' },
      endToEndId: 'E2E-1',
      raw: { canary: 'raw details' },
    });

  /** The only one of a new account, and the references that the bank was asked about. */
  async function one(): Promise<{ accountId: string; id: string; asked: string[] }> {
    const { id: accountId } = await linked();
    bank.transactions = [entry({ reference: 'detailed' })];
    const { rows } = await read(accountId);
    const asked: string[] = [];
    const { accounts: held } = bank.provider;
    if (!held) throw new Error('the bank has accounts');
    const readTransaction = (_consent: unknown, _account: unknown, { reference }: { reference: string }) => {
      asked.push(reference);
      return Promise.resolve(details());
    };
    const provider = { ...bank.provider, accounts: { ...held, readTransaction } };
    banking.get(UpstreamsService).provider = () => Promise.resolve(provider);
    return { accountId, id: rows[0]?.id ?? '', asked };
  }

  it('has the details of the bank while the PSU is there, and what is stored otherwise', async () => {
    const { accountId, id, asked } = await one();
    const { value } = await transactions.get(banking.appId, accountId, id, true, attended);
    expect(asked).toEqual(['detailed']);
    expect(value).toMatchObject({
      id,
      counterparty: { name: 'Weber', account: { scheme: 'iban' } },
      remittance: { unstructured: ['Invoice 2026-1187, in full'], structured: 'RF18539007547034' },
      endToEndId: 'E2E-1',
      raw: { canary: 'raw details' },
    });
    const stored = await transactions.get(banking.appId, accountId, id, false, unattended);
    expect(stored.value.remittance).toEqual({ unstructured: ['Invoice'] });
    expect(stored.value).not.toHaveProperty('raw');
    expect(asked).toHaveLength(1);
  });

  it('is found under its own account and app only', async () => {
    const { accountId, id } = await one();
    psu = { id: 'somebody-else' };
    const { id: other } = await linked();
    const stranger = 'app_01KAHX5V4Q0N6W2T8B7C9D3E5F';
    expect(await codeOf(transactions.get(banking.appId, other, id, false, attended))).toEqual(['not_found', undefined]);
    expect(await codeOf(transactions.get(stranger, accountId, id, false, attended))).toEqual(['not_found', undefined]);
  });
});

describe('sync', () => {
  it('tells what came, changed and went since the cursor, once', async () => {
    const { id } = await linked();
    const sync = async (after: string | null, limit = 500) => {
      const { added, modified, removed, next, hasMore } = await transactions.sync(
        banking.appId,
        id,
        { limit, after },
        fresh,
      );
      return { added: added.length, modified: modified.length, removed, next, hasMore };
    };
    const fixed = entry({ reference: 'fixed' });
    const hold = entry({ reference: 'hold', status: 'pending', bookedOn: undefined });
    bank.transactions = [fixed, hold];
    const first = await sync(null);
    expect(first).toMatchObject({ added: 2, modified: 0, removed: [], hasMore: false });
    expect(await sync(first.next)).toEqual({ ...first, added: 0 });
    bank.transactions = [{ ...fixed, remittance: { unstructured: ['Invoice', 'thanks'] } }, entry()];
    const second = await sync(first.next);
    expect(second).toMatchObject({ added: 1, modified: 1, removed: [expect.stringMatching(/^txn_/)] });
    // From the start again: what is no more was never seen.
    expect(await sync(null)).toMatchObject({ added: 2, modified: 0, removed: [] });
    const page = await sync(null, 1);
    expect(page).toMatchObject({ hasMore: true });
  });
});

describe('a funds confirmation', () => {
  it('asks the bank about an account that is shared, or one named under a consent', async () => {
    const { id, consentId } = await linked();
    const funds = banking.get(FundsService);
    const ask = (subject: Parameters<FundsService['confirm']>[1], amount: string) =>
      funds.confirm(banking.appId, subject, parseMoney(amount, 'EUR'), context);
    expect(await ask({ accountId: id }, '100.00')).toBe(true);
    expect(await ask({ accountId: id }, '100.01')).toBe(false);
    const named = { consentId, account: { scheme: 'iban', value: 'DE89370400440532013000' } } as const;
    expect(await ask(named, '1.00')).toBe(true);
    await banking.get(ConsentsService).revoke(banking.appId, consentId, context);
    expect(await codeOf(ask(named, '1.00'))).toEqual(['consent_not_usable', 'createConsent']);
  });
});

import { parseMoney, type TransactionSnapshot } from '@tributary/domain';
import {
  type AccountInformation,
  type CallContext,
  ProviderError,
  type ProviderErrorKind,
  type ReadMark,
  type TransactionPage,
  type TransactionQuery,
} from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { ConsentsService } from '../consents/consents.service.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { AccountsService } from './accounts.service.js';
import { TransactionsService } from './transactions.service.js';

const unattended: CallContext = { traceId: 'spec', psu: {} };
const attended: CallContext = { traceId: 'spec', psu: { ipAddress: '192.0.2.1' } };

/** A bank that can say what came after an entry. Entries are newest first. */
class DeltaBank extends ConsentBank {
  booked: readonly TransactionSnapshot[] = [];
  pending: readonly TransactionSnapshot[] = [];
  refusal: ProviderErrorKind | null = null;
  /** Gives the entry itself again, as a bank may that counts from its day. */
  inclusive = false;

  read({ status, since }: TransactionQuery): TransactionPage {
    if (since !== undefined && this.refusal !== null) {
      throw new ProviderError({ kind: this.refusal, provider: 'spec', operation: 'spec', message: 'no delta' });
    }
    const place = this.booked.findIndex(({ reference }) => reference === since);
    const booked = since === undefined ? this.booked : this.booked.slice(0, place + (this.inclusive ? 1 : 0));
    const [newest] = booked;
    return {
      rows: [...(status === 'pending' ? [] : booked), ...(status === 'booked' ? [] : this.pending)],
      unreadable: [],
      next: null,
      mark: newest && markOf(newest),
    };
  }
}

const markOf = ({ bookedOn = '', reference = '' }: TransactionSnapshot): ReadMark => ({
  day: bookedOn,
  token: reference,
});

const entry = (reference: string, change: Partial<TransactionSnapshot> = {}): TransactionSnapshot => ({
  reference,
  status: 'booked',
  bookedOn: '2026-11-19',
  amount: parseMoney('12.34', 'EUR'),
  direction: 'debit',
  counterparty: {},
  remittance: { unstructured: [] },
  raw: {},
  ...change,
});

let bank: DeltaBank;
let banking: TestBanking;
let transactions: TransactionsService;
let accountId: string;
let psus = 0;

beforeAll(async () => {
  banking = await startBanking(new ConsentBank().provider);
  transactions = banking.get(TransactionsService);
});
afterAll(() => banking.stop());
beforeEach(async () => {
  bank = new DeltaBank();
  const { accounts: plain, ...rest } = bank.provider;
  if (!plain) throw new Error('a bank without accounts');
  const accounts: AccountInformation = {
    ...plain,
    readTransactions: (_consent, _account, query) => {
      bank.queries.push(query);
      return Promise.resolve().then(() => bank.read(query));
    },
  };
  banking.get(UpstreamsService).provider = () => Promise.resolve({ ...rest, accounts });
  accountId = await linked();
  bank.queries = [];
});

async function linked(): Promise<string> {
  const sca = banking.get(AuthorisationsService);
  const { id: consentId, authorisationId } = await banking.get(ConsentsService).create(
    banking.appId,
    {
      institutionId: banking.institutionId,
      psu: { id: `psu-${(psus += 1)}` },
      access: ['accounts', 'transactions'],
      recurring: true,
      validUntil: '2099-12-31',
      redirectUri: banking.redirectUri,
    },
    unattended,
  );
  for (const answer of [
    { type: 'credentials', credentials: { password: 'p' } },
    { type: 'challenge', code: '123456' },
  ] as const) {
    await sca.answer(banking.appId, authorisationId ?? '', answer, unattended);
  }
  const filter = { limit: 10, after: null, consentId };
  const { rows } = await banking
    .get(AccountsService)
    .list(banking.appId, filter, { context: unattended, fresh: false });
  return rows[0]?.id ?? '';
}

/** One sync, and what the bank was asked for it. */
async function sync(context = attended): Promise<{ added: number; removed: number; asked: readonly string[] }> {
  bank.queries = [];
  const after = cursor;
  const changes = await transactions.sync(banking.appId, accountId, { limit: 500, after }, { context, fresh: true });
  cursor = changes.next;
  const asked = bank.queries.map(({ status, since }) => (since === undefined ? status : `${status} since ${since}`));
  return { added: changes.added.length, removed: changes.removed.length, asked };
}
let cursor: string | null = null;
beforeEach(() => {
  cursor = null;
});

describe('a sync', () => {
  it('reads all of it first, then what came since', async () => {
    bank.booked = [entry('t-2'), entry('t-1')];
    expect(await sync()).toEqual({ added: 2, removed: 0, asked: ['both'] });
    bank.booked = [entry('t-3', { bookedOn: '2026-11-20' }), ...bank.booked];
    expect(await sync()).toEqual({ added: 1, removed: 0, asked: ['booked since t-2', 'pending'] });
    bank.booked = [entry('t-4', { bookedOn: '2026-11-20' }), ...bank.booked];
    expect(await sync()).toEqual({ added: 1, removed: 0, asked: ['booked since t-3', 'pending'] });
    // Nothing new: the place stays.
    expect(await sync()).toEqual({ added: 0, removed: 0, asked: ['booked since t-4', 'pending'] });
    expect(await sync()).toEqual({ added: 0, removed: 0, asked: ['booked since t-4', 'pending'] });
  });

  it('sees pending entries come and go', async () => {
    bank.booked = [entry('t-1')];
    await sync();
    bank.pending = [entry('p-1', { status: 'pending', bookedOn: undefined })];
    expect(await sync()).toMatchObject({ added: 1, asked: ['booked since t-1', 'pending'] });
    bank.pending = [];
    expect(await sync()).toMatchObject({ removed: 1, asked: ['booked since t-1', 'pending'] });
  });

  it('reads all of it while the PSU is away: the bank counts calls then', async () => {
    bank.booked = [entry('t-1')];
    await sync();
    expect((await sync(unattended)).asked).toEqual(['both']);
  });

  // Negative control: without `anyHeld` the second of two equal entries lands on the first, and is lost.
  it('loses no entry that looks like one that is there', async () => {
    const fee = (): TransactionSnapshot => ({ ...entry('t-1'), reference: undefined });
    bank.booked = [entry('t-1'), fee()];
    await sync();
    bank.booked = [fee(), ...bank.booked];
    expect(await sync()).toEqual({ added: 1, removed: 0, asked: ['booked since t-1', 'both'] });
  });

  it('reads all of it where the bank gives what we have', async () => {
    bank.booked = [entry('t-1')];
    await sync();
    bank.inclusive = true;
    bank.booked = [entry('t-2'), ...bank.booked];
    expect(await sync()).toEqual({ added: 1, removed: 0, asked: ['booked since t-1', 'both'] });
  });

  it.each(['unsupported', 'rejected', 'not-found'] as const)('reads all of it where the bank says %s', async (kind) => {
    bank.booked = [entry('t-1')];
    await sync();
    bank.refusal = kind;
    expect((await sync()).asked).toEqual(['booked since t-1', 'both']);
  });

  // Negative control: where the mark is not taken with the read, a bank that moves its own place loses what the lost answer had.
  it('reads all of it after one that failed', async () => {
    bank.booked = [entry('t-1')];
    await sync();
    bank.refusal = 'unavailable';
    await expect(sync()).rejects.toMatchObject({ kind: 'unavailable' });
    bank.refusal = null;
    expect((await sync()).asked).toEqual(['both']);
    expect((await sync()).asked).toEqual(['booked since t-1', 'pending']);
  });

  it.each([
    ['a day after the last whole read', `whole_as_of = now() - interval '25 hours'`],
    ['over another connection', `mark = jsonb_set(mark, '{connectionId}', '"cnn_other"')`],
  ])('reads all of it %s', async (_, change) => {
    bank.booked = [entry('t-1')];
    await sync();
    await banking.database.query(`UPDATE data_reads SET ${change} WHERE subject_id = $1`, [accountId]);
    expect((await sync()).asked).toEqual(['both']);
  });
});

import { context, heldConsent, sample, startXs2a, type TestXs2a } from '../../../../../test/xs2a.js';
import type { Reply } from '../../../../../test/upstream.js';
import type { HeldAccount } from '../../port/index.js';

const consent = heldConsent();
let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a({ optionalServices: ['cardAccounts', 'transactionDetails', 'ownerName'] });
  xs2a.bank.on('GET /v1/accounts', { json: { accounts: [{ resourceId: 'r-1', iban: 'DE1', currency: 'EUR' }] } });
  xs2a.bank.on('GET /v1/card-accounts', sample('card-accounts'));
});
afterEach(() => xs2a.stop());

async function card(index = 0): Promise<HeldAccount> {
  const { rows } = await xs2a.accounts.listAccounts(consent, context);
  const found = rows.filter(({ type }) => type === 'CARD')[index];
  if (!found) throw new Error('no such card');
  // What is kept goes through a database: it must be JSON.
  return { id: 'acc_c', ...found, continuation: JSON.parse(JSON.stringify(found.continuation)) };
}

describe('card accounts', () => {
  it('stand beside payment accounts, by their masked numbers', async () => {
    const { rows, unreadable } = await xs2a.accounts.listAccounts(consent, context);
    expect(rows).toMatchObject([
      { reference: 'r-1', type: undefined },
      {
        reference: 'c-1',
        type: 'CARD',
        identifiers: [{ scheme: 'maskedPan', value: '525412******3241' }],
        name: 'Travel',
        ownerName: 'Anna Keller',
        access: ['accounts', 'balances', 'transactions', 'standingOrders'],
      },
      { reference: 'c-2', type: 'CARD', access: undefined },
    ]);
    expect(unreadable.map(({ why }) => why)).toEqual(['currency is not a text']);
  });

  it('are not asked for where the bank has none', async () => {
    const { rows } = await xs2a.with({ optionalServices: [] }).accounts.listAccounts(consent, context);
    expect(rows).toHaveLength(1);
    expect(xs2a.bank.seen.map(({ path }) => path)).toEqual(['/v1/accounts']);
  });

  it.each([
    [401, 'CONSENT_INVALID'],
    [403, 'CONSENT_UNKNOWN'],
    [404, 'RESOURCE_UNKNOWN'],
    [405, 'SERVICE_INVALID'],
  ])('may be none of this consent (%i %s): the others stay', async (status, code) => {
    xs2a.bank.on('GET /v1/card-accounts', { status, json: { tppMessages: [{ category: 'ERROR', code }] } });
    const { rows, unreadable } = await xs2a.accounts.listAccounts(consent, context);
    expect(rows).toHaveLength(1);
    expect(unreadable).toEqual([]);
    expect(xs2a.warnings.join()).toContain('no card accounts');
  });

  it('make the list fail where the bank fails, so that they do not seem to be gone', async () => {
    xs2a.bank.on('GET /v1/card-accounts', { status: 503, text: '' });
    await expect(xs2a.accounts.listAccounts(consent, context)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the balances of a card account', () => {
  const reply = (debitAccounting?: boolean): Reply => ({
    json: {
      debitAccounting,
      balances: [
        { balanceType: 'nonInvoiced', balanceAmount: { currency: 'EUR', amount: '417.86' } },
        { balanceType: 'interimBooked', balanceAmount: { currency: 'EUR', amount: -1 } },
        { balanceType: 'interimAvailable', balanceAmount: { currency: 'EUR', amount: 2082 } },
      ],
    },
  });
  const signs = async (index: number) => {
    const { rows } = await xs2a.accounts.readBalances(consent, await card(index), context);
    return rows.map(({ type, creditDebit, amount }) => `${type} ${creditDebit} ${amount.minor}`);
  };

  // What can be spent is no debt in any accounting.
  const available = 'interimAvailable credit 208200';

  // Negative control: without debitAccounting in balanceSnapshot the first of these three fails.
  it('are debts where debits are quoted positive', async () => {
    xs2a.bank.on('GET /v1/card-accounts/c-1/balances', reply());
    expect(await signs(0)).toEqual(['nonInvoiced debit 41786', 'interimBooked credit 100', available]);
  });

  it('have signs as everywhere else where the bank does not say so', async () => {
    xs2a.bank.on('GET /v1/card-accounts/c-2/balances', reply());
    expect(await signs(1)).toEqual(['nonInvoiced credit 41786', 'interimBooked debit 100', available]);
  });

  it('follow what their own answer says', async () => {
    xs2a.bank.on('GET /v1/card-accounts/c-1/balances', reply(false));
    expect(await signs(0)).toEqual(['nonInvoiced credit 41786', 'interimBooked debit 100', available]);
  });
});

describe('the transactions of a card account', () => {
  const read = async (index: number) =>
    xs2a.accounts.readTransactions(consent, await card(index), { status: 'both', from: '2026-02-01' }, context);

  // Negative control: without debitAccounting in cardTransactionSnapshot a purchase reads as money that came in.
  it('have the direction that the card account quotes', async () => {
    xs2a.bank.on('GET /v1/card-accounts/c-1/transactions', sample('card-transactions'));
    const { rows, unreadable } = await read(0);
    expect(rows).toMatchObject([
      {
        reference: 'ct-1',
        status: 'booked',
        bookedOn: '2026-02-28',
        valueOn: '2026-03-10',
        occurredAt: '2026-02-27T19:05:00+01:00',
        amount: { minor: 8640n, currency: 'EUR' },
        direction: 'debit',
        remittance: { unstructured: ['HOTEL POST BASEL'] },
        bankCode: 'PURCHASE',
        raw: { maskedPAN: '525412******3241' },
      },
      { reference: 'ct-2', direction: 'credit', amount: { minor: 2000n } },
      { reference: undefined, status: 'pending', bookedOn: undefined, occurredAt: '2026-03-01', direction: 'debit' },
    ]);
    expect(unreadable).toMatchObject([{ raw: { cardTransactionId: 'ct-3' } }]);
  });

  it('have a minus for a debit where the card account does not say so', async () => {
    xs2a.bank.on('GET /v1/card-accounts/c-2/transactions', sample('card-transactions'));
    expect((await read(1)).rows.map(({ direction }) => direction)).toEqual(['credit', 'debit', 'credit']);
  });

  it('have no details one by one: nothing is sent', async () => {
    const held = await card();
    const before = xs2a.bank.seen.length;
    const details = xs2a.accounts.readTransaction?.(consent, held, { reference: 'ct-1', raw: {} }, context);
    await expect(details).rejects.toMatchObject({ kind: 'unsupported' });
    expect(xs2a.bank.seen.length).toBe(before);
  });
});

describe('the owner of a card account', () => {
  it('comes with its details', async () => {
    xs2a.bank.on('GET /v1/card-accounts/c-1', {
      json: { cardAccount: { resourceId: 'c-1', currency: 'EUR', ownerName: 'Anna Keller' } },
    });
    const party = xs2a.accounts.readParty?.(consent, await card(), context);
    await expect(party).resolves.toEqual({ name: 'Anna Keller' });
  });
});

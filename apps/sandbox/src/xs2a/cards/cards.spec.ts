import { Tpp, GLOBAL_CONSENT, code, href, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';

type CardCustomer = TestCustomer & { cards: { maskedPan: string }[] };

describe('card accounts', () => {
  let tpp: Tpp;
  let olga: CardCustomer;

  beforeEach(async () => {
    tpp = await Tpp.start();
    olga = (await tpp.customer('olga.card')) as CardCustomer;
  });

  const read = async (id: string, path: string): Promise<Reply> =>
    tpp.call('GET', path, undefined, { 'consent-id': id, 'psu-ip-address': '192.0.2.1' });
  const cardsOf = async (id: string) => (await read(id, '/v1/card-accounts')).json['cardAccounts'] as Json[];
  const amounts = (rows: Json[], status: string) =>
    rows
      .filter((row) => status === 'all' || row['invoiced'] === false)
      .map((row) => Number((row['transactionAmount'] as { amount: string }).amount));

  it('write debits positive with debitAccounting and negative without, and the balances alike', async () => {
    const id = await tpp.validConsent(olga);
    const [main, second] = await cardsOf(id);
    expect([main?.['debitAccounting'], second]).toEqual([
      true,
      expect.not.objectContaining({ debitAccounting: false }),
    ]);
    for (const [card, sign] of [
      [main, 1],
      [second, -1],
    ] as const) {
      const url = `${href(card ?? {}, 'transactions')}?bookingStatus=booked&dateFrom=2000-01-01`;
      // oxlint-disable-next-line no-await-in-loop
      const { json } = await read(id, url);
      const { booked } = json['cardTransactions'] as { booked: Json[] };
      expect(booked).toHaveLength(12);
      // One of them is money back.
      expect(amounts(booked, 'all').filter((amount) => Math.sign(amount) === -sign)).toEqual([-sign * 4.95]);
      // oxlint-disable-next-line no-await-in-loop
      const answer = await read(id, href(card ?? {}, 'balances'));
      const balances = answer.json['balances'] as { balanceType: string; balanceAmount: { amount: string } }[];
      const amountOf = (type: string) =>
        Number(balances.find(({ balanceType }) => balanceType === type)?.balanceAmount.amount);
      expect(amountOf('interimBooked')).toBeCloseTo(
        amounts(booked, 'all').reduce((sum, one) => sum + one, 0),
        2,
      );
      expect(amountOf('nonInvoiced')).toBeCloseTo(
        amounts(booked, 'open').reduce((sum, one) => sum + one, 0),
        2,
      );
    }
  });

  it('have the fields of a purchase abroad, and pending entries without booking date', async () => {
    const id = await tpp.validConsent(olga);
    const [card] = await cardsOf(id);
    const url = `${href(card ?? {}, 'transactions')}?bookingStatus=both&dateFrom=2000-01-01`;
    const { booked, pending, _links } = (await read(id, url)).json['cardTransactions'] as {
      booked: Json[];
      pending: Json[];
      _links: Json;
    };
    expect(booked.find((row) => 'originalAmount' in row)).toMatchObject({
      maskedPAN: card?.['maskedPan'],
      originalAmount: { currency: 'USD' },
      currencyExchange: [{ exchangeRate: '1.08' }],
      markupFeePercentage: '1.75',
      grandTotalAmount: { currency: 'EUR' },
    });
    expect(pending).toHaveLength(1);
    expect(pending[0]).not.toHaveProperty('bookingDate');
    expect(_links).toHaveProperty('cardAccount');
  });

  it('are named by their masked number in a dedicated consent, and give no more than was asked', async () => {
    const [one] = olga.cards;
    const access = { balances: [{ maskedPan: one?.maskedPan }] };
    const id = await tpp.validConsent(olga, { ...GLOBAL_CONSENT, access });
    const [card, ...more] = await cardsOf(id);
    expect([card?.['maskedPan'], more]).toEqual([one?.maskedPan, []]);
    expect(card?.['_links']).not.toHaveProperty('transactions');
    const denied = await read(
      id,
      `/v1/card-accounts/${String(card?.['resourceId'])}/transactions?bookingStatus=booked&dateFrom=2000-01-01`,
    );
    expect([denied.status, code(denied)]).toEqual([401, 'CONSENT_INVALID']);
    expect(((await read(id, '/v1/accounts')).json['accounts'] as Json[]).length).toBe(0);
  });

  it('answer the usual mistakes', async () => {
    const id = await tpp.validConsent(olga);
    const unknown = await read(id, '/v1/card-accounts/nothing');
    expect([unknown.status, code(unknown)]).toEqual([404, 'RESOURCE_UNKNOWN']);
    const [card] = await cardsOf(id);
    const orders = await read(id, `${href(card ?? {}, 'transactions')}?bookingStatus=information`);
    expect([orders.status, code(orders)]).toEqual([400, 'FORMAT_ERROR']);
    const none = await tpp.call('GET', '/v1/card-accounts');
    expect([none.status, code(none)]).toEqual([400, 'FORMAT_ERROR']);
  });

  it('are none for a customer without a card', async () => {
    expect(await cardsOf(await tpp.validConsent(await tpp.customer('anna.embedded')))).toEqual([]);
  });
});

describe('trusted beneficiaries', () => {
  it('are read with the right to them only', async () => {
    const tpp = await Tpp.start();
    const anna = await tpp.customer('anna.embedded');
    const account = { iban: anna.accounts[0]?.iban };
    const read = async (access: Json) => {
      const id = await tpp.validConsent(anna, { ...GLOBAL_CONSENT, access });
      return tpp.call('GET', '/v1/trusted-beneficiaries', undefined, { 'consent-id': id });
    };
    const denied = await read({ accounts: [account] });
    expect([denied.status, code(denied)]).toEqual([401, 'CONSENT_INVALID']);
    const asked = { accounts: [account], additionalInformation: { trustedBeneficiaries: [account] } };
    const { trustedBeneficiaries } = (await read(asked)).json as { trustedBeneficiaries: Json[] };
    expect(trustedBeneficiaries[0]).toMatchObject({
      trustedBeneficiaryId: 'TB-1',
      creditorName: 'Hausverwaltung Ahorn',
      creditorAccount: { iban: expect.stringMatching(/^DE/) },
    });
    expect((await read({ allPsd2: 'allAccounts' })).status).toBe(200);
  });
});

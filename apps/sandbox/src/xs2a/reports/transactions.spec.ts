import { Tpp, code, href, type Json } from '../../../test/tpp.js';

describe('transactions', () => {
  let tpp: Tpp;
  let consent: Record<string, string>;
  let list: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    const greta = await tpp.customer('greta.many');
    consent = { 'consent-id': await tpp.validConsent(greta), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    list = href(accounts[0] ?? {}, 'transactions');
  });

  const get = async (query: string) => tpp.call('GET', `${list}?${query}`, undefined, consent);
  const report = (json: Json) =>
    json['transactions'] as { booked: Json[]; pending: Json[]; information: Json[]; _links: Json };

  it('come in pages that lead on until the last, each entry once, newest first', async () => {
    const ids: unknown[] = [];
    let pages = 0;
    let answer = await get('bookingStatus=booked&dateFrom=2000-01-01');
    for (;;) {
      pages += 1;
      const { booked, _links } = report(answer.json);
      ids.push(...booked.map(({ transactionId }) => transactionId));
      const next = _links['next'] as { href: string } | undefined;
      if (!next) {
        break;
      }
      expect(next.href).toContain('bookingStatus=booked&dateFrom=2000-01-01');
      // oxlint-disable-next-line no-await-in-loop
      answer = await tpp.call('GET', next.href, undefined, consent);
    }
    expect([pages, ids.length, new Set(ids).size]).toEqual([4, 180, 180]);
    const dates = report((await get('bookingStatus=booked&dateFrom=2000-01-01')).json).booked.map(
      ({ bookingDate }) => bookingDate,
    );
    expect(dates).toEqual(dates.map(String).toSorted((a, b) => b.localeCompare(a)));
  });

  it('are chosen by status', async () => {
    const keys = async (status: string) =>
      Object.keys(report((await get(`bookingStatus=${status}&dateFrom=2000-01-01`)).json));
    expect(await keys('booked')).toEqual(['booked', '_links']);
    expect(await keys('pending')).toEqual(['pending', '_links']);
    expect(await keys('both')).toEqual(['booked', 'pending', '_links']);
    expect(await keys('all')).toEqual(['booked', 'pending', 'information', '_links']);
    const information = report((await get('bookingStatus=information')).json).information;
    expect(information[0]).toHaveProperty('additionalInformationStructured.standingOrderDetails.frequency', 'Monthly');
  });

  it('are chosen by date, both ends included', async () => {
    const all = report((await get('bookingStatus=booked&dateFrom=2000-01-01&itemsPerPage=1000')).json).booked;
    const day = String(all[20]?.['bookingDate']);
    const some = report((await get(`bookingStatus=booked&dateFrom=${day}&dateTo=${day}`)).json).booked;
    expect(some).toEqual(all.filter(({ bookingDate }) => bookingDate === day));
    expect(some.length).toBeGreaterThan(0);
  });

  it('are given one by one with details', async () => {
    const [first] = report((await get('bookingStatus=booked&dateFrom=2000-01-01')).json).booked;
    const answer = await tpp.call('GET', href(first ?? {}, 'transactionDetails'), undefined, consent);
    expect(answer.json).toHaveProperty('transactionsDetails.transactionId', first?.['transactionId']);
    const unknown = await tpp.call('GET', `${list}/nothing`, undefined, consent);
    expect([unknown.status, code(unknown)]).toEqual([404, 'RESOURCE_UNKNOWN']);
  });

  it('add up to the balance', async () => {
    const answer = await get('bookingStatus=booked&dateFrom=2000-01-01&withBalance=true');
    const [newest] = report(answer.json).booked;
    const balances = answer.json['balances'] as Json[];
    expect(newest?.['balanceAfterTransaction']).toHaveProperty('balanceAmount', balances[0]?.['balanceAmount']);
  });

  it.each([
    ['bookingStatus=some&dateFrom=2000-01-01', 400, 'FORMAT_ERROR'],
    ['dateFrom=2000-01-01', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&dateFrom=2000-13-01', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&dateFrom=2020-01-02&dateTo=2020-01-01', 400, 'PERIOD_INVALID'],
    ['bookingStatus=booked&dateFrom=2020-01-02&pageIndex=-1', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&bookingStatus=pending&dateFrom=2020-01-02', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&entryReferenceFrom=1', 400, 'RESOURCE_UNKNOWN'],
    ['bookingStatus=booked&deltaList=maybe', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&entryReferenceFrom=1&deltaList=true', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&dateFrom=2020-01-02&withBalance=1', 400, 'FORMAT_ERROR'],
    ['bookingStatus=booked&dateFrom=2020-01-02&deltaList=true&page=0', 200, undefined],
  ])('answers %s with %i %s', async (query, status, expected) => {
    const answer = await get(query);
    expect([answer.status, code(answer)]).toEqual([status, expected]);
  });

  it('can be unsigned, with the own account as debtor', async () => {
    await tpp.control('PUT', '/profile', { amounts: 'unsigned', structuredRemittance: 'object' });
    const { booked } = report((await get('bookingStatus=booked&dateFrom=2000-01-01')).json);
    const debit = booked.find(({ creditorName }) => creditorName !== undefined);
    expect(debit).toHaveProperty('transactionAmount.amount', expect.not.stringContaining('-'));
    expect(debit).toHaveProperty('debtorAccount.iban');
    const rent = booked.find((entry) => 'remittanceInformationStructured' in entry);
    expect(rent).toHaveProperty('remittanceInformationStructured.reference');
  });
});

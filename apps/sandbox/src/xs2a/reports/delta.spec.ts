import { Tpp, code, href, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';

describe('delta reports and downloads', () => {
  let tpp: Tpp;
  let anna: TestCustomer;
  let consent: Record<string, string>;
  let list: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    anna = await tpp.customer('anna.embedded');
    consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    list = href(accounts[0] ?? {}, 'transactions');
  });

  const get = async (query: string): Promise<Reply> => tpp.call('GET', `${list}?${query}`, undefined, consent);
  const booked = (answer: Reply) => (answer.json['transactions'] as { booked: Json[] }).booked;

  it('entryReferenceFrom gives what was booked after that entry', async () => {
    const all = booked(await get('bookingStatus=booked&dateFrom=2000-01-01'));
    const later = booked(await get(`bookingStatus=booked&entryReferenceFrom=${String(all[3]?.['entryReference'])}`));
    expect(later).toEqual(all.slice(0, 3));
    const unknown = await get('bookingStatus=booked&entryReferenceFrom=nothing');
    expect([unknown.status, code(unknown)]).toEqual([400, 'RESOURCE_UNKNOWN']);
  });

  it('deltaList gives what is new since the last reading to the end, page by page', async () => {
    await tpp.control('PUT', '/profile', { pageSize: 10 });
    const first = await get('bookingStatus=booked&deltaList=true');
    expect(booked(first)).toHaveLength(10);
    const again = await get('bookingStatus=booked&deltaList=true&pageIndex=2');
    expect(booked(again)).toHaveLength(4);
    expect(booked(await get('bookingStatus=booked&deltaList=true'))).toEqual([]);
    await tpp.payment(anna, '4.00');
    await tpp.advance(10);
    const [fresh, ...more] = booked(await get('bookingStatus=booked&deltaList=true'));
    expect([fresh?.['endToEndId'], more]).toEqual(['E2E-4.00', []]);
  });

  it('are refused without dates and overlooked with them where the bank has none', async () => {
    await tpp.control('PUT', '/profile', { delta: false });
    const refused = await get('bookingStatus=booked&entryReferenceFrom=1');
    expect([refused.status, code(refused)]).toEqual([400, 'PARAMETER_NOT_SUPPORTED']);
    expect(booked(await get('bookingStatus=booked&dateFrom=2000-01-01&entryReferenceFrom=1'))).toHaveLength(24);
  });

  it('a download link leads to the whole report in the type that is asked for', async () => {
    await tpp.control('PUT', '/profile', { download: true, pageSize: 5 });
    const answer = await get('bookingStatus=booked&dateFrom=2000-01-01');
    expect(Object.keys(answer.json)).toEqual(['account', '_links']);
    const link = href(answer.json, 'download');
    const json = await tpp.call('GET', link, undefined, consent);
    expect(booked(json)).toHaveLength(24);
    const camt = await tpp.call('GET', link, undefined, { ...consent, accept: 'application/xml' });
    expect(camt.text).toContain('camt.053');
    const unknown = await tpp.call('GET', `${list}/download/nothing`, undefined, consent);
    expect([unknown.status, code(unknown)]).toEqual([404, 'RESOURCE_UNKNOWN']);
    const other = await tpp.validConsent(anna);
    const foreign = await tpp.call('GET', link, undefined, { 'consent-id': other });
    expect(foreign.status).toBe(404);
  });
});

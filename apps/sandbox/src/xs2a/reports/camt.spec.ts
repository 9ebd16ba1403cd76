import { childOf, parseXml, textAt, type XmlElement } from '../../kit/xml.js';
import { Tpp, code, href, type Json, type Reply, type TestCustomer } from '../../../test/tpp.js';

const XML = { accept: 'application/xml' };

describe('transactions as camt', () => {
  let tpp: Tpp;
  let mona: TestCustomer;
  let consent: Record<string, string>;
  let list: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    mona = await tpp.customer('mona.camt');
    consent = { 'consent-id': await tpp.validConsent(mona), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    list = href(accounts[0] ?? {}, 'transactions');
  });

  const get = async (query: string, headers: Record<string, string> = XML): Promise<Reply> =>
    tpp.call('GET', `${list}?${query}`, undefined, { ...consent, ...headers });
  const all = (element: XmlElement | undefined, name: string) =>
    element?.children.filter((child) => child.name === name) ?? [];
  const cents = (element: XmlElement) =>
    Math.round(Number(textAt(element, 'Amt')) * 100) * (textAt(element, 'CdtDbtInd') === 'DBIT' ? -1 : 1);

  it('are a camt.053 whose entries lead from the opening to the closing balance', async () => {
    const answer = await get('bookingStatus=booked&dateFrom=2000-01-01');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/xml; charset=utf-8']);
    const document = parseXml(answer.text);
    expect(document.namespace).toBe('urn:iso:std:iso:20022:tech:xsd:camt.053.001.02');
    const statement = childOf(childOf(document, 'BkToCstmrStmt'), 'Stmt');
    expect(textAt(statement, 'Acct/Id/IBAN')).toBe(mona.accounts[0]?.iban);
    const entries = all(statement, 'Ntry');
    expect(entries).toHaveLength(43);
    const [opening, closing] = all(statement, 'Bal');
    expect([opening, closing].map((balance) => textAt(balance, 'Tp/CdOrPrtry/Cd'))).toEqual(['PRCD', 'CLBD']);
    const moved = entries.reduce((sum, entry) => sum + cents(entry), 0);
    expect(opening && closing && cents(closing) - cents(opening)).toBe(moved);
    expect(closing && cents(closing)).toBe(Math.round(Number(mona.accounts[0]?.booked) * 100));
    expect(entries.every((entry) => textAt(entry, 'Sts') === 'BOOK')).toBe(true);
  });

  it('have a batch with its parts, and a reversal', async () => {
    const answer = await get('bookingStatus=booked&dateFrom=2000-01-01');
    const statement = childOf(childOf(parseXml(answer.text), 'BkToCstmrStmt'), 'Stmt');
    const entries = all(statement, 'Ntry');
    const batch = entries.find((entry) => textAt(entry, 'AcctSvcrRef') === 'BATCH1');
    const details = childOf(batch, 'NtryDtls');
    expect(textAt(details, 'Btch/NbOfTxs')).toBe('2');
    expect(all(details, 'TxDtls').map((one) => textAt(one, 'RltdPties/Cdtr/Nm'))).toEqual([
      'Müller & Söhne GmbH',
      'Café am Fluss',
    ]);
    const reversal = entries.find((entry) => textAt(entry, 'RvslInd') === 'true');
    expect([textAt(reversal, 'Amt'), textAt(reversal, 'CdtDbtInd')]).toEqual(['2000.00', 'CRDT']);
  });

  it('are a camt.052 with pending entries and the balances of the day', async () => {
    const answer = await get('bookingStatus=both&dateFrom=2000-01-01');
    const document = parseXml(answer.text);
    expect(document.namespace).toContain('camt.052');
    const report = childOf(childOf(document, 'BkToCstmrAcctRpt'), 'Rpt');
    expect(all(report, 'Bal').map((balance) => textAt(balance, 'Tp/CdOrPrtry/Cd'))).toEqual([
      'OPBD',
      'ITBD',
      'ITAV',
      'XPCD',
    ]);
    const pending = all(report, 'Ntry').filter((entry) => textAt(entry, 'Sts') === 'PDNG');
    expect(pending).toHaveLength(2);
    expect(pending.every((entry) => childOf(entry, 'BookgDt') === undefined)).toBe(true);
    await tpp.control('PUT', '/profile', { camt: '054' });
    expect(parseXml((await get('bookingStatus=both&dateFrom=2000-01-01')).text).namespace).toContain('camt.054');
  });

  it('are all that this account has: JSON, text and standing orders are 406', async () => {
    for (const [query, accept] of [
      ['bookingStatus=booked&dateFrom=2000-01-01', 'application/json'],
      ['bookingStatus=booked&dateFrom=2000-01-01', 'text/plain'],
      ['bookingStatus=information', 'application/xml'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await get(query, { accept });
      expect([answer.status, code(answer)]).toEqual([406, 'REQUESTED_FORMATS_INVALID']);
    }
    const mixed = await get('bookingStatus=booked&dateFrom=2000-01-01', {
      accept: 'application/json, application/xml',
    });
    expect(mixed.headers['content-type']).toContain('application/xml');
  });

  it('are chosen by what Accept likes best where the bank has all', async () => {
    const anna = await tpp.customer('anna.embedded');
    consent = { 'consent-id': await tpp.validConsent(anna), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    list = href(accounts[0] ?? {}, 'transactions');
    const type = async (accept: string) => {
      const answer = await get('bookingStatus=booked&dateFrom=2000-01-01', { accept });
      return String(answer.headers['content-type']).split(';')[0];
    };
    expect(await type('*/*')).toBe('application/json');
    expect(await type('application/xml;q=0.5, text/plain')).toBe('text/plain');
    expect(await type('application/xml, text/plain')).toBe('application/xml');
    expect(await type('text/*;q=0.1, application/*;q=0')).toBe('text/plain');
  });
});

import { Tpp, href, type Json, type TestCustomer } from '../../../test/tpp.js';

describe('transactions as MT940 and MT942', () => {
  let tpp: Tpp;
  let nils: TestCustomer;
  let consent: Record<string, string>;
  let list: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    nils = await tpp.customer('nils.mt940');
    consent = { 'consent-id': await tpp.validConsent(nils), 'psu-ip-address': '192.0.2.1' };
    const { accounts } = (await tpp.call('GET', '/v1/accounts', undefined, consent)).json as { accounts: Json[] };
    list = href(accounts[0] ?? {}, 'transactions');
  });

  const get = async (query: string) =>
    tpp.call('GET', `${list}?${query}`, undefined, { ...consent, accept: 'text/plain' });
  /** Cents of `C300131EUR12,30` or of a line of field 61. */
  const cents = (text: string) => {
    const [, mark = '', whole = '', decimals = ''] =
      /^(?:\d{6,10})?(RC|RD|C|D)(?:\d{6}EUR)?(\d+),(\d*)/.exec(text) ?? [];
    const sign = mark === 'D' || mark === 'RC' ? -1 : 1;
    return sign * Number(`${whole}${decimals.padEnd(2, '0')}`);
  };
  const fields = (message: string, tag: string) =>
    [...message.matchAll(new RegExp(`^:${tag}:(.*)$`, 'gm'))].map(([, value = '']) => value.trim());

  it('are one statement per month, each leading to the next, to the cent', async () => {
    const answer = await get('bookingStatus=booked&dateFrom=2000-01-01');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    const statements = answer.text.split('\r\n-\r\n').slice(0, -1);
    expect(statements.length).toBeGreaterThan(1);
    let balance: number | undefined;
    let entries = 0;
    for (const statement of statements) {
      const [opening = ''] = fields(statement, '60F');
      const [closing = ''] = fields(statement, '62F');
      const lines = fields(statement, '61');
      expect([balance ?? cents(opening), cents(opening) + lines.reduce((sum, line) => sum + cents(line), 0)]).toEqual([
        cents(opening),
        cents(closing),
      ]);
      balance = cents(closing);
      entries += lines.length;
    }
    expect(entries).toBe(43);
    expect(balance).toBe(Math.round(Number(nils.accounts[0]?.booked) * 100));
  });

  it('have amounts without decimals, reversals, and texts cut at 65 columns within words', async () => {
    const { text } = await get('bookingStatus=booked&dateFrom=2000-01-01');
    expect(text).toMatch(/^:61:\d{10}D2000,NMSC/m);
    expect(text).toMatch(/^:61:\d{10}RD2000,NTRF/m);
    const lines = text.split('\r\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(65);
    const at = lines.findIndex((line) => line.includes('RETURN1'));
    const field = lines.slice(at + 1, at + 6).join('');
    expect(field).toContain('SVWZ+');
    expect(field.replaceAll(/\?2\d/g, '')).toContain('Rueckgabe Lastschrift wegen Widerspruch des Zahlungspflichtigen');
    expect(lines[at + 2]).not.toMatch(/^:/);
  });

  it('end with an MT942 of what is pending', async () => {
    const { text } = await get('bookingStatus=both&dateFrom=2000-01-01');
    const interim = text.slice(text.indexOf(':20:STARTDISPO'));
    expect(fields(interim, '34F')).toEqual(['EUR0,']);
    expect([fields(text, '61').length, fields(interim, '61').length]).toEqual([45, 2]);
    expect(fields(interim, '90D')[0]).toMatch(/^\d+EUR\d+,/);
    expect(fields(interim, '60F')).toEqual([]);
    expect((await get('bookingStatus=pending&dateFrom=2000-01-01')).text.startsWith(':20:STARTDISPO')).toBe(true);
  });

  it('are one MT942 at a bank that has nothing else', async () => {
    await tpp.control('PUT', '/profile', { mt: '942' });
    const { text } = await get('bookingStatus=both&dateFrom=2000-01-01');
    expect([fields(text, '61').length, fields(text, '60F')]).toEqual([45, []]);
  });

  it('without entries are one statement whose balances are equal', async () => {
    const { text } = await get('bookingStatus=booked&dateFrom=2000-01-01&dateTo=2000-01-02');
    expect(fields(text, '61')).toEqual([]);
    expect(cents(fields(text, '60F')[0] ?? '')).toBe(cents(fields(text, '62F')[0] ?? ''));
  });
});

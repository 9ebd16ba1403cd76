import { isValidIBAN } from 'ibantools';
import { Tpp, code, type TestCustomer } from '../../test/tpp.js';

const customersOf = async (tpp: Tpp) =>
  ((await tpp.control('GET', '/customers')) as { customers: TestCustomer[] }).customers;

describe('the controls', () => {
  it('list the same customers for the same seed, others for another', async () => {
    const one = await customersOf(await Tpp.start('', 'a'));
    expect(await customersOf(await Tpp.start('', 'a'))).toEqual(one);
    expect(await customersOf(await Tpp.start('', 'b'))).not.toEqual(one);
    const accounts = new Map(one.flatMap((customer) => customer.accounts.map((account) => [account.id, account.iban])));
    const ibans = [...accounts.values()];
    expect(ibans.every((iban) => isValidIBAN(iban))).toBe(true);
    expect(new Set(ibans).size).toBe(ibans.length);
  });

  it('keep banks apart: state, clock, profile, faults, IBANs; not the passwords', async () => {
    const tpp = await Tpp.start();
    const other = tpp.at('other');
    const [first, second] = [await customersOf(tpp), await customersOf(other)];
    expect(second.map(({ password }) => password)).toEqual(first.map(({ password }) => password));
    expect(second[0]?.accounts[0]?.iban).not.toBe(first[0]?.accounts[0]?.iban);
    await other.control('PUT', '/profile', { approach: 'redirect' });
    await other.control('POST', '/clock', { advanceSeconds: 1_000_000 });
    expect(await tpp.control('GET', '/profile')).toMatchObject({ approach: 'wish' });
    expect((await tpp.control('GET', '/clock'))['today']).not.toBe((await other.control('GET', '/clock'))['today']);
    const anna = await tpp.customer('anna.embedded');
    const id = await tpp.validConsent(anna);
    const foreign = await other.call('GET', `/v1/consents/${id}`);
    expect([foreign.status, code(foreign)]).toEqual([403, 'CONSENT_UNKNOWN']);
  });

  it('reset a bank to its beginning', async () => {
    const tpp = await Tpp.start();
    const before = await customersOf(tpp);
    await tpp.payment(await tpp.customer('anna.embedded'), '1.00');
    await tpp.control('PUT', '/profile', { approach: 'redirect' });
    await tpp.control('POST', '/faults', { kind: 'hang' });
    await tpp.control('POST', '/reset');
    expect(await customersOf(tpp)).toEqual(before);
    expect(await tpp.control('GET', '/profile')).toMatchObject({ approach: 'wish' });
    expect(await tpp.control('GET', '/ledger')).toMatchObject({ counts: { initiations: 0, payments: 0 } });
    expect(await tpp.control('GET', '/faults')).toEqual({ faults: [] });
  });

  it('register OAuth clients', async () => {
    const tpp = await Tpp.start();
    await tpp.control('POST', '/clients', { id: 'x', secret: 'y', redirectUris: ['https://tpp.example/cb'] });
    const page = await tpp.send(
      'GET',
      '/xs2a/oauth/authorize?client_id=x&response_type=code&redirect_uri=https://tpp.example/cb',
      {},
    );
    expect(page.status).toBe(200);
  });

  it('show an admin page that makes customers and bookings', async () => {
    const tpp = await Tpp.start();
    const made = { username: 'zoe', password: 'pw', fullName: 'Zoe <i>', code: '42', balance: '10.00' };
    expect((await tpp.form('/ui/admin/customer', made)).status).toBe(303);
    const zoe = await tpp.customer('zoe');
    const booking = { iban: zoe.accounts[0]?.iban ?? '', amount: '2.50', debtorName: 'Friend' };
    expect((await tpp.form('/ui/admin/transaction', booking)).status).toBe(303);
    expect((await tpp.customer('zoe')).accounts[0]?.booked).toBe('12.50');
    const page = await tpp.send('GET', '/xs2a/ui/admin', {});
    expect(page.text).toContain('zoe');
    const taken = await tpp.form('/ui/admin/customer', made);
    expect([taken.status, taken.text]).toEqual([400, expect.stringContaining('taken')]);
  });

  it('say that the process lives', async () => {
    const tpp = await Tpp.start();
    expect(await tpp.send('GET', '/health/live', {})).toMatchObject({ status: 200, json: { status: 'ok' } });
  });
});

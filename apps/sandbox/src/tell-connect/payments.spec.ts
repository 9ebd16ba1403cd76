import { ORDER, TellTpp, said, type Json } from '../../test/tell-tpp.js';

let tpp: TellTpp;
let token: string;
beforeEach(async () => {
  tpp = await TellTpp.start();
  await tpp.control('POST', '/clock', { run: false });
  token = (await tpp.tokens('pisp')).access;
});
afterEach(() => tpp.app.close());

const pay = async (change: Json = {}) => tpp.call('POST', '/payments', { token, json: { ...ORDER, ...change } });
const status = async (reference: unknown) =>
  (await tpp.call('GET', `/payments/${String(reference)}`, { token })).json['Status'];
const ledger = async () => (await tpp.control('GET', '/ledger')).json as { counts: Json; postings: Json[] };

describe('a payment', () => {
  it('goes its way by the clock and moves the money once', async () => {
    const { status: code, json } = await pay();
    expect([code, json['Status']]).toEqual([201, 'submitted']);
    const seen: unknown[] = [];
    for (let second = 0; second < 3; second += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      await tpp.wait(1);
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      seen.push(await status(json['PaymentReference']));
    }
    expect(seen).toEqual(['accepted', 'pending', 'settled']);
    await tpp.wait(3600 * 24);
    const { counts, postings } = await ledger();
    expect(counts).toEqual({ initiations: 1, accepted: 1, refused: 0, postings: 1 });
    expect(postings[0]).toMatchObject({ amount: '12.50', reference: 'INV-1' });
    expect((await tpp.customer('sam.stub')).accounts[0]?.booked).toBe('1807.95');
  });

  it('is one for a consent; a refused order does not use it up', async () => {
    expect(said(await pay({ amount: '12.5' }))).toEqual([400, 'invalid_request']);
    expect((await pay()).status).toBe(201);
    expect(said(await pay())).toEqual([409, 'payment_already_submitted']);
    await tpp.control('PUT', '/profile', { secondPayment: '403' });
    expect(said(await pay())).toEqual([403, 'payment_already_submitted']);
    await tpp.wait(10);
    expect((await ledger()).counts).toMatchObject({ accepted: 1, refused: 3, postings: 1 });
  });

  it('exists when only its answer was lost, and does not when the fault struck before', async () => {
    await tpp.control('POST', '/faults', { kind: 'error', match: { operation: 'payments.create' }, count: 1 });
    expect((await pay()).status).toBe(500);
    await tpp.control('POST', '/faults', { kind: 'error', when: 'after', match: { amount: '12.50' }, count: 1 });
    expect((await pay()).status).toBe(500);
    expect(said(await pay())).toEqual([409, 'payment_already_submitted']);
    await tpp.wait(10);
    expect((await ledger()).counts).toMatchObject({ initiations: 3, accepted: 1, postings: 1 });
  });

  it.each([
    ['9000.00', 'insufficient_funds'],
    ['66.61', 'account_closed'],
  ])('of %s is rejected: %s', async (amount, reason) => {
    const { json } = await pay({ amount });
    await tpp.wait(10);
    const end = await tpp.call('GET', `/payments/${String(json['PaymentReference'])}`, { token });
    expect(end.json).toMatchObject({ Status: 'rejected', Reason: reason });
    expect((await ledger()).postings).toEqual([]);
  });

  it('can be rejected or shown with another word by a tester', async () => {
    const { json } = await pay();
    const reference = String(json['PaymentReference']);
    await tpp.wait(1);
    await tpp.control('POST', `/payments/${reference}`, { show: 'under_review' });
    expect(await status(reference)).toBe('under_review');
    await tpp.control('POST', `/payments/${reference}`, { show: null, reject: 'fraud' });
    await tpp.wait(10);
    expect([await status(reference), (await ledger()).postings]).toEqual(['rejected', []]);
    expect((await tpp.customer('sam.stub')).accounts[0]).toMatchObject({ booked: '1820.45', reserved: '0.00' });
  });

  it.each([
    ['amount', { amount: 12.5 }],
    ['amount', { amount: '0.00' }],
    ['currency', { currency: 'CHF' }],
    ['currency', { currency: 'EUR' }],
    ['schemeName', { schemeName: 'IBAN' }],
    ['beneficiaryIdentification', { beneficiaryIdentification: '123' }],
    ['beneficiaryName', { beneficiaryName: '' }],
    ['reference', { reference: undefined }],
  ])('names a wrong %s', async (field, change) => {
    const answer = await pay(change);
    expect(said(answer)).toEqual([400, 'invalid_request']);
    expect(answer.json['error']).toContain(field);
  });

  it("is nobody else's to see", async () => {
    const { json } = await pay();
    const other = (await tpp.tokens('pisp')).access;
    const seen = await tpp.call('GET', `/payments/${String(json['PaymentReference'])}`, { token: other });
    expect(said(seen)).toEqual([404, 'not_found']);
  });
});

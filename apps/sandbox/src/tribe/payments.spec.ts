import { EURO_ORDER, TribeTpp, refusal, scaLink } from '../../test/tribe-tpp.js';
import type { Json } from '../../test/tpp.js';

describe('payments by way of the hub', () => {
  let tpp: TribeTpp;

  beforeEach(async () => {
    tpp = await TribeTpp.start();
    await tpp.control('POST', '/clock', { run: false });
  });

  const statusOf = async (path: string, id: unknown, token?: string) =>
    (await tpp.call('GET', `${path}/${String(id)}/status`, token)).json['transactionStatus'];

  const statuses = async () => {
    const { payments } = (await tpp.control('GET', '/payments')) as { payments: { history: { status: string }[] }[] };
    return payments.map(({ history }) => history.map(({ status }) => status));
  };

  it('go from initiation over the confirmation at the bank to the end by the clock', async () => {
    const token = await tpp.token('jonas.euro', 'payments.single accounts.balances');
    const made = await tpp.call('POST', '/payments', token, EURO_ORDER);
    expect(made.status).toBe(201);
    const { paymentId } = made.json;
    expect(made.json).toMatchObject({ transactionStatus: 'RCVD' });
    expect((await tpp.call('GET', `/payments/${String(paymentId)}`, token)).json).toEqual(EURO_ORDER);
    expect(await statusOf('/payments', paymentId, token)).toBe('RCVD');
    const back = await tpp.psu(scaLink(made), 'jonas.euro', 'approve');
    expect(back.href).toBe(`https://tpp.example/paid?o=9&status=ACCP&paymentId=${String(paymentId)}#end`);
    await tpp.advance(10);
    expect(await statusOf('/payments', paymentId, token)).toBe('ACSC');
    expect(await statuses()).toEqual([['RCVD', 'ACCP', 'ACSP', 'ACSC']]);
    const { postings, deliveries } = await tpp.ledger();
    expect(postings).toEqual([expect.objectContaining({ amount: '25.50', creditor: 'DE89370400440532013000' })]);
    expect(deliveries.map(({ body }) => (body as Json)['paymentStatus'])).toEqual(['ACCP', 'ACSP', 'ACSC']);
  });

  it('spend a one-time consent with the first accepted initiation, and not with a refused one', async () => {
    const token = await tpp.token('petra.poor', 'payments.single');
    const refused = await tpp.call('POST', '/payments', token, {
      ...EURO_ORDER,
      debtorAccount: { iban: (await tpp.customer('petra.poor')).accounts[0]?.iban },
    });
    expect(refusal(refused)).toEqual([502, 'ASPSP_UNKNOWN_ERROR']);
    expect(refused.json['additionalErrors']).toEqual([
      { code: 'ASPSP_ERROR_DESC', title: 'PAYMENT_FAILED', details: 'Not enough funds on the account' },
    ]);
    const order = { ...EURO_ORDER, instructedAmount: { amount: '1.00', currency: 'EUR' } };
    const both = await Promise.all([
      tpp.call('POST', '/payments', token, order),
      tpp.call('POST', '/payments', token, order),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401]);
    const made = both.find((answer) => answer.status === 201);
    expect(await statusOf('/payments', made?.json['paymentId'], token)).toBe('RCVD');
    expect(refusal(await tpp.call('POST', '/payments', token, order))).toEqual([401, 'TOKEN_INVALID']);
  });

  it('end as CANC when the PSU refuses, with a message on the way back', async () => {
    const token = await tpp.token('jonas.euro', 'payments.single');
    const made = await tpp.call('POST', '/payments', token, EURO_ORDER);
    const back = await tpp.psu(scaLink(made), 'jonas.euro', 'reject');
    expect([...back.searchParams.keys()]).toEqual(['o', 'status', 'paymentId', 'message']);
    expect(back.searchParams.get('status')).toBe('CANC');
    expect(await statusOf('/payments', made.json['paymentId'], token)).toBe('CANC');
  });

  it('expire with their link: the link first, then RJCT', async () => {
    const token = await tpp.token('jonas.euro', 'payments.single');
    const made = await tpp.call('POST', '/payments', token, EURO_ORDER);
    await tpp.advance(901);
    const { deliveries } = await tpp.ledger();
    expect(deliveries.map(({ name, body }) => [name, (body as Json)['paymentStatus']])).toEqual([
      ['v2_payment_confirmation_link_expire', undefined],
      ['v2_payment_status', 'RJCT'],
    ]);
    const page = await tpp.send('GET', scaLink(made), {});
    expect([page.status, page.text.includes('expired')]).toEqual([410, true]);
  });

  it('in bulk have one link and one status, PART when some items fail', async () => {
    const token = await tpp.token('lina.many', 'payments.bulk');
    const item = (amount: string) => ({
      creditorAccount: { iban: 'DE89370400440532013000' },
      creditorName: 'A',
      instructedAmount: { amount, currency: 'EUR' },
    });
    const made = await tpp.call('POST', '/bulk-payments', token, {
      paymentScheme: 'SCT',
      payments: [item('10.10'), item('66.61'), item('20.20')],
    });
    expect(made.status).toBe(201);
    await tpp.psu(scaLink(made), 'lina.many', 'approve');
    await tpp.advance(10);
    expect(await statusOf('/bulk-payments', made.json['paymentId'], token)).toBe('PART');
    expect((await tpp.ledger()).counts['executed']).toBe(2);
    const single = await tpp.call('GET', `/payments/${String(made.json['paymentId'])}`, token);
    expect(refusal(single)).toEqual([403, 'ROLE_INVALID']);
  });

  it('take up to 1000 items and not one more', async () => {
    const token = await tpp.token('lina.many', 'payments.bulk accounts');
    const item = { ...EURO_ORDER, paymentScheme: undefined, instructedAmount: { amount: '0.01', currency: 'EUR' } };
    const bulk = (count: number) => ({ paymentScheme: 'SCT', payments: Array.from({ length: count }, () => item) });
    expect((await tpp.call('POST', '/bulk-payments', token, bulk(1000))).status).toBe(201);
    expect(refusal(await tpp.call('POST', '/bulk-payments', token, bulk(1001)))).toEqual([400, 'FORMAT_ERROR']);
    expect(refusal(await tpp.call('POST', '/bulk-payments', token, bulk(0)))).toEqual([400, 'FORMAT_ERROR']);
  });

  it('go directly without a consent, at a bank or at one the PSU chooses', async () => {
    const made = await tpp.call('POST', '/direct/payments/AMBRLT22', undefined, EURO_ORDER);
    expect(made.status).toBe(201);
    expect(made.headers['x-rate-limit-limit']).toBeUndefined();
    const { paymentId } = made.json;
    expect(await statusOf('/direct/payments/AMBRLT22', paymentId)).toBe('RCVD');
    expect(refusal(await tpp.call('GET', `/direct/payments/${String(paymentId)}/status`))).toEqual([
      404,
      'RESOURCE_NOT_FOUND',
    ]);
    const open = await tpp.call('POST', '/direct/payments', undefined, EURO_ORDER);
    expect(await statusOf('/direct/payments', open.json['paymentId'])).toBe('RCVD');
    const page = await tpp.send('GET', scaLink(open), {});
    expect([page.text.includes('Amber Bank'), page.text.includes('Readers')]).toEqual([true, false]);
    const back = await tpp.psu(scaLink(open), 'jonas.euro', 'approve', { bank: 'AMBRLT22' });
    expect(back.searchParams.get('paymentId')).toBe(open.json['paymentId']);
    await tpp.advance(10);
    expect(await statusOf('/direct/payments', open.json['paymentId'])).toBe('ACSC');
    expect((await tpp.call('GET', `/direct/payments/${String(open.json['paymentId'])}`)).json).toEqual(EURO_ORDER);
  });

  it('that nobody takes to a bank are RJCT after the link', async () => {
    const open = await tpp.call('POST', '/direct/payments', undefined, EURO_ORDER);
    await tpp.advance(900);
    expect(await statusOf('/direct/payments', open.json['paymentId'])).toBe('RJCT');
  });

  it('that the hub lost are at the bank all the same, and can be confirmed in its app', async () => {
    const fault = { kind: 'error', when: 'after', match: { operation: 'webhooks.v2_payment_direct_single' } };
    await tpp.control('POST', '/faults', { ...fault, match: { ...fault.match, amount: '99.99' } });
    await tpp.control('POST', '/faults', { ...fault, match: { ...fault.match, amount: '25.50' } });
    const lost = await tpp.call('POST', '/direct/payments/AMBRLT22', undefined, EURO_ORDER);
    expect(refusal(lost)).toEqual([502, 'ASPSP_UNKNOWN_ERROR']);
    expect(await statuses()).toEqual([]);
    const list = async () => (await tpp.control('GET', '/banks/AMBRLT22/payments'))['payments'] as Json[];
    const [payment] = await list();
    expect(payment).toMatchObject({ kind: 'direct', status: 'RCVD', amount: '25.50', currency: 'EUR' });
    await tpp.control('POST', `/banks/AMBRLT22/payments/${String(payment?.['id'])}`, { decision: 'approve' });
    await tpp.advance(10);
    expect((await list()).map(({ status }) => status)).toEqual(['ACSC']);
    expect((await tpp.ledger()).postings).toEqual([expect.objectContaining({ amount: '25.50' })]);
  });
});

import { childOf, parseXml, textAt } from '../../../src/kit/xml.js';
import { Tpp, CREDITOR_IBAN, code, href, type Reply, type TestCustomer } from '../../../test/tpp.js';

const SINGLE = '/v1/payments/pain.001-sepa-credit-transfers';
const BULK = '/v1/bulk-payments/pain.001-sepa-credit-transfers';
const PERIODIC = '/v1/periodic-payments/pain.001-sepa-credit-transfers';
const XML = 'application/xml';

describe('pain.001 payments', () => {
  let tpp: Tpp;
  let anna: TestCustomer;
  let today: string;

  beforeEach(async () => {
    tpp = await Tpp.start();
    await tpp.control('POST', '/clock', { run: false });
    today = String((await tpp.control('GET', '/clock'))['today']);
    anna = await tpp.customer('anna.embedded');
  });

  const transfer = (amount: string) => `<CdtTrfTxInf><PmtId><EndToEndId>E2E-${amount}</EndToEndId></PmtId>
    <Amt><InstdAmt Ccy="EUR">${amount}</InstdAmt></Amt><Cdtr><Nm>Nordwind &amp; Co</Nm></Cdtr>
    <CdtrAcct><Id><IBAN>${CREDITOR_IBAN}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>Invoice 17</Ustrd></RmtInf></CdtTrfTxInf>`;
  const pain = (amounts: string[], sum = amounts.reduce((total, amount) => total + Number(amount), 0).toFixed(2)) =>
    `<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>
    <GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-01T10:00:00Z</CreDtTm><NbOfTxs>${amounts.length}</NbOfTxs>
    <CtrlSum>${sum}</CtrlSum><InitgPty><Nm>TPP</Nm></InitgPty></GrpHdr>
    <PmtInf><PmtInfId>P-1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>${today}</ReqdExctnDt><Dbtr><Nm>Anna</Nm></Dbtr>
    <DbtrAcct><Id><IBAN>${anna.accounts[0]?.iban}</IBAN></Id></DbtrAcct>
    <DbtrAgt><FinInstnId><BIC>MOCKDEFFXXX</BIC></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>
    ${amounts.map(transfer).join('')}</PmtInf></CstmrCdtTrfInitn></Document>`;
  const send = async (path: string, body: string, type = XML): Promise<Reply> =>
    tpp.raw(path, type, body, { 'psu-id': anna.username });
  const statusOf = async (path: string) => {
    const answer = await tpp.call('GET', `${path}/status`, undefined, { accept: XML });
    expect(answer.headers['content-type']).toContain(XML);
    return childOf(parseXml(answer.text), 'CstmrPmtStsRpt');
  };
  const group = async (path: string) => textAt(await statusOf(path), 'OrgnlGrpInfAndSts/GrpSts');
  const multipart = (parts: Record<string, string>) => {
    const written = Object.entries(parts).map(
      ([name, text]) => `--b17\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
    );
    return [`${written.join('')}--b17--\r\n`, 'multipart/form-data; boundary=b17'] as const;
  };

  it('single: are executed, say so in pain.002, and come back as they were sent', async () => {
    const before = Number(anna.accounts[0]?.booked);
    const path = await tpp.authorise(anna, tpp.created(await send(SINGLE, pain(['12.30']))));
    expect(await group(path)).toBe('ACTC');
    await tpp.advance(10);
    const report = await statusOf(path);
    expect(textAt(report, 'OrgnlGrpInfAndSts/OrgnlMsgId')).toBe('M-1');
    expect(textAt(report, 'OrgnlGrpInfAndSts/GrpSts')).toBe('ACSC');
    expect(textAt(report, 'OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId')).toBe('E2E-12.30');
    expect(Number((await tpp.customer('anna.embedded')).accounts[0]?.booked)).toBeCloseTo(before - 12.3, 2);
    const details = await tpp.call('GET', path, undefined, { accept: XML });
    expect([details.headers['content-type'], details.text]).toEqual([expect.stringContaining(XML), pain(['12.30'])]);
    const json = await tpp.call('GET', `${path}/status`, undefined, { accept: 'application/json' });
    expect(json.json).toEqual({ transactionStatus: 'ACSC' });
    const { postings } = await tpp.control('GET', '/ledger');
    expect(postings).toEqual([expect.objectContaining({ endToEndIdentification: 'E2E-12.30', amount: '12.30' })]);
  });

  it('bulk: each transfer has its status and reason', async () => {
    const path = await tpp.authorise(anna, tpp.created(await send(BULK, pain(['1.00', '66.61', '2.00']))));
    await tpp.advance(10);
    const report = await statusOf(path);
    expect(textAt(report, 'OrgnlGrpInfAndSts/GrpSts')).toBe('PART');
    const transfers = childOf(report, 'OrgnlPmtInfAndSts')?.children.filter(({ name }) => name === 'TxInfAndSts');
    expect(transfers?.map((one) => [textAt(one, 'TxSts'), textAt(one, 'StsRsnInf/Rsn/Cd')])).toEqual([
      ['ACSC', undefined],
      ['RJCT', 'AC04'],
      ['ACSC', undefined],
    ]);
  });

  it('periodic: come in two parts and go back in two parts', async () => {
    const plan = JSON.stringify({ startDate: today, frequency: 'Monthly', executionRule: 'following' });
    const body = multipart({ xml_sct: pain(['3.00']), json_standingorderType: plan });
    const path = await tpp.authorise(anna, tpp.created(await send(PERIODIC, ...body)));
    await tpp.advance(40 * 86_400);
    const { postings } = (await tpp.control('GET', '/ledger')) as { postings: unknown[] };
    expect(postings.length).toBeGreaterThanOrEqual(2);
    const details = await tpp.call('GET', path);
    expect(details.headers['content-type']).toContain('multipart/form-data');
    expect(details.text).toContain(plan);
    expect(details.text).toContain('name="xml_sct"');
  });

  it('show the status at the transfers only, where the bank does so', async () => {
    await tpp.control('PUT', '/profile', { painStatus: 'transactions' });
    const path = href(tpp.created(await send(SINGLE, pain(['1.00']))), 'self');
    const report = await statusOf(path);
    expect(textAt(report, 'OrgnlGrpInfAndSts/GrpSts')).toBeUndefined();
    expect(textAt(report, 'OrgnlPmtInfAndSts/TxInfAndSts/TxSts')).toBe('RCVD');
  });

  it.each<[string, (text: string) => string, string]>([
    ['another namespace', (text) => text.replace('001.001.03', '001.001.09'), 'namespace'],
    [
      'a wrong order',
      (text) => text.replace(/(<PmtInfId>.*?<\/PmtInfId>)(<PmtMtd>.*?<\/PmtMtd>)/, '$2$1'),
      'PmtInf/PmtInfId',
    ],
    ['an unknown element', (text) => text.replace('<ChrgBr>', '<Bonus/><ChrgBr>'), 'there stands Bonus'],
    ['no debtor agent', (text) => text.replace(/<DbtrAgt>.*<\/DbtrAgt>/, ''), 'PmtInf/DbtrAgt'],
    ['a wrong NbOfTxs', (text) => text.replace('<NbOfTxs>1<', '<NbOfTxs>2<'), 'GrpHdr/NbOfTxs'],
    ['a wrong CtrlSum', (text) => text.replace('<CtrlSum>1.00<', '<CtrlSum>1.01<'), 'GrpHdr/CtrlSum'],
    ['no currency', (text) => text.replace(' Ccy="EUR"', ''), 'InstdAmt'],
    ['dollars by SEPA', (text) => text.replace('Ccy="EUR"', 'Ccy="USD"'), 'currency'],
    ['a negative amount', (text) => text.replace('>1.00</InstdAmt', '>-1.00</InstdAmt'), 'InstdAmt'],
    ['a bad IBAN', (text) => text.replace(CREDITOR_IBAN, 'DE89370400440532013001'), 'CdtrAcct/Id/IBAN'],
    ['a long MsgId', (text) => text.replace('M-1', 'M'.repeat(36)), 'GrpHdr/MsgId'],
    ['a DTD', (text) => text.replace('<Document', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]><Document'), 'XML'],
    ['an unknown entity', (text) => text.replace('&amp;', '&bomb;'), 'bomb'],
    ['a tag left open', (text) => text.replace('</Document>', ''), 'XML'],
    ['nothing', () => '', 'XML'],
    ['JSON', () => '{}', 'XML'],
  ])('with %s are refused by name', async (_name, change, expected) => {
    const answer = await send(SINGLE, change(pain(['1.00'])));
    expect([answer.status, code(answer), answer.text]).toEqual([
      400,
      'FORMAT_ERROR',
      expect.stringContaining(expected),
    ]);
  });

  it('of the wrong media type, with two transfers for one payment, or with a part missing are refused', async () => {
    const json = await tpp.call('POST', SINGLE, {}, { 'psu-id': anna.username });
    expect([json.status, code(json)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect((await send(SINGLE, pain(['1.00', '2.00']))).text).toContain('must stand once');
    expect((await send(PERIODIC, ...multipart({ xml_sct: pain(['1.00']) }))).text).toContain('json_standingorderType');
    expect((await send(PERIODIC, 'no boundary', 'multipart/form-data')).status).toBe(400);
    const broken = multipart({ xml_sct: pain(['1.00']), json_standingorderType: '{' });
    expect((await send(PERIODIC, ...broken)).text).toContain('json_standingorderType is not JSON');
    expect((await send(PERIODIC, pain(['1.00']))).status).toBe(415);
  });

  it('cannot be had as JSON', async () => {
    const path = href(tpp.created(await send(SINGLE, pain(['1.00']))), 'self');
    const answer = await tpp.call('GET', path, undefined, { accept: 'application/json' });
    expect([answer.status, code(answer)]).toEqual([406, 'REQUESTED_FORMATS_INVALID']);
  });
});

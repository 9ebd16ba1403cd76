import { readFileSync } from 'node:fs';
import type { AnyOrder, BulkItem, BulkOrder, PaymentOrder } from '@tributary/domain';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { parseXml } from '../../kit/xml.js';
import { type StandardProduct, standardProducts } from '../payments/products.js';
import { painProblem } from './pain-limits.js';
import { pain001, type PainHeader } from './pain001.js';
import { readPain001 } from './pain001-copy.js';

const schema = readFileSync(
  process.env['PAIN001_XSD'] ?? new URL('../../../../../test/fixtures/schemas/pain.001.001.03.xsd', import.meta.url),
  'utf8',
);
const header: PainHeader = {
  messageId: 'MSG0123456789ABCDEFGHIJKLMNOPQ',
  createdAt: new Date('2026-03-02T10:00:00.123Z'),
  today: '2026-03-02',
};
const single: PaymentOrder = {
  amount: { minor: 1250n, currency: 'EUR' },
  creditor: { name: 'Müller & Söhne <GmbH>', account: { scheme: 'iban', value: 'DE89370400440532013000' } },
  debtor: { name: 'Anna', account: { scheme: 'iban', value: 'DE45999433193536310578' } },
  endToEndId: 'E2E-1',
  remittance: { unstructured: 'Rechnung "7" & mehr' },
};
const bulk: BulkOrder = {
  debtor: { account: { scheme: 'iban', value: 'DE45999433193536310578' } },
  amount: { minor: 3000n, currency: 'EUR' },
  batchBooking: true,
  executionDate: '2026-03-09',
  items: [
    { ...single, endToEndId: 'I-1', amount: { minor: 1000n, currency: 'EUR' } },
    { ...single, endToEndId: 'I-2', amount: { minor: 2000n, currency: 'EUR' }, remittance: { structured: 'RF18539' } },
  ],
};

async function problems(xml: string): Promise<readonly string[]> {
  const { valid, errors } = await validateXML({ xml, schema });
  return valid ? [] : errors.map(({ message }) => message);
}

const build = (order: AnyOrder, product: StandardProduct, change: Partial<PainHeader> = {}): string =>
  pain001(order, { ...standardProducts[product], name: product }, { ...header, ...change });

describe('a message', () => {
  it('says what the order says', () => {
    const message = parseXml(build(single, 'pain.001-sepa-credit-transfers')).at('CstmrCdtTrfInitn');
    const part = message?.at('PmtInf');
    const transfer = part?.at('CdtTrfTxInf');
    expect(message?.at('GrpHdr', 'CreDtTm')?.text).toBe('2026-03-02T10:00:00.123Z');
    expect(message?.at('GrpHdr', 'CtrlSum')?.text).toBe('12.50');
    expect(part?.at('ReqdExctnDt')?.text).toBe('2026-03-02');
    expect(part?.at('PmtTpInf', 'SvcLvl', 'Cd')?.text).toBe('SEPA');
    expect(part?.at('DbtrAcct', 'Id', 'IBAN')?.text).toBe('DE45999433193536310578');
    expect(part?.at('DbtrAgt', 'FinInstnId', 'Othr', 'Id')?.text).toBe('NOTPROVIDED');
    expect(part?.at('ChrgBr')?.text).toBe('SLEV');
    expect(transfer?.at('PmtId', 'EndToEndId')?.text).toBe('E2E-1');
    expect(transfer?.at('Amt', 'InstdAmt')?.text).toBe('12.50');
    expect(transfer?.at('Amt', 'InstdAmt')?.attribute('Ccy')).toBe('EUR');
    expect(transfer?.at('Cdtr', 'Nm')?.text).toBe('Müller & Söhne <GmbH>');
    expect(transfer?.at('RmtInf', 'Ustrd')?.text).toBe('Rechnung "7" & mehr');
  });

  it('of a bulk has all its transfers under one debtor', () => {
    const xml = build(bulk, 'pain.001-instant-sepa-credit-transfers', {
      debtorAgentBic: 'MOCKDEFFXXX',
      initiatingParty: 'Us',
    });
    const part = parseXml(xml).at('CstmrCdtTrfInitn', 'PmtInf');
    expect(part?.at('BtchBookg')?.text).toBe('true');
    expect(part?.at('ReqdExctnDt')?.text).toBe('2026-03-09');
    expect(part?.at('NbOfTxs')?.text).toBe('2');
    expect(part?.at('CtrlSum')?.text).toBe('30.00');
    expect(part?.at('PmtTpInf', 'LclInstrm', 'Cd')?.text).toBe('INST');
    expect(part?.at('DbtrAgt', 'FinInstnId', 'BIC')?.text).toBe('MOCKDEFFXXX');
    expect(part?.all('CdtTrfTxInf').map((item) => item.at('PmtId', 'EndToEndId')?.text)).toEqual(['I-1', 'I-2']);
    expect(part?.all('CdtTrfTxInf')[1]?.at('RmtInf', 'Strd', 'CdtrRefInf', 'Ref')?.text).toBe('RF18539');
  });

  it('begins a recurring payment at its start date', () => {
    const recurrence = { frequency: 'monthly', startDate: '2026-04-01' } as const;
    const xml = build({ ...single, recurrence }, 'pain.001-sepa-credit-transfers');
    expect(xml).toContain('<ReqdExctnDt>2026-04-01</ReqdExctnDt>');
  });

  it.each<[AnyOrder, StandardProduct]>([
    [single, 'pain.001-sepa-credit-transfers'],
    [bulk, 'pain.001-instant-sepa-credit-transfers'],
    [{ ...single, creditor: { ...single.creditor, agent: { bic: 'COBADEFFXXX' } } }, 'pain.001-target-2-payments'],
    [crossBorder(), 'pain.001-cross-border-credit-transfers'],
  ])('is valid by the schema %#', async (order, product) => {
    expect(await problems(build(order, product))).toEqual([]);
  });

  // Negative control: the schema refuses what is out of order, empty, or too long.
  it.each([
    ['another order', (xml: string) => xml.replace(/(<Dbtr>.*<\/Dbtr>)(<DbtrAcct>.*<\/DbtrAcct>)/, '$2$1')],
    ['no agent', (xml: string) => xml.replace(/<DbtrAgt>.*<\/DbtrAgt>/, '')],
    ['an empty text', (xml: string) => xml.replace('E2E-1', '')],
    ['a long text', (xml: string) => xml.replace('E2E-1', 'x'.repeat(36))],
    ['an amount without currency', (xml: string) => xml.replace(' Ccy="EUR"', '')],
    ['another namespace', (xml: string) => xml.replace('pain.001.001.03', 'pain.001.001.09')],
  ])('with %s would not be', async (_, spoil) => {
    const xml = build(single, 'pain.001-sepa-credit-transfers');
    expect(spoil(xml)).not.toBe(xml);
    expect(await problems(spoil(xml))).not.toEqual([]);
  });
});

// Whatever passes our limits is valid, and is read back as it was.
it('is valid for any order that passes the limits', async () => {
  const orders = fc.sample(anyOrder(), { numRuns: 400, seed: 7 }).filter((order) => painProblem(order) === null);
  expect(orders.length).toBeGreaterThan(100);
  const messages = orders.map((order) => build(order, 'pain.001-cross-border-credit-transfers'));
  const files = messages.map((contents, index) => ({ fileName: `m${index}.xml`, contents }));
  const { valid, errors } = await validateXML({ xml: files, schema });
  expect(errors).toEqual([]);
  expect(valid).toBe(true);
  for (const [index, xml] of messages.entries()) {
    const order = orders[index];
    const items: readonly Pick<BulkItem, 'amount'>[] = order && 'items' in order ? order.items : order ? [order] : [];
    expect(readPain001(xml).amounts).toEqual(items.map(({ amount }) => amount));
  }
});

describe('what cannot be written', () => {
  it.each<[string, AnyOrder]>([
    ['debtor.account', { ...single, debtor: { account: { scheme: 'iban', value: 'de1' } } }],
    ['debtor.name', { ...single, debtor: { ...single.debtor, name: 'a\u0001' } }],
    ['endToEndId', { ...single, endToEndId: '' }],
    ['creditor.name', { ...single, creditor: { ...single.creditor, name: '\0' } }],
    [
      'creditor.account',
      { ...single, creditor: { ...single.creditor, account: { scheme: 'bban', value: '1'.repeat(35) } } },
    ],
    ['creditor.agent.bic', { ...single, creditor: { ...single.creditor, agent: { bic: 'COBA' } } }],
    [
      'creditor.address.postCode',
      { ...single, creditor: { ...single.creditor, address: { country: 'DE', postCode: '1'.repeat(17) } } },
    ],
    ['remittance.unstructured', { ...single, remittance: { unstructured: '\u{D800}' } }],
    ['remittance.structured', { ...single, remittance: { structured: '1'.repeat(36) } }],
    [
      'items.1.creditor.name',
      { ...bulk, items: [single, { ...single, creditor: { ...single.creditor, name: '\u{FFFE}' } }] },
    ],
  ])('is found and named: %s', (field, order) => {
    expect(painProblem(order)?.[0]).toBe(field);
  });

  it('is nothing in an ordinary order', () => {
    expect([single, bulk, crossBorder()].map(painProblem)).toEqual([null, null, null]);
  });
});

function crossBorder(): PaymentOrder {
  return {
    ...single,
    amount: { minor: 1234567n, currency: 'JPY' },
    creditor: {
      name: 'Taro',
      account: { scheme: 'bban', value: '0012345' },
      agent: { bic: 'BOTKJPJT', name: 'Bank', country: 'JP' },
      address: { streetName: 'Chuo', buildingNumber: '1', townName: 'Tokyo', postCode: '100', country: 'JP' },
    },
  };
}

function anyOrder(): fc.Arbitrary<AnyOrder> {
  const text = (maxLength: number) =>
    fc.string({ unit: 'grapheme', minLength: 1, maxLength }).filter((one) => Array.from(one).length <= maxLength);
  const amount = fc.bigInt(1n, 99_999_999n).map((minor) => ({ minor, currency: 'EUR' }));
  const account = fc.oneof(
    fc.constant({ scheme: 'iban', value: 'DE89370400440532013000' } as const),
    text(34).map((value) => ({ scheme: 'bban', value }) as const),
  );
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const creditor = fc.record({
    name: text(70),
    account,
    address: maybe(
      fc.record({
        streetName: maybe(fc.oneof(text(70), fc.constant(''))),
        townName: maybe(text(35)),
        country: fc.constant('FR'),
      }),
    ),
  });
  const remittance = maybe(fc.record({ unstructured: maybe(text(140)), structured: maybe(text(35)) }));
  const item = fc.record({ amount, creditor, endToEndId: text(35), remittance });
  const debtor = fc.record({ name: maybe(text(70)), account });
  const bulks = fc
    .record({ debtor, items: fc.array(item, { minLength: 1, maxLength: 4 }), batchBooking: maybe(fc.boolean()) })
    .map((order) => ({
      ...order,
      amount: { minor: order.items.reduce((sum, one) => sum + one.amount.minor, 0n), currency: 'EUR' },
    }));
  return fc.oneof(bulks, fc.record({ amount, creditor, debtor, endToEndId: text(35), remittance }));
}

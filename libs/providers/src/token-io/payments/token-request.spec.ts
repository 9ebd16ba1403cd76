import fs from 'node:fs';
import { parseMoney, type PaymentOrder } from '@tributary/domain';
import type { HeldPayment } from '../../port/index.js';
import { exampleSettings, type TokenIoSettings } from '../settings.js';
import { checkOrder, instrumentOf, schemeFor } from './order-check.js';
import { firstDay, paymentRequest } from './token-request.js';

type Json = { [name: string]: Json } & { requestOptions: Json; requestPayload: Json };
const sample: Json = JSON.parse(fs.readFileSync('test/fixtures/wire/token-io/token-request-payment.json', 'utf8'));

/** A copy without these members, by path. */
function without(tree: unknown, ...paths: readonly string[]): unknown {
  const copy: unknown = structuredClone(tree);
  for (const path of paths) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at: unknown = copy;
    for (const name of names) at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined;
    if (typeof at === 'object' && at !== null) Reflect.deleteProperty(at, last);
  }
  return copy;
}

/** The seed's example, as an order of ours. */
const order: PaymentOrder = {
  amount: parseMoney('10000.00', 'EUR'),
  creditor: {
    name: 'Mr John Arthur Smith',
    account: { scheme: 'iban', value: 'GB29NWBK60161331926819' },
    address: {
      streetName: 'Hans-Otto-Strasse',
      buildingNumber: '123',
      townName: 'Berlin',
      postCode: '10243',
      country: 'DE',
    },
    agent: { bic: 'BOFIIE2D' },
  },
  debtor: { name: 'Mr John Arthur Smith', account: { scheme: 'bankgiro', value: '56781234' } },
  scheme: 'SEPA_CREDIT_TRANSFER',
  endToEndId: 'string',
  remittance: { unstructured: 'A regular payment', structured: 'MFt6s64vn6aDyMiwBA3' },
  executionDate: '2023-02-28',
};
const fromTheOrder = [
  'requestPayload.callbackState',
  'requestPayload.description',
  'requestPayload.redirectUrl',
  'requestPayload.refId',
  'requestPayload.to.id',
  'requestPayload.actingAs.displayName',
  'requestPayload.actingAs.refId',
  'requestPayload.disableFutureDatedPaymentConversion',
  'requestPayload.transferBody.confirmFunds',
  'requestPayload.transferBody.currency',
  'requestPayload.transferBody.executionDate',
  'requestPayload.transferBody.lifetimeAmount',
  'requestPayload.transferBody.remittanceReference',
  'requestPayload.transferBody.returnRefundAccount',
  'requestPayload.transferBody.instructions.source.accountIdentifier',
  'requestPayload.transferBody.instructions.source.bankId',
  'requestPayload.transferBody.instructions.source.customerData.legalNames',
  'requestPayload.transferBody.instructions.transferDestinations.0.sepa',
  'requestPayload.transferBody.instructions.transferDestinations.0.customerData.legalNames',
  'requestPayload.transferBody.instructions.transferDestinations.0.customerData.address.street',
  'requestPayload.transferBody.instructions.transferDestinations.0.customerData.address.houseNumber',
  'requestPayload.transferBody.instructions.transferDestinations.0.customerData.address.city',
  'requestPayload.transferBody.instructions.transferDestinations.0.customerData.address.postCode',
  'requestPayload.transferBody.instructions.transferDestinations.0.customerData.address.country',
  'requestPayload.transferBody.instructions.metadata.providerTransferMetadata.cma9TransferMetadata.endToEndIdentification',
  'requestPayload.transferBody.instructions.metadata.providerTransferMetadata.cma9TransferMetadata.instructionIdentification',
  'requestOptions.bankId',
];
const settings: TokenIoSettings = {
  ...exampleSettings,
  paymentsVersion: 'v1',
  onBehalfOfId: '9htio4a1sp2akdr1aa',
  onBehalfOfName: 'The Great Baking Co.',
  confirmFunds: false,
  returnRefundAccount: false,
  disableFutureDatedPaymentConversion: false,
  tokenRequestDefaults: without(sample, ...fromTheOrder) as TokenIoSettings['tokenRequestDefaults'] & object,
  assumptions: { legalNames: 'text' },
};
const callback = { url: 'http://psu-redirect.com', state: '6242e45e-3063-4c42-8376' };
const held = (one: PaymentOrder): HeldPayment => ({
  id: 'pay_1',
  reference: null,
  institutionReference: 'ob-modelo',
  psu: { id: 'psu' },
  order: one,
  continuation: null,
  tokens: { read: () => Promise.resolve(null), refresh: (stale) => Promise.resolve(stale) },
});

describe('a token request for a payment', () => {
  it("is the reference's own example, member by member, where order and settings say the same", () => {
    const made = paymentRequest(held(order), settings, 'cnn_1', callback);
    const ids = [
      'requestPayload.refId',
      'requestPayload.transferBody.instructions.metadata.providerTransferMetadata.cma9TransferMetadata.instructionIdentification',
    ];
    expect(without(made, ...ids)).toEqual(without(sample, ...ids));
    expect(made).toMatchObject({ requestPayload: { refId: expect.stringMatching(/^[0-9A-Za-z]{18}$/) } });
    expect(paymentRequest(held(order), settings, 'cnn_1', callback)).toEqual(made);
  });

  it('is short without defaults: no member that nobody gave', () => {
    const plain: PaymentOrder = {
      amount: order.amount,
      creditor: { name: 'Shop', account: { scheme: 'sortCodeAccountNumber', value: '12345612345678' } },
      endToEndId: '01ABC',
      endToEndIdIsOurs: true,
    };
    const made = paymentRequest(held(plain), { ...exampleSettings, paymentsVersion: 'v1' }, 'cnn_1', callback);
    expect(made).toMatchObject({
      requestPayload: {
        transferBody: {
          lifetimeAmount: '10000.00',
          instructions: {
            transferDestinations: [
              {
                fasterPayments: { sortCode: '123456', accountNumber: '12345678' },
                customerData: { legalNames: ['Shop'] },
              },
            ],
          },
        },
      },
    });
    expect(made).not.toHaveProperty('requestPayload.description');
    expect(made).not.toHaveProperty('requestPayload.transferBody.executionDate');
  });

  it('is a standing order where the payment recurs, and then has no transfer', () => {
    const recurrence = {
      frequency: 'monthly',
      startDate: '2026-01-20',
      endDate: '2026-12-31',
      dayOfExecution: 15,
    } as const;
    const { executionDate: _day, ...rest } = order;
    const made = paymentRequest(held({ ...rest, recurrence }), settings, 'cnn_1', callback);
    expect(made).toMatchObject({
      requestPayload: {
        standingOrderBody: { amount: '10000.00', frequency: 'MNTH', startDate: '2026-02-15', endDate: '2026-12-31' },
      },
    });
    expect(made).not.toHaveProperty('requestPayload.transferBody');
  });

  it('goes to an account at Token.io where the creditor has one', () => {
    const own = { id: 'pa:1:2', iban: 'GB29NWBK60161331926819' };
    const mine = { ...order, endToEndIdIsOurs: true as const };
    const made = paymentRequest(held(mine), { ...exampleSettings, settlementAccounts: [own] }, 'cnn_1', callback);
    expect(made).toMatchObject({
      requestPayload: {
        transferBody: {
          instructions: { transferDestinations: [{ virtualAccount: { id: 'pa:1:2', localInstrument: 'SEPA' } }] },
        },
      },
    });
  });
});

describe('firstDay', () => {
  it.each([
    ['2026-01-20', undefined, '2026-01-20'],
    ['2026-01-20', 20, '2026-01-20'],
    ['2026-01-20', 15, '2026-02-15'],
    ['2026-01-31', 30, '2026-02-28'],
    ['2026-02-10', 31, '2026-02-28'],
    ['2026-12-20', 1, '2027-01-01'],
  ])('from %s on the %s is %s', (startDate, dayOfExecution, day) => {
    expect(firstDay({ frequency: 'monthly', startDate, dayOfExecution })).toBe(day);
  });
});

describe('checkOrder', () => {
  const intent = (more: Partial<PaymentOrder>) => ({
    institutionReference: 'b',
    psu: { id: 'p' },
    order: { ...order, remittance: { unstructured: 'x' }, endToEndIdIsOurs: true as const, ...more },
  });
  it.each([
    ['scheme', { scheme: 'TARGET2' }, 'unsupported'],
    ['endToEndId', { endToEndIdIsOurs: undefined, endToEndId: 'x'.repeat(36) }, 'rejected'],
    ['endToEndId', { endToEndIdIsOurs: undefined, remittance: { structured: 'RF18' } }, 'unsupported'],
    ['remittance.structured', { scheme: 'FASTER_PAYMENTS', remittance: { structured: 'x'.repeat(19) } }, 'rejected'],
    ['debtor.name', { debtor: { account: { scheme: 'iban', value: 'DE89370400440532013000' } } }, 'rejected'],
    ['recurrence.frequency', { recurrence: { frequency: 'monthlyVariable', startDate: '2026-01-01' } }, 'unsupported'],
    ['amount', { amount: parseMoney('0.00', 'EUR') }, 'rejected'],
  ] as const)('refuses an order by naming %s', (field, more, kind) => {
    const check = (): void => checkOrder(intent(more), exampleSettings);
    expect(check).toThrow(expect.objectContaining({ kind, message: expect.stringContaining(field) }));
  });

  it('takes an order that can be carried', () => {
    expect(() => checkOrder(intent({}), exampleSettings)).not.toThrow();
  });
});

describe('an order that names no scheme', () => {
  const nobody: PaymentOrder = { ...order, scheme: undefined };
  it.each([
    [{ scheme: 'iban', value: 'DE89370400440532013000' }, 'EUR', 'SEPA_CREDIT_TRANSFER'],
    [{ scheme: 'sortCodeAccountNumber', value: '04000400123456' }, 'GBP', 'FASTER_PAYMENTS'],
    [{ scheme: 'bankgiro', value: '1234567' }, 'SEK', 'BANKGIRO'],
  ] as const)('to %j in %s shows its rail, and goes by the same when it is named', (account, currency, scheme) => {
    const unnamed = { ...nobody, creditor: { name: 'Ann', account }, amount: parseMoney('1.00', currency) };
    expect(schemeFor(unnamed, exampleSettings)).toBe(scheme);
    expect(instrumentOf({ ...unnamed, scheme }, exampleSettings)).toBe(instrumentOf(unnamed, exampleSettings));
  });

  it('shows none where Token.io chooses the rail', () => {
    const assumptions = { instrumentWithoutScheme: 'AUTO_SELECT' } as const;
    expect(schemeFor(nobody, { ...exampleSettings, assumptions })).toBeUndefined();
  });
});

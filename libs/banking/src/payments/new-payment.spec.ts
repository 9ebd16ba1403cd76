import { named, type NewPayment } from './new-payment.js';

const transfer = {
  amount: { minor: 100n, currency: 'EUR' },
  creditor: { name: 'Shop', account: { scheme: 'iban', value: 'DE89370400440532013000' } },
} as const;
const debtor = { account: { scheme: 'iban', value: 'DE45999433193536310578' } } as const;

describe('end-to-end ids', () => {
  const order = (more: object): NewPayment['order'] => ({ ...transfer, ...more });

  it('of an app stay its own', () => {
    const single = named(order({ endToEndId: 'E-1' }), 'pay_01H');
    expect(single).toMatchObject({ endToEndId: 'E-1' });
    expect('endToEndIdIsOurs' in single).toBe(false);
  });

  it('are made from the id of the payment where the app gave none, and say so', () => {
    expect(named(order({}), 'pay_01H')).toMatchObject({ endToEndId: '01H', endToEndIdIsOurs: true });
  });

  it('are judged item by item in a bulk', () => {
    const items = [{ ...transfer, endToEndId: 'A' }, transfer];
    const bulk = named({ debtor, amount: { minor: 200n, currency: 'EUR' }, items }, 'blk_01H');
    expect('items' in bulk && bulk.items.map((item) => [item.endToEndId, item.endToEndIdIsOurs])).toEqual([
      ['A', undefined],
      ['01H-2', true],
    ]);
  });
});

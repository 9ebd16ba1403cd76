import { Refusal } from '@tributary/banking';
import { RequestPipe } from '../http/validation.pipe.js';
import { NewBasketDto } from '../baskets/baskets.dto.js';
import { NewBulkPaymentDto } from './bulk-payment.dto.js';
import { NewPaymentDto } from './payment.dto.js';
import { toNewBulkPayment, toNewPayment } from './payment.mapping.js';

const pipe = new RequestPipe();
const account = { iban: 'DE89370400440532013000' };
const item = { amount: { amount: '1.10', currency: 'EUR' }, creditor: { name: 'Weber', account } };
const request = {
  institutionId: 'ins_01KAHX5V4Q0N6W2T8B7C9D3E5F',
  psu: { id: 'anna' },
  redirectUri: 'https://app.example.com/paid',
};
const single = { ...request, ...item };
const bulk = { ...request, debtor: { account }, items: [item], controlSum: item.amount };

type Body = new () => object;

/** The body as the controller gets it. */
async function checked<Dto extends Body>(metatype: Dto, body: unknown): Promise<InstanceType<Dto>> {
  const dto = await pipe.transform(structuredClone(body), { type: 'body', metatype });
  if (dto instanceof metatype) return dto as InstanceType<Dto>;
  throw new Error('not transformed');
}

/** Pointers of the fields that are refused; empty where none is. */
async function faults(metatype: Body, body: unknown): Promise<readonly string[]> {
  const error: unknown = await checked(metatype, body).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof Refusal)) throw error;
  return (error.details.errors ?? []).map(({ pointer }) => pointer);
}

describe('a bulk payment in a request', () => {
  it.each([
    ['nothing wrong', {}, []],
    ['1000 items', { items: Array.from({ length: 1_000 }, () => item) }, []],
    ['1001 items', { items: Array.from({ length: 1_001 }, () => item) }, ['/items']],
    ['no item', { items: [] }, ['/items']],
    ['items that are no list', { items: item }, ['/items']],
    ['an item that is none', { items: [null] }, ['/items/0']],
    [
      'a number for an amount',
      { items: [{ ...item, amount: { amount: 1.1, currency: 'EUR' } }] },
      ['/items/0/amount/amount'],
    ],
    [
      'a wrong IBAN',
      { items: [{ ...item, creditor: { name: 'W', account: { iban: 'DE00' } } }] },
      ['/items/0/creditor/account/iban'],
    ],
    ['a name out of the character set', { items: [{ ...item, endToEndId: 'é' }] }, ['/items/0/endToEndId']],
    ['a field that nobody knows', { items: [{ ...item, executionDate: '2030-01-01' }] }, ['/items/0/executionDate']],
    ['no control sum', { controlSum: undefined }, ['/controlSum']],
    ['a debtor without an account', { debtor: { name: 'Anna' } }, ['/debtor/account']],
    ['no debtor', { debtor: undefined }, ['/debtor']],
    ['a text for a flag', { batchBooking: 'true' }, ['/batchBooking']],
  ])('with %s', async (_, change, pointers) => {
    expect(await faults(NewBulkPaymentDto, { ...bulk, ...change })).toEqual(pointers);
  });

  it('becomes an order with exact amounts', async () => {
    const { order } = toNewBulkPayment(await checked(NewBulkPaymentDto, { ...bulk, batchBooking: true }));
    expect(order).toMatchObject({
      amount: { minor: 110n, currency: 'EUR' },
      batchBooking: true,
      debtor: { account: { scheme: 'iban', value: account.iban } },
      items: [{ amount: { minor: 110n }, creditor: { account: { scheme: 'iban' } } }],
    });
  });
});

describe('a recurrence in a request', () => {
  const monthly = { frequency: 'monthly', startDate: '2030-02-01' };

  it.each([
    ['nothing wrong', {}, []],
    ['an unknown frequency', { frequency: 'hourly' }, ['/recurrence/frequency']],
    ['a start that is no day', { startDate: '2030-02-30' }, ['/recurrence/startDate']],
    ['an end that is no day', { endDate: '31.12.2030' }, ['/recurrence/endDate']],
    ['an unknown rule', { executionRule: 'nearest' }, ['/recurrence/executionRule']],
    ['a 32nd day', { dayOfExecution: 32 }, ['/recurrence/dayOfExecution']],
    ['a 13th month', { monthsOfExecution: [13] }, ['/recurrence/monthsOfExecution']],
    ['a month twice', { monthsOfExecution: [3, 3] }, ['/recurrence/monthsOfExecution']],
    ['no month', { monthsOfExecution: [] }, ['/recurrence/monthsOfExecution']],
  ])('with %s', async (_, change, pointers) => {
    expect(await faults(NewPaymentDto, { ...single, recurrence: { ...monthly, ...change } })).toEqual(pointers);
  });

  it('becomes part of the order', async () => {
    const body = { ...single, recurrence: { ...monthly, dayOfExecution: 31 }, signInBasket: true };
    expect(toNewPayment(await checked(NewPaymentDto, body))).toMatchObject({
      order: { recurrence: { frequency: 'monthly', startDate: '2030-02-01', dayOfExecution: 31 } },
      signInBasket: true,
    });
  });
});

describe('a signing basket in a request', () => {
  const basket = {
    paymentIds: ['pay_01KAHX5V4Q0N6W2T8B7C9D3E5F', 'blk_01KAHX5V4Q0N6W2T8B7C9D3E5F'],
    consentIds: ['con_01KAHX5V4Q0N6W2T8B7C9D3E5F'],
    psu: { id: 'anna' },
    redirectUri: 'https://app.example.com/signed',
  };

  it.each([
    ['nothing wrong', {}, []],
    ['a consent for a payment', { paymentIds: basket.consentIds }, ['/paymentIds']],
    ['a payment for a consent', { consentIds: basket.paymentIds }, ['/consentIds']],
    ['a member twice', { paymentIds: [basket.paymentIds[0], basket.paymentIds[0]] }, ['/paymentIds']],
    ['nobody who signs', { psu: undefined }, ['/psu']],
  ])('with %s', async (_, change, pointers) => {
    expect(await faults(NewBasketDto, { ...basket, ...change })).toEqual(pointers);
  });
});

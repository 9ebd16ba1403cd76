import { dayFromNow } from '../../e2e/orders.js';
import { authorised, cancelled, executed, inAWeek, type Operation, same } from './operation.js';
import type { Place } from './place.js';

type Members = Readonly<Record<string, unknown>>;

/** The products of the framework, with an amount in the currency that each is about. */
const products = [
  { scheme: 'SEPA_CREDIT_TRANSFER', product: 'sepa-credit-transfers' },
  { scheme: 'SEPA_INSTANT', product: 'instant-sepa-credit-transfers' },
  { scheme: 'TARGET2', product: 'target-2-payments' },
  { scheme: 'CROSS_BORDER', product: 'cross-border-credit-transfers', currency: 'GBP' },
] as const;
export const formats = ['', 'pain.001-'] as const;

/** A connection to a bank that takes the products in this form. */
export const offering = (format: string): Members => ({
  paymentProducts: products.map(({ product }) => `${format}${product}`),
});

/** A standing order that begins on a later day. */
export const monthly = { recurrence: { frequency: 'monthly', startDate: dayFromNow(5), dayOfExecution: 15 } };

/** Every payment product in every service that takes it. */
export const payments: readonly Operation[] = formats.flatMap((format) =>
  products.flatMap(({ scheme, product, ...more }): readonly Operation[] => {
    const currency = 'currency' in more ? more.currency : 'EUR';
    const order = (amount: string, rest: Members = {}): Members => ({
      scheme,
      amount: { amount, currency },
      ...rest,
    });
    const name = `${format}${product}`;
    const settings = offering(format);
    return [
      {
        name: `payments/${name}`,
        run: async (place) => {
          const [psu, before] = [await place.psu(), await executed(place)];
          const made = await place.order(psu, '', order('2.34'), settings);
          const end = await authorised(place, psu, '/v1/payments', made, 'ACSC');
          same('end', [end.status, (await executed(place)) - before], ['settled', 1]);
        },
      },
      {
        name: `payments/${name} for a later day, cancelled`,
        run: async (place) => {
          const [psu, before] = [await place.psu(), await executed(place)];
          const made = await place.order(psu, '', order('3.45', inAWeek), settings);
          await authorised(place, psu, '/v1/payments', made, 'ACTC');
          await cancelled(place, psu, `/v1/payments/${made.id}`, before);
        },
      },
      ...(scheme === 'SEPA_INSTANT'
        ? []
        : [
            {
              name: `periodic-payments/${name}, cancelled`,
              run: async (place: Place) => {
                const [psu, before] = [await place.psu(), await executed(place)];
                const made = await place.order(psu, '', order('4.56', monthly), settings);
                await authorised(place, psu, '/v1/payments', made, 'ACTC');
                await cancelled(place, psu, `/v1/payments/${made.id}`, before);
              },
            },
          ]),
      {
        name: `bulk-payments/${name}`,
        run: async (place) => {
          const [psu, before] = [await place.psu(), await executed(place)];
          const made = await place.bulk(psu, ['1.10', '2.20'], { scheme, currency }, settings);
          const end = await authorised(place, psu, '/v1/bulk-payments', made, 'ACSC');
          same('end', [end.status, (await executed(place)) - before], ['settled', 2]);
        },
      },
    ];
  }),
);

import type { Consent } from '../../e2e/answers.js';
import { attended, expectStatus } from '../../e2e/api.js';
import type { Psu } from '../../e2e/psu.js';
import {
  authorised,
  cancelled,
  consented,
  executed,
  holds,
  inAWeek,
  type Operation,
  same,
  signers,
} from './operation.js';
import { formats, monthly, offering } from './payment.operations.js';
import type { Order, Place } from './place.js';

type Members = Readonly<Record<string, unknown>>;

interface Kind {
  readonly name: string;
  readonly list: string;
  readonly make: (place: Place, psu: Psu, settings: Members) => Promise<Order>;
  /** Once everybody has signed. */
  readonly isoStatus: string;
  readonly executed: number;
  /** In XML, the standing order stands for what waits for its day. */
  readonly jsonOnly?: true;
}

/** What a company orders, now and for a later day. */
const kinds: readonly Kind[] = [
  {
    name: 'payment',
    list: '/v1/payments',
    make: (place, psu, settings) => place.order(psu, '5.67', {}, settings),
    isoStatus: 'ACSC',
    executed: 1,
  },
  {
    name: 'payment for a later day',
    list: '/v1/payments',
    make: (place, psu, settings) => place.order(psu, '5.68', inAWeek, settings),
    isoStatus: 'ACTC',
    executed: 0,
    jsonOnly: true,
  },
  {
    name: 'standing order',
    list: '/v1/payments',
    make: (place, psu, settings) => place.order(psu, '5.69', monthly, settings),
    isoStatus: 'ACTC',
    executed: 0,
  },
  {
    name: 'bulk payment',
    list: '/v1/bulk-payments',
    make: (place, psu, settings) => place.bulk(psu, ['5.60', '0.07'], {}, settings),
    isoStatus: 'ACSC',
    executed: 2,
  },
  {
    name: 'bulk payment for a later day',
    list: '/v1/bulk-payments',
    make: (place, psu, settings) => place.bulk(psu, ['5.60', '0.08'], inAWeek, settings),
    isoStatus: 'ACTC',
    executed: 0,
    jsonOnly: true,
  },
];

/** Both signatures; and where the order waits for its day then, it is cancelled, to which both have to agree, too. */
async function twoSigners(place: Place, { list, make, isoStatus, executed: moved }: Kind, settings: Members) {
  const [[first, second], before] = [await signers(place), await executed(place)];
  const made = await make(place, first, settings);
  const path = `${list}/${made.id}`;
  await place.authorise(first, path, made);
  const half = await place.until(path, 'PATC');
  same('after the first', [half.final, await executed(place)], [false, before]);
  await place.sign(second, path);
  // To us, ACTC (rank 1) is none after PATC (rank 2): the bank's own word tells.
  const whole = await place.until(path, isoStatus, 'upstreamStatus');
  same('after the second', [whole.final, (await executed(place)) - before], [moved > 0, moved]);
  if (whole.final) return;
  await place.cancel(first, path);
  const asked = await place.app.read<Order>(path, attended);
  same('one has cancelled', [asked.upstreamStatus, asked.final, asked.nextStep], [isoStatus, false, null]);
  await place.sign(second, path, { subject: 'cancellation' });
  const end = await place.until(path, 'CANC');
  same('both have cancelled', [end.status, await executed(place)], ['cancelled', before]);
}

/** What can become of an order besides being paid by one PSU: several signers, cancellation, refusal, costs, sessions, baskets. */
export const orders: readonly Operation[] = [
  ...formats.flatMap((format) =>
    kinds
      .filter(({ jsonOnly }) => format === '' || jsonOnly !== true)
      .map((kind): Operation => ({
        name: `${kind.name} that two have to sign${kind.executed > 0 ? '' : ', and to cancel'} (${format === '' ? 'JSON' : 'XML'})`,
        run: (place) => twoSigners(place, kind, offering(format)),
      })),
  ),
  {
    name: 'bulk payment for a later day, cancelled',
    run: async (place) => {
      const [psu, before] = [await place.psu(), await executed(place)];
      const made = await place.bulk(psu, ['3.30', '4.40'], inAWeek);
      await authorised(place, psu, '/v1/bulk-payments', made, 'ACTC');
      await cancelled(place, psu, `/v1/bulk-payments/${made.id}`, before);
    },
  },
  {
    name: 'payment cancelled before anybody authorised it (204)',
    run: async (place) => {
      const [psu, before] = [await place.psu(), await executed(place)];
      const made = await place.order(psu, '6.78');
      const { asked, sca } = await place.cancel(psu, `/v1/payments/${made.id}`);
      same('end', [asked.isoStatus, asked.nextStep, sca, await executed(place)], ['CANC', null, null, before]);
    },
  },
  {
    name: 'payment that the bank rejects after the SCA',
    run: async (place) => {
      const [psu, before] = [await place.psu(), await executed(place)];
      const made = await place.order(psu, '66.61');
      const end = await authorised(place, psu, '/v1/payments', made, 'RJCT');
      same('end', [end.isoReason, await executed(place)], ['AC04', before]);
    },
  },
  {
    name: 'payment with fees, an estimated total, a message and a warning, told before the PSU confirms',
    run: async (place) => {
      const psu = await place.psu();
      const made = await place.order(psu, '77.01', { scheme: 'TARGET2' });
      same('costs', [made.fees?.amount, made.estimatedTotal?.amount], ['1.50', '78.51']);
      same('warnings', made.warnings, ['The payee is new to this account']);
      holds('the message to the PSU', made.psuMessage);
      await authorised(place, psu, '/v1/payments', made, 'ACSC');
    },
  },
  {
    name: 'payment in the session of a consent (combined service)',
    run: async (place) => {
      const psu = await place.psu();
      const { id } = await consented(place, psu, { combinedService: true });
      const made = await place.order(psu, '7.89', { consentId: id });
      const { steps } = await place.authorise(psu, `/v1/payments/${made.id}`, made);
      same('no password again', steps.includes('credentials'), false);
      await place.until(`/v1/payments/${made.id}`, 'ACSC');
    },
  },
  {
    name: 'signing basket with a payment, a bulk payment and a consent',
    run: async (place) => {
      const psu = await place.psu();
      const { payment, bulk, consent } = await members(place, psu);
      const path = await basketOf(place, psu, [payment.id, bulk.id], [consent.id]);
      const basket = await place.app.read<{ authorisationId: string }>(path);
      const { steps } = await place.authorise(psu, path, basket);
      same('steps', steps, place.steps);
      await place.until(`/v1/payments/${payment.id}`, 'ACSC');
      await place.until(`/v1/bulk-payments/${bulk.id}`, 'ACSC');
      const after = await place.app.read<Consent>(`/v1/consents/${consent.id}`, attended);
      same('the consent', after.status, 'authorised');
    },
  },
  {
    name: 'signing basket that is dissolved: its member is signed alone',
    run: async (place) => {
      const psu = await place.psu();
      const { payment } = await members(place, psu);
      const path = await basketOf(place, psu, [payment.id], []);
      same('the basket', (await place.remove<{ status: string }>(path)).status, 'removed');
      await place.sign(psu, `/v1/payments/${payment.id}`);
      await place.until(`/v1/payments/${payment.id}`, 'ACSC');
    },
  },
  {
    name: 'signing basket that two have to sign',
    run: async (place) => {
      const [first, second] = await signers(place);
      const { payment } = await members(place, first);
      const path = await basketOf(place, first, [payment.id], []);
      const basket = await place.app.read<{ authorisationId: string }>(path);
      await place.authorise(first, path, basket);
      await place.until(`/v1/payments/${payment.id}`, 'PATC');
      await place.sign(second, path);
      await place.until(`/v1/payments/${payment.id}`, 'ACSC');
    },
  },
];

async function members(place: Place, psu: Psu) {
  const signInBasket = true;
  return {
    payment: await place.order(psu, '8.90', { signInBasket }),
    bulk: await place.bulk(psu, ['1.01', '2.02'], { signInBasket }),
    consent: await place.ask(psu, { signInBasket }),
  };
}

async function basketOf(
  { app, world: { redirectUri } }: Place,
  psu: Psu,
  paymentIds: readonly string[],
  consentIds: readonly string[],
): Promise<string> {
  const body = { paymentIds, consentIds, psu: { id: psu.id }, redirectUri };
  const reply = await app.post<{ id: string }>('/v1/signing-baskets', body);
  return `/v1/signing-baskets/${expectStatus(reply, 201, 'POST /v1/signing-baskets').id}`;
}

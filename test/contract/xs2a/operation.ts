import type { Consent } from '../../e2e/answers.js';
import { dayFromNow } from '../../e2e/orders.js';
import type { Psu } from '../../e2e/psu.js';
import type { Order, Place } from './place.js';

type Members = Readonly<Record<string, unknown>>;

/** Something that the interface can do, tried at one place from the app's first request to the bank's last word. */
export interface Operation {
  readonly name: string;
  /** Ways of SCA that it does not go with, and why: by the start of their names. */
  readonly unfit?: Readonly<Record<string, string>>;
  /** @throws Error where it does not work */
  readonly run: (place: Place) => Promise<void>;
}

export const inAWeek = { executionDate: dayFromNow(7) };

/** A consent that its PSU has given in the way of the place. */
export async function consented(place: Place, psu: Psu, more: Members = {}, settings: Members = {}): Promise<Consent> {
  const { sca, ...consent } = await place.consent(psu, more, settings);
  same('status of the consent', consent.status, 'authorised');
  same('approach', sca.authorisation.approach, place.way.approach);
  return consent;
}

/** The PSU's SCA of an order, and the bank's word after it. */
export async function authorised(
  place: Place,
  psu: Psu,
  list: string,
  order: Order,
  isoStatus: string,
): Promise<Order> {
  const path = `${list}/${order.id}`;
  same('before the SCA', [order.status, order.isoStatus], ['awaitingAuthorisation', 'RCVD']);
  const { steps, authorisation } = await place.authorise(psu, path, order);
  same('steps', steps, place.steps);
  same('approach', authorisation.approach, place.way.approach);
  return place.until(path, isoStatus);
}

/** How many transfers the bank has executed so far. */
export async function executed({ bank }: Place): Promise<number> {
  return (await bank.ledger()).counts.executed;
}

/** By an SCA of its own (202), in the same way as the payment; and no money moves. */
export async function cancelled(place: Place, psu: Psu, path: string, executedBefore: number): Promise<void> {
  const { asked, sca } = await place.cancel(psu, path);
  same('the cancellation waits', [asked.final, asked.nextStep?.type], [false, place.steps[0]]);
  same('its SCA', [sca?.steps, sca?.authorisation.approach], [place.steps, place.way.approach]);
  const end = await place.until(path, 'CANC');
  same('end', [end.status, await executed(place)], ['cancelled', executedBefore]);
}

/** Karla owns the account, and Ludwig has to agree. */
export async function signers(place: Place): Promise<readonly [Psu, Psu]> {
  return [await place.psu('karla.corporate'), await place.psu('ludwig.corporate')];
}

/** @throws Error where there is none */
export function holds<T>(what: string, value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error(`${what}: there is none`);
  return value;
}

/** @throws Error where they differ as JSON */
export function same(what: string, seen: unknown, wanted: unknown): void {
  const [left, right] = [seen, wanted].map((one) => JSON.stringify(one));
  if (left !== right) throw new Error(`${what}: ${left} in place of ${right}`);
}

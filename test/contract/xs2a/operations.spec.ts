import { OPERATIONS } from '../../../apps/sandbox/src/xs2a/operations.js';
import { startWorld, type World } from '../../e2e/world.js';
import type { Operation } from './operation.js';
import { operations } from './operations.js';
import { Place } from './place.js';
import { unneeded } from './unneeded.js';
import { type Way, ways } from './ways.js';

/*
 * Every operation of the interface in every way of SCA that it goes with, through our API.
 *
 * Negative controls, each carried out once against a changed build:
 * - a cancellation that takes 202 for done: no SCA is asked for, and each way says so;
 * - a bulk in JSON with its first item only: nothing is executed, our copy differs from the bank's;
 * - orders for a basket without TPP-Explicit-Authorisation-Preferred: the implicit ways refuse the basket;
 * - the next signer with the tokens of the first: the bank refuses both OAuth ways, and so the second signature;
 * - the next signer of a cancellation opened for the payment in its place: the bank refuses it in every way.
 */

let world: World;
let places: readonly Place[];
beforeAll(async () => {
  world = await startWorld();
  places = await Promise.all(ways.map((way, index) => Place.open(world, way, index)));
});
afterAll(async () => {
  await world.stop();
});

/** Why an operation does not go with a way; undefined where it does. */
function unfit({ unfit: reasons = {} }: Operation, { name }: Way): string | undefined {
  return Object.entries(reasons).find(([start]) => name.startsWith(start))?.[1];
}

// Each bank is of one way, so that the ways of one operation go side by side.
it.each(operations.map((operation) => [operation.name, operation] as const))('%s', async (_, operation) => {
  const fitting = places.filter(({ way }) => unfit(operation, way) === undefined);
  const went = await Promise.all(
    fitting.map(async (place) => {
      const end = await operation.run(place).then(
        () => 'went',
        (error: unknown) => String(error),
      );
      return [place.way.name, end] as const;
    }),
  );
  expect(Object.fromEntries(went)).toEqual(Object.fromEntries(fitting.map(({ way }) => [way.name, 'went'])));
});

it('no exception is made for a way that is not there', () => {
  for (const { name, unfit: reasons = {} } of operations) {
    for (const start of Object.keys(reasons)) {
      expect([name, start, ways.some((way) => way.name.startsWith(start))]).toEqual([name, start, true]);
    }
  }
});

it('every other operation of the interface was asked for', async () => {
  const ledgers = await Promise.all(places.map(({ bank }) => bank.ledger()));
  const asked = new Set(ledgers.flatMap(({ calls }) => Object.keys(calls)));
  expect(OPERATIONS.filter((operation) => !asked.has(operation)).toSorted()).toEqual(Object.keys(unneeded).toSorted());
});

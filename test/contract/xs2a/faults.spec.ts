import { OPERATIONS } from '../../../apps/sandbox/src/xs2a/operations.js';
import { startWorld, type World } from '../../e2e/world.js';
import type { Operation } from './operation.js';
import { operations } from './operations.js';
import { Place } from './place.js';
import { unneeded } from './unneeded.js';
import { type Way, ways } from './ways.js';

/*
 * Every operation of the simulated bank fails once in the middle of one of ours: that one goes on all the same, or our API says whose
 * fault it is.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

/** Between them, they and these ways need every operation. */
const stories = [
  'consent to all accounts; accounts, balances, transactions; end of the consent',
  'standing orders, trusted beneficiaries, owner, details of one transaction',
  'transactions behind a download link',
  'card accounts with balances and transactions',
  'consent to confirmations of funds, and one',
  'payments/sepa-credit-transfers for a later day, cancelled',
  'signing basket with a payment, a bulk payment and a consent',
  'signing basket that is dissolved: its member is signed alone',
];
const meant = ['embedded with a choice, explicit', 'OAuth, explicit', 'decoupled, explicit'];

/** How the bank fails, and what our API then says where it cannot go on. */
const faults = [
  [{ kind: 'error', httpStatus: 503 }, /"code":"institution_unavailable"/],
  [{ kind: 'wrongJson' }, /"code":"institution_(answer_unreadable|unavailable)"/],
] as const;
/** An initiation whose answer was lost may have arrived: nobody knows, and it is not sent again. */
const nobodyKnows = /answered with 202 .*"status":"unknown"/;

/** The PSU was at the bank and is back: our API says that the bank is asked again. */
const oneWaitMore = /\["redirect","wait"\]/;

interface Scene {
  readonly bankOperation: string;
  readonly operation: Operation;
  readonly way: Way;
}

/** Which of ours needs which of the bank's, found out by doing them. */
async function scenes(): Promise<readonly Scene[]> {
  const found = new Map<string, Scene>();
  const chosen = ways.filter(({ name }) => meant.includes(name));
  const seen = await Promise.all(
    chosen.map(async (way, index) => {
      const place = await Place.open(world, way, index);
      const own: Scene[] = [];
      for (const operation of operations.filter(({ name }) => stories.includes(name))) {
        const { calls: before } = await place.bank.ledger();
        await operation.run(place);
        const { calls } = await place.bank.ledger();
        const used = Object.keys(calls).filter((name) => (calls[name] ?? 0) > (before[name] ?? 0));
        own.push(...used.map((bankOperation) => ({ bankOperation, operation, way })));
      }
      return own;
    }),
  );
  for (const scene of seen.flat()) if (!found.has(scene.bankOperation)) found.set(scene.bankOperation, scene);
  return [...found.values()];
}

/** The operation with each of the faults in turn. @returns what was not as it should be */
async function act({ bankOperation, operation, way }: Scene, index: number): Promise<readonly string[]> {
  const place = await Place.open(world, way, index);
  const wrong: string[] = [];
  for (const [fault, says] of faults) {
    await place.bank.fault({ ...fault, match: { operation: bankOperation }, count: 1 });
    const end = await operation.run(place).then(
      () => null,
      (error: unknown) => String(error),
    );
    const { faults: struck } = await place.bank.control<{ faults: { applied: number }[] }>('GET', '/faults');
    await place.bank.mend();
    const unknown = bankOperation === 'payments.initiate' && nobodyKnows.test(end ?? '');
    const told = end === null || says.test(end) || oneWaitMore.test(end) || unknown;
    if (!told) wrong.push(`${bankOperation}, ${fault.kind}: ${end}`);
    if (struck[0]?.applied !== 1) wrong.push(`${bankOperation}, ${fault.kind}: it never struck`);
  }
  return wrong;
}

it('every operation of the bank can fail once', async () => {
  const all = await scenes();
  expect(all.map(({ bankOperation }) => bankOperation).toSorted()).toEqual(
    OPERATIONS.filter((operation) => !(operation in unneeded)).toSorted(),
  );
  const wrong: string[] = [];
  // Eight banks at a time.
  for (let start = 0; start < all.length; start += 8) {
    const some = all.slice(start, start + 8);
    wrong.push(...(await Promise.all(some.map((scene, index) => act(scene, 10 + start + index)))).flat());
  }
  expect(wrong).toEqual([]);
});

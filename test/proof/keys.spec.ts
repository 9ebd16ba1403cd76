import { randomUUID } from 'node:crypto';
import { Api, expectStatus } from '../e2e/api.js';
import { MockBank } from '../e2e/mockbank.js';
import { paymentOrder, postPayment } from '../e2e/orders.js';
import { mockBankPsu } from '../e2e/psu.js';
import { startWorld, type World } from '../e2e/world.js';
import { Dice, report, size } from './proof.js';

/*
 * Equal keys at once, over HTTP, against the ledger of the bank. Negative controls: check-then-act as a double below; and, carried
 * out against a changed build, payments.spec.ts (check, then insert: the bank saw all of 100).
 */

const requests = 200;
const rounds = size(10, 1);
/** So many have another body, among the equal ones and again after them. */
const strangers = Array.from({ length: 20 });

let world: World;
let other: Api;
beforeAll(async () => {
  world = await startWorld();
  other = await anotherApp(world.admin);
});
afterAll(async () => {
  await world.stop();
});

async function anotherApp(admin: Api): Promise<Api> {
  const body = { name: 'Other', redirectUris: [world.redirectUri], scopes: ['payments', 'institutions'] };
  const { id } = expectStatus(await admin.post<{ id: string }>('/v1/apps', body), 201, 'POST /v1/apps');
  const made = await admin.post<{ clientId: string; clientSecret: string }>(`/v1/apps/${id}/credentials`, {});
  return Api.connect(admin.url, expectStatus(made, 201, 'POST credentials'));
}

describe(`${requests} requests with one key at once`, () => {
  it('make one payment and give one answer; another body is refused, another app has its own payment', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'keys');
    const connection = await world.connect('xs2a', bank.settings());
    const psu = await mockBankPsu(bank, 'anna.embedded');
    const [body, otherBody] = ['17.00', '17.01'].map((amount) => paymentOrder(world, connection, psu, amount));
    const counts = { requests: 0, answered: 0, inProgress: 0, mismatched: 0, mismatchedAmong: 0, payments: 0 };
    const dice = new Dice();
    for (let round = 0; round < rounds; round += 1) {
      const key = randomUUID();
      const before = (await bank.ledger()).counts.initiations;
      // In between them, others with another body.
      const bodies = dice.shuffled([
        ...Array.from({ length: requests }, () => body),
        ...strangers.map(() => otherBody),
      ]);
      const replies = await Promise.all(
        bodies.map(async (sent) => ({ sent, ...(await postPayment(world.app, sent, key)) })),
      );
      // Whoever came first has the key, whichever body that was; from then on only that one is answered.
      const [first, second] = [await postPayment(world.app, body, key), await postPayment(world.app, otherBody, key)];
      expect(new Set([first.status, second.status])).toEqual(new Set([201, 422]));
      const [taken, later] = first.status === 201 ? [body, first] : [otherBody, second];
      expect(later.headers.get('idempotent-replayed')).toBe('true');
      const equal = replies.filter(({ sent }) => sent === taken);
      const answers = equal.filter(({ status }) => status === 201);
      const waiting = equal.filter(({ status }) => status === 409);
      const among = replies.filter(({ sent }) => sent !== taken);
      expect(answers.length + waiting.length).toBe(equal.length);
      expect(answers.length).toBeGreaterThan(0);
      expect(among.map(({ status }) => status)).toEqual(among.map(() => 422));
      // All the same, word for word, and so is every later one.
      expect(new Set([...answers, later].map((answer) => JSON.stringify(answer.body))).size).toBe(1);
      const wrong = taken === body ? otherBody : body;
      const different = await Promise.all(strangers.map(() => postPayment(world.app, wrong, key)));
      expect(different.map(({ status }) => status)).toEqual(different.map(() => 422));
      expect((await bank.ledger()).counts.initiations - before).toBe(1);
      const theirs = await postPayment(other, body, key);
      expect([theirs.status, theirs.body.id === later.body.id]).toEqual([201, false]);
      expect((await bank.ledger()).counts.initiations - before).toBe(2);
      counts.requests += replies.length;
      counts.answered += answers.length;
      counts.inProgress += waiting.length;
      counts.mismatched += different.length;
      counts.mismatchedAmong += among.length;
      counts.payments += 2;
    }
    report('keys', { ...counts, initiations: (await bank.ledger()).counts.initiations });
  });

  it('make more than one where somebody checks and then acts (negative control)', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'keys-control');
    const connection = await world.connect('xs2a', bank.settings());
    const body = paymentOrder(world, connection, await mockBankPsu(bank, 'anna.embedded'), '17.00');
    const known = new Map<string, Promise<unknown>>();
    /** Looks whether the key was used; if not, pays and remembers it. */
    const checkThenAct = async (key: string): Promise<unknown> => {
      const before = await Promise.resolve(known.get(key));
      if (before) return before;
      const paid = await postPayment(world.app, body);
      known.set(key, Promise.resolve(paid));
      return paid;
    };
    await Promise.all(Array.from({ length: 20 }, () => checkThenAct('one-key')));
    const { counts } = await bank.ledger();
    report('keys', { control: 'check-then-act', requests: 20, initiations: counts.initiations });
    expect(counts.initiations).toBeGreaterThan(1);
  });
});

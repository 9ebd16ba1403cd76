import { randomUUID } from 'node:crypto';
import { readTimeline, untilFinal, untilStatus } from './follow.js';
import { MockBank } from './mockbank.js';
import { paymentOrder, postPayment } from './orders.js';
import { authorise, mockBankPsu } from './psu.js';
import { startWorld, type World } from './world.js';

/*
 * Negative controls, each carried out once against a changed build:
 * - PaymentSender sending a second time when the first one failed: the ledger shows two initiations;
 * - `outcome-unknown` taken for `not-sent` in PaymentSender: 502 instead of 202, and the same key sends again;
 * - a random X-Request-ID instead of the one derived from the payment's id: what is found out is a second payment.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

async function openBank(name: string, more: Readonly<Record<string, unknown>> = {}) {
  const bank = new MockBank(world.stack.sandboxUrl, name);
  await bank.settleAtOnce();
  const connection = await world.connect('xs2a', bank.settings(more));
  const psu = await mockBankPsu(bank, 'anna.embedded');
  return { bank, connection, psu, body: paymentOrder(world, connection, psu, '31.00') };
}

const initiation = { operation: 'payments.initiate' };

describe('the answer to an initiation is lost', () => {
  it.each([
    ['reset', { kind: 'reset', when: 'after' }, 1],
    ['error', { kind: 'error', when: 'after', httpStatus: 503 }, 1],
    ['html', { kind: 'html', when: 'after' }, 1],
    ['wrong-json', { kind: 'wrongJson', when: 'after', httpStatus: 201 }, 1],
    ['reset-before', { kind: 'reset', when: 'before' }, 0],
    ['error-before', { kind: 'error', when: 'before', httpStatus: 500 }, 0],
  ])('%s: 202 and unknown, whatever the bank made of it, and never a second initiation', async (name, fault, made) => {
    const { bank, body } = await openBank(name);
    await bank.fault({ ...fault, match: initiation, count: 1 });
    const key = randomUUID();
    const first = await postPayment(world.app, body, key);
    expect([first.status, first.body.status, first.body.isoStatus, first.body.final]).toEqual([
      202,
      'unknown',
      null,
      false,
    ]);
    const again = await postPayment(world.app, body, key);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, payments: made });
    const timeline = await readTimeline(world.app, first.body.id);
    expect(timeline).toMatchObject([{ source: 'initiation', why: 'outcome-unknown', isoStatus: null }]);
  });

  it('is found out once where the bank replays initiations, and the payment goes on', async () => {
    const { bank, psu, body } = await openBank('replays', { initiationReplay: true });
    await bank.fault({ kind: 'reset', when: 'after', match: initiation, count: 1 });
    const { status, body: payment } = await postPayment(world.app, body);
    expect([status, payment.status]).toEqual([202, 'unknown']);
    const found = await untilStatus(world.app, payment.id, 'awaitingAuthorisation');
    await authorise(world.app, psu, found.authorisationId ?? '');
    expect(await untilFinal(world.app, payment.id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
    expect((await bank.ledger()).counts).toMatchObject({ accepted: 1, replayed: 1, payments: 1, executed: 1 });
  });

  it('gives 503 and a free key where not a byte left us, and the same key pays once the bank is back', async () => {
    const bank = new MockBank(world.stack.sandboxUrl, 'unreachable');
    const settings = bank.settings();
    // Port 1 of this machine: nobody listens there.
    const connection = await world.connect('xs2a', { ...settings, baseUrl: 'http://127.0.0.1:1/xs2a' });
    const psu = await mockBankPsu(bank, 'anna.embedded');
    const body = paymentOrder(world, connection, psu, '32.00');
    const key = randomUUID();
    const refused = await postPayment(world.app, body, key);
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({
      code: 'institution_unavailable',
      source: 'institution',
      retry: { safe: true },
    });
    expect(refused.headers.get('retry-after')).not.toBeNull();

    const patched = await world.admin.patch(`/v1/connections/${connection.id}`, {
      settings: { baseUrl: bank.baseUrl },
    });
    expect(patched.status).toBe(200);
    const taken = await postPayment(world.app, body, key);
    expect([taken.status, taken.body.isoStatus]).toEqual([201, 'RCVD']);
    expect((await bank.ledger()).counts).toMatchObject({ initiations: 1, payments: 1 });
  });
});

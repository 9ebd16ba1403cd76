import { jest } from '@jest/globals';
import { type IsoPaymentStatus, parseMoney } from '@tributary/domain';
import { type Payment, PaymentEntity, PaymentObservationEntity } from '@tributary/persistence';
import { systemClock } from '@tributary/platform';
import {
  type AuthorisationSnapshot,
  type CallContext,
  type PaymentInitiation,
  type PaymentSnapshot,
  type Provider,
  ProviderError,
  type ProviderErrorKind,
  type Recovery,
} from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { pollAll } from '../../../../test/poll.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { observe, observeSending } from './observe.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentsService } from './payments.service.js';

/** A bank whose ledger is what counts: what it was told to pay, and how often. */
class SpecBank {
  initiations: string[] = [];
  status: IsoPaymentStatus = 'RCVD';
  amount: string | null = null;
  /** What becomes of the next initiations: an error before or after the bank took the order. */
  faults: { readonly kind: ProviderErrorKind; readonly taken: boolean }[] = [];
  delayMs = 0;

  readonly payments: Omit<PaymentInitiation, 'recovery'> & { recovery: Recovery };

  constructor() {
    this.payments = {
      recovery: { by: 'none' },
      check: () => undefined,
      initiate: async (payment) => {
        await new Promise((resolve) => setTimeout(resolve, this.delayMs));
        const fault = this.faults.shift();
        if (!fault || fault.taken) {
          // The key of the order: a bank that honours it pays once.
          if (this.payments.recovery.by !== 'provider-key' || !this.initiations.includes(payment.id)) {
            this.initiations.push(payment.id);
          }
        }
        if (fault) throw error(fault.kind);
        return this.snapshot(`ref-${payment.id}`);
      },
      fetch: (payment) => Promise.resolve(this.snapshot(payment.reference ?? '')),
      findByReference: (payment) =>
        Promise.resolve(this.initiations.includes(payment.id) ? this.snapshot(`ref-${payment.id}`) : null),
    };
  }

  snapshot(reference: string): PaymentSnapshot {
    return {
      reference,
      status: this.status,
      upstreamStatus: this.status,
      continuation: null,
      observedAt: new Date(),
      raw: { transactionStatus: this.status },
      ...(this.amount === null ? {} : { amount: parseMoney(this.amount, 'EUR') }),
    };
  }
}

const error = (kind: ProviderErrorKind) =>
  new ProviderError({ kind, provider: 'spec', operation: 'initiatePayment', message: 'as the spec wants it' });

const context: CallContext = { traceId: 'spec', psu: {} };
let bank: SpecBank;
let banking: TestBanking;
let payments: PaymentsService;

beforeAll(async () => {
  bank = new SpecBank();
  const provider: Provider = {
    institutions: { list: () => Promise.resolve([]) },
    get payments() {
      return bank.payments;
    },
    close: () => Promise.resolve(),
  };
  banking = await startBanking(provider);
  payments = banking.get(PaymentsService);
});
beforeEach(async () => {
  bank = new SpecBank();
  // What earlier specs left open is none of this one's business.
  await banking.database.query('UPDATE payments SET next_poll_at = NULL, final = true');
});
afterAll(async () => {
  await banking.stop();
});

const order = (amount?: string) => banking.order(amount);

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;

async function row(id: string): Promise<Payment> {
  return banking.database.getRepository(PaymentEntity).findOneByOrFail({ id });
}

async function timeline(id: string) {
  const rows = await banking.database
    .getRepository(PaymentObservationEntity)
    .find({ where: { paymentId: id }, order: { sequence: 'ASC' } });
  return rows.map(({ source, upstreamStatus, applied, why }) => [source, upstreamStatus, applied, why]);
}

async function eventsOf(id: string): Promise<string[]> {
  const rows = await banking.database.query<{ type: string }[]>(
    'SELECT type FROM outbox WHERE subject_id = $1 ORDER BY id',
    [id],
  );
  return rows.map(({ type }) => type);
}

/** The payment's SCA: its name at the bank, and whether somebody looks at it before it lapses. */
async function scaOf(paymentId: string): Promise<unknown> {
  const [found] = await banking.database.query<unknown[]>(
    `SELECT reference, next_poll_at < now() + interval '10 minutes' AS starts FROM authorisations WHERE subject_id = $1`,
    [paymentId],
  );
  return found;
}

/** By the database's clock; not positive: due. */
async function secondsToPoll(id: string): Promise<number> {
  const [found] = await banking.database.query<{ seconds: number }[]>(
    'SELECT extract(epoch FROM next_poll_at - now())::float8 AS seconds FROM payments WHERE id = $1',
    [id],
  );
  return found?.seconds ?? Number.NaN;
}

const poll = () => pollAll(banking);

describe('the intent', () => {
  it('is on disk before the bank hears of it', async () => {
    const seen: string[] = [];
    const honest = bank.payments;
    const initiate: PaymentInitiation['initiate'] = async (held, ...rest) => {
      // Another connection of the pool: it sees only what is committed.
      const [found] = await banking.database.query<{ send_state: string }[]>(
        'SELECT send_state FROM payments WHERE id = $1',
        [held.id],
      );
      seen.push(found?.send_state ?? 'nothing');
      return honest.initiate(held, ...rest);
    };
    Object.assign(bank, { payments: { ...honest, initiate } });
    await payments.initiate(banking.appId, order(), newKey(), context);
    expect(seen).toEqual(['sending']);
  });

  it('is sent once, however many requests carry its key at once, from two processes', async () => {
    // Negative control: without the UNIQUE constraint and its ON CONFLICT (check, then insert) the bank saw all 100.
    bank.delayMs = 50;
    const second = await banking.secondProcess();
    const key = newKey();
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? payments : second.get(PaymentsService)).initiate(banking.appId, order(), key, context),
      ),
    );
    await second.stop();
    expect(bank.initiations).toHaveLength(1);
    const answers = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.payment] : []));
    const refusals = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as { code?: string }] : []));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(new Set(refusals.map((refusal) => refusal.code))).toEqual(new Set(['idempotency_in_progress']));
    const replay = await payments.initiate(banking.appId, order(), key, context);
    expect(replay).toEqual({ payment: answers[0], replayed: true });
  });

  it('refuses its key for another order, whatever the order of members', async () => {
    const key = newKey();
    await payments.initiate(banking.appId, order(), key, context);
    await expect(payments.initiate(banking.appId, order('12.35'), key, context)).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    const { order: inner, ...rest } = order();
    await expect(payments.initiate(banking.appId, { order: inner, ...rest }, key, context)).resolves.toMatchObject({
      replayed: true,
    });
    expect(bank.initiations).toHaveLength(1);
  });
});

describe('an answer that never came', () => {
  it.each([true, false])('leaves the payment unknown and is never sent again (bank took it: %s)', async (taken) => {
    bank.faults = [{ kind: 'outcome-unknown', taken }];
    const key = newKey();
    const { payment } = await payments.initiate(banking.appId, order(), key, context);
    expect(payment.status).toBe('unknown');
    for (let turn = 0; turn < 3; turn += 1) await poll();
    expect(await payments.initiate(banking.appId, order(), key, context)).toMatchObject({ replayed: true });
    expect(bank.initiations).toHaveLength(taken ? 1 : 0);
    expect((await row(payment.id)).state).toBe('unknown');
    expect(await timeline(payment.id)).toEqual([['initiation', 'outcome-unknown', true, 'outcome-unknown']]);
  });

  it.each([true, false])('is found out with the provider key (bank took it: %s)', async (taken) => {
    bank.payments.recovery = { by: 'provider-key' };
    bank.faults = [{ kind: 'outcome-unknown', taken }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    await poll();
    expect(bank.initiations).toEqual([payment.id]);
    expect(await row(payment.id)).toMatchObject({ sendState: 'sent', isoStatus: 'RCVD', sendAttempts: 2 });
  });

  it('stays unknown when the second sending surely did not leave: that says nothing about the first', async () => {
    bank.payments.recovery = { by: 'provider-key' };
    bank.faults = [
      { kind: 'outcome-unknown', taken: true },
      { kind: 'unavailable', taken: false },
    ];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    await poll();
    expect((await row(payment.id)).state).toBe('unknown');
    await poll();
    expect(await row(payment.id)).toMatchObject({ sendState: 'sent', state: 'processing' });
    expect(bank.initiations).toHaveLength(1);
  });

  it('is looked up by reference, but only after the quiet time', async () => {
    bank.payments.recovery = { by: 'look-up-by-reference', quietSeconds: 3_600 };
    bank.faults = [{ kind: 'outcome-unknown', taken: true }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    await poll();
    expect((await row(payment.id)).state).toBe('unknown');
    bank.payments.recovery = { by: 'look-up-by-reference', quietSeconds: 0 };
    await poll();
    expect((await row(payment.id)).reference).toBe(`ref-${payment.id}`);
  });

  it('is unknown, too, when the sender died: its lease ends, nobody sends again', async () => {
    bank.faults = [{ kind: 'outcome-unknown', taken: true }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    // As the row is when the process is killed between the request and its answer.
    await banking.database.query(
      `UPDATE payments SET send_state = 'sending', upstream_status = NULL,
              send_lease_until = now() - interval '1 second', state = 'processing' WHERE id = $1`,
      [payment.id],
    );
    await poll();
    expect((await row(payment.id)).state).toBe('unknown');
    expect(bank.initiations).toHaveLength(1);
  });

  it('is left to its sender while the lease holds', async () => {
    bank.payments.recovery = { by: 'provider-key' };
    bank.faults = [{ kind: 'outcome-unknown', taken: true }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    await banking.database.query(
      `UPDATE payments SET send_state = 'sending', send_lease_until = now() + interval '1 minute' WHERE id = $1`,
      [payment.id],
    );
    await poll();
    expect(await row(payment.id)).toMatchObject({ sendState: 'sending', sendAttempts: 1 });
    // Due again when the lease ends. Negative control, carried out once: with no outcome it stayed due.
    expect(await secondsToPoll(payment.id)).toBeGreaterThan(30);
  });

  // Negative control, carried out once: with the clock of the process, the first is looked up at once, the second taken over.
  it('is judged by the database’s clock, however far ahead that of the process is', async () => {
    const clock = jest.spyOn(systemClock, 'now').mockImplementation(() => new Date(Date.now() + 86_400_000));
    try {
      bank.payments.recovery = { by: 'look-up-by-reference', quietSeconds: 3_600 };
      bank.faults = [
        { kind: 'outcome-unknown', taken: true },
        { kind: 'outcome-unknown', taken: true },
      ];
      const { payment: quiet } = await payments.initiate(banking.appId, order(), newKey(), context);
      const { payment: leased } = await payments.initiate(banking.appId, order(), newKey(), context);
      await banking.database.query(
        `UPDATE payments SET send_state = 'sending', send_lease_until = now() + interval '1 minute' WHERE id = $1`,
        [leased.id],
      );
      await poll();
      expect(await row(quiet.id)).toMatchObject({ reference: null, state: 'unknown' });
      expect(await row(leased.id)).toMatchObject({ reference: null, sendState: 'sending' });
    } finally {
      clock.mockRestore();
    }
  });
});

describe('a sender that comes late', () => {
  const facts = { upstreamStatus: 'late', at: new Date() };

  it.each(['refused', 'not-sent', 'outcome-unknown'] as const)(
    'does not overwrite what the bank said since: %s',
    // Negative control: without the look at what is known (`maySay`) ACSC became RJCT, and a sent payment became `created`.
    async (finding) => {
      const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
      bank.status = 'ACSC';
      await poll();
      const recorder = banking.get(PaymentRecorder);
      await recorder.record(payment.id, (current) =>
        observeSending(current, finding, 'initiation', { ...facts, attempt: 1 }),
      );
      expect(await row(payment.id)).toMatchObject({ sendState: 'sent', isoStatus: 'ACSC', final: true });
      expect((await timeline(payment.id)).at(-1)).toEqual(['initiation', 'late', false, finding]);
    },
  );

  it('leaves the ISO status of a payment open that its PSU declined before it was sent: no bank spoke about it', async () => {
    bank.faults = [{ kind: 'unavailable', taken: false }];
    await expect(payments.initiate(banking.appId, order(), newKey(), context)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    const [unsent] = await banking.database.query<{ id: string }[]>(
      `SELECT id FROM payments WHERE send_state = 'created' ORDER BY id DESC LIMIT 1`,
    );
    await banking
      .get(PaymentRecorder)
      .record(unsent?.id ?? '', (current) =>
        observeSending(current, 'declined', 'callback', { ...facts, upstreamStatus: 'no code' }),
      );
    expect(await row(unsent?.id ?? '')).toMatchObject({ state: 'rejected', isoStatus: null, final: true });
  });

  it('says nothing about another sending than its own', async () => {
    bank.faults = [{ kind: 'outcome-unknown', taken: true }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    const recorder = banking.get(PaymentRecorder);
    await recorder.record(payment.id, (current) =>
      observeSending(current, 'refused', 'initiation', { ...facts, attempt: 7 }),
    );
    expect((await row(payment.id)).state).toBe('unknown');
  });
});

describe('a second sending', () => {
  it.each(['rejected', 'unsupported', 'unauthorised', 'rate-limited', 'malformed'] as const)(
    'that is %s says nothing about the first: the payment stays unknown',
    // Negative control: when a refusal of the second sending counted, the payment ended as RJCT while the bank had it.
    async (kind) => {
      bank.payments.recovery = { by: 'provider-key' };
      bank.faults = [
        { kind: 'outcome-unknown', taken: true },
        { kind, taken: false },
      ];
      const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
      await poll();
      expect(await row(payment.id)).toMatchObject({ state: 'unknown', final: false });
      await banking.database.query('UPDATE payments SET send_lease_until = NULL WHERE id = $1', [payment.id]);
      await poll();
      expect(await row(payment.id)).toMatchObject({ sendState: 'sent', isoStatus: 'RCVD' });
      expect(bank.initiations).toHaveLength(1);
    },
  );
});

describe('an answer to the order that does not fit it', () => {
  it('keeps the reference, believes nothing and asks the PSU for nothing', async () => {
    bank.amount = '99.99';
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    expect(payment).toMatchObject({ reference: `ref-${payment.id}`, isoStatus: null, nextStep: null });
    expect((await row(payment.id)).sendState).toBe('sent');
  });

  it('is not taken when it names another payment of ours', async () => {
    const snapshot = bank.snapshot('the-same');
    Object.assign(bank.payments, { initiate: () => Promise.resolve(snapshot) });
    const first = await payments.initiate(banking.appId, order(), newKey(), context);
    const second = await payments.initiate(banking.appId, order(), newKey(), context);
    expect([first.payment.reference, second.payment.reference]).toEqual(['the-same', null]);
    expect((await timeline(second.payment.id)).at(-1)).toEqual(['initiation', 'RCVD', false, 'reference-taken']);
    expect(await eventsOf(second.payment.id)).toEqual(['payment.conflict']);
    // Nothing can be asked about it: not due again at once, for ever.
    await poll();
    expect(await secondsToPoll(second.payment.id)).toBeGreaterThan(600);
  });

  const authorisation: AuthorisationSnapshot = {
    reference: 'sca-of-the-first',
    approach: 'redirect',
    scaStatus: 'received',
    upstreamStatus: 'received',
    nextStep: { type: 'redirect', url: 'https://bank.example.com/sign' },
    continuation: {},
    observedAt: new Date(),
  };

  // Negative controls, carried out once: while what the first try of the write believed counted, the PSU of the second payment
  // got the first one's page, and the worker was told to open an SCA for it; with no event of its own, no app heard of it.
  it.each([true, false])('opens no SCA under the name of another payment (one came with it: %s)', async (came) => {
    const snapshot = { ...bank.snapshot(`the-same-${came}`), ...(came && { authorisation }) };
    Object.assign(bank.payments, { initiate: () => Promise.resolve(snapshot) });
    const first = await payments.initiate(banking.appId, order(), newKey(), context);
    const second = await payments.initiate(banking.appId, order(), newKey(), context);
    const begun = { reference: came ? 'sca-of-the-first' : null, starts: true };
    expect(await scaOf(first.payment.id)).toEqual(begun);
    expect(await scaOf(second.payment.id)).toEqual({ reference: null, starts: false });
    expect(second.payment).toMatchObject({ reference: null, nextStep: null, status: 'processing' });
    expect(await eventsOf(second.payment.id)).toEqual(['payment.conflict']);
  });

  // Negative control, carried out once: with the SCA opened before anybody compared, the worker was told to open it.
  it.each(['12.34', '99.99'])('that is looked up opens its SCA only where it fits: %s', async (amount) => {
    bank.payments.recovery = { by: 'look-up-by-reference', quietSeconds: 0 };
    bank.faults = [{ kind: 'outcome-unknown', taken: true }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    bank.amount = amount;
    await poll();
    const fits = amount === '12.34';
    expect((await timeline(payment.id)).at(-1)?.[3]).toBe(fits ? 'first' : 'amount-mismatch');
    expect(await scaOf(payment.id)).toEqual({ reference: null, starts: fits });
  });

  // Negative control, carried out once: with the references not compared, the second payment got the SCA of the first.
  it('that is looked up and found under the name of another gets no SCA of its', async () => {
    const first = await payments.initiate(banking.appId, order(), newKey(), context);
    const payment = await unknownThatIsLookedUp();
    const snapshot = { ...bank.snapshot(first.payment.reference ?? ''), authorisation };
    Object.assign(bank.payments, { findByReference: () => Promise.resolve(snapshot) });
    await poll();
    expect(await row(payment.id)).toMatchObject({ sendState: 'sent', reference: null });
    expect(await scaOf(payment.id)).toMatchObject({ reference: null });
    expect(await eventsOf(payment.id)).toContain('payment.conflict');
  });

  // Negative control, carried out once: with nothing planned before the payment was written, nobody ever opened its SCA.
  it('that is looked up has its SCA opened by the worker if its finder dies between the two writes', async () => {
    const payment = await unknownThatIsLookedUp();
    const snapshot = { ...bank.snapshot(`ref-${payment.id}`), authorisation };
    Object.assign(bank.payments, { findByReference: () => Promise.resolve(snapshot) });
    const dying = jest.spyOn(banking.get(AuthorisationsService), 'record').mockRejectedValue(new Error('it died'));
    await poll();
    dying.mockRestore();
    expect(await row(payment.id)).toMatchObject({ reference: `ref-${payment.id}` });
    expect(await scaOf(payment.id)).toEqual({ reference: null, starts: true });
  });

  async function unknownThatIsLookedUp(): Promise<Payment> {
    bank.payments.recovery = { by: 'look-up-by-reference', quietSeconds: 0 };
    bank.faults = [{ kind: 'outcome-unknown', taken: true }];
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    return row(payment.id);
  }
});

describe('a sending that surely did nothing', () => {
  it('may be tried again with the same key', async () => {
    bank.faults = [{ kind: 'unavailable', taken: false }];
    const key = newKey();
    await expect(payments.initiate(banking.appId, order(), key, context)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    const { payment, replayed } = await payments.initiate(banking.appId, order(), key, context);
    expect(replayed).toBe(false);
    expect(payment.isoStatus).toBe('RCVD');
    expect(bank.initiations).toHaveLength(1);
  });

  it('ends as RJCT when the bank refused it, and says the same to a repeated key', async () => {
    bank.faults = [{ kind: 'rejected', taken: false }];
    const key = newKey();
    const { payment } = await payments.initiate(banking.appId, order(), key, context);
    expect(payment).toMatchObject({ status: 'rejected', isoStatus: 'RJCT', final: true });
    const replay = await payments.initiate(banking.appId, order(), key, context);
    expect(replay).toEqual({ payment, replayed: true });
    expect(bank.initiations).toHaveLength(0);
  });
});

describe('observations', () => {
  it('bring a payment to the same end in any order, from many writers at once', async () => {
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    const words: IsoPaymentStatus[] = ['ACTC', 'ACSP', 'ACCP', 'ACSC', 'RCVD', 'ACSP', 'PDNG', 'ACSC', 'ACTC', 'ACCC'];
    const recorder = banking.get(PaymentRecorder);
    // Negative control: with the version left out of the writer's WHERE clause this ended as ACCP, not final.
    for (let index = 0; index < words.length; index += 5) {
      await Promise.all(
        words
          .slice(index, index + 5)
          .map((status) =>
            recorder.record(payment.id, (current) =>
              observe(
                current,
                { ...bank.snapshot(current.reference ?? ''), status, upstreamStatus: status },
                'webhook',
              ),
            ),
          ),
      );
    }
    expect(await row(payment.id)).toMatchObject({ isoStatus: 'ACCC', state: 'settled', final: true });
    expect(await timeline(payment.id)).toHaveLength(1 + words.length);
  });

  it('keep a final status when another final one comes, and tell people', async () => {
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    bank.status = 'ACSC';
    await poll();
    const recorder = banking.get(PaymentRecorder);
    await recorder.record(payment.id, (current) =>
      observe(
        current,
        { ...bank.snapshot(current.reference ?? ''), status: 'RJCT', upstreamStatus: 'RJCT' },
        'webhook',
      ),
    );
    expect(await row(payment.id)).toMatchObject({ isoStatus: 'ACSC', state: 'settled' });
    expect((await timeline(payment.id)).at(-1)).toEqual(['webhook', 'RJCT', false, 'final-contradicted']);
    expect(await eventsOf(payment.id)).toEqual(['payment.statusChanged', 'payment.statusChanged', 'payment.conflict']);
  });

  it('do not believe a bank that names another amount', async () => {
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    bank.status = 'ACSC';
    bank.amount = '12.43';
    await poll();
    expect(await row(payment.id)).toMatchObject({ isoStatus: 'RCVD', final: false });
    expect((await timeline(payment.id)).at(-1)).toEqual(['poll', 'ACSC', false, 'amount-mismatch']);
  });

  it('write nothing into the timeline for a poll without news', async () => {
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    for (let turn = 0; turn < 3; turn += 1) await poll();
    expect(await timeline(payment.id)).toEqual([['initiation', 'RCVD', true, 'first']]);
    expect(await row(payment.id)).toMatchObject({ polls: 3 });
  });

  // Negative control, carried out once: while a plan that lost its race was dropped, the payment stayed due, to be asked about
  // (and at an upstream that we redeem at: redeemed) once more at once, for ever.
  it('without news plan the next poll also where a provider wrote ahead meanwhile', async () => {
    const { payment } = await payments.initiate(banking.appId, order(), newKey(), context);
    const fetch: PaymentInitiation['fetch'] = async ({ reference, writeAhead }) => {
      expect(await writeAhead?.({ version: 1, state: 'leaving' })).toBe(true);
      expect(await writeAhead?.({ version: 1, state: 'refused' })).toBe(true);
      return bank.snapshot(reference ?? '');
    };
    Object.assign(bank.payments, { fetch });
    await poll();
    expect(await row(payment.id)).toMatchObject({ polls: 1 });
    expect(await secondsToPoll(payment.id)).toBeGreaterThan(0);
  });
});

describe('a connection', () => {
  it('is not deleted under a payment that has not ended', async () => {
    await payments.initiate(banking.appId, order(), newKey(), context);
    const connections = banking.get(ConnectionsService);
    await expect(connections.remove(banking.connectionId)).rejects.toMatchObject({ code: 'conflict' });
  });
});

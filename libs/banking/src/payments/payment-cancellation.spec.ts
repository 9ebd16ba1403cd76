import { type Payment, PaymentEntity } from '@tributary/persistence';
import type { CallContext } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { PaymentBank } from '../../../../test/payment-bank.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { PaymentCancellation } from './payment-cancellation.js';
import { PaymentSigners } from './payment-signers.js';
import type { AnyPaymentView } from './payment-view.js';
import { PaymentsService } from './payments.service.js';

const context: CallContext = { traceId: 'spec', psu: {} };
const right = { type: 'challenge', code: '123456' } as const;

let bank: PaymentBank;
let banking: TestBanking;
let payments: PaymentsService;
let cancellation: PaymentCancellation;
let signers: PaymentSigners;
let authorisations: AuthorisationsService;

beforeAll(async () => {
  banking = await startBanking(new PaymentBank().provider);
  payments = banking.get(PaymentsService);
  cancellation = banking.get(PaymentCancellation);
  signers = banking.get(PaymentSigners);
  authorisations = banking.get(AuthorisationsService);
});
beforeEach(() => {
  bank = new PaymentBank();
  banking.get(UpstreamsService).provider = () => Promise.resolve(bank.provider);
});
afterAll(async () => {
  await banking.stop();
});

let keys = 0;

async function initiated(): Promise<AnyPaymentView> {
  return (await payments.initiate(banking.appId, banking.order(), `cancel-${(keys += 1)}`, context)).payment;
}

const cancel = (id: string) => cancellation.cancel(banking.appId, id, context);
const read = (id: string) => payments.get(banking.appId, id, context);
const answer = (id: string, given: Parameters<AuthorisationsService['answer']>[2] = right) =>
  authorisations.answer(banking.appId, id, given, context);
const row = (id: string): Promise<Payment> => banking.database.getRepository(PaymentEntity).findOneByOrFail({ id });

describe('events of a new payment', () => {
  // Without `untold` the sender tells of `processing` in both, a moment before the SCA is open.
  it.each([
    ['of the SCA alone, not of the moment before it', null, ['awaitingAuthorisation']],
    ['of `processing` where the SCA could not be opened', { kind: 'unavailable' as const }, ['processing']],
  ])('tell an app %s', async (_, fault, expected) => {
    if (fault) bank.faults.set('start', fault);
    const payment = await initiated();
    expect(payment.status).toBe(expected.at(-1));
    const told = await banking.database.query<{ status: string }[]>(
      `SELECT data->>'status' AS status FROM outbox WHERE subject_id = $1 AND type = 'payment.statusChanged' ORDER BY sequence`,
      [payment.id],
    );
    expect(told.map(({ status }) => status)).toEqual(expected);
  });
});

describe('a cancellation', () => {
  it.each(['at-once', 'silent'] as const)('ends the payment when the bank says CANC (%s)', async (way) => {
    const { id } = await initiated();
    bank.cancellation = way;
    expect(await cancel(id)).toMatchObject({
      status: 'cancelled',
      isoStatus: 'CANC',
      final: true,
      nextStep: null,
      cancellationAuthorisationId: null,
    });
    expect((await authorisations.ofSubjects([id])).get(id)).toHaveLength(1);
  });

  it.each(['opened', 'to-start'] as const)('waits for an SCA of its own where the bank wants one (%s)', async (way) => {
    const { id, authorisationId } = await initiated();
    bank.cancellation = way;
    const asked = await cancel(id);
    expect(asked).toMatchObject({ final: false, isoStatus: 'RCVD', nextStep: { type: 'challenge' } });
    const sca = asked.cancellationAuthorisationId ?? '';
    expect(sca).not.toBe(authorisationId);
    expect(await authorisations.view(banking.appId, sca)).toMatchObject({ subject: { type: 'cancellation', id } });
    expect(asked.authorisationIds).toEqual([authorisationId]);

    // The SCA alone cancels nothing: the bank still says RCVD.
    expect(await answer(sca)).toMatchObject({ scaStatus: 'finalised' });
    // Negative control: with CANC concluded from the finalised SCA the payment had ended here.
    expect(await read(id)).toMatchObject({ final: false, isoStatus: 'RCVD' });
    expect((await row(id)).nextPollAt).not.toBeNull();

    bank.onSigned = () => (bank.status = 'CANC');
    const again = await cancel(id);
    await answer(again.cancellationAuthorisationId ?? '');
    expect(await read(id)).toMatchObject({ status: 'cancelled', final: true, nextStep: null });
  });

  it("is the PSU's next step before the payment's own", async () => {
    const { id, nextStep } = await initiated();
    expect(nextStep).toMatchObject({ type: 'challenge' });
    bank.cancellation = 'to-start';
    const { cancellationAuthorisationId } = await cancel(id);
    await answer(cancellationAuthorisationId ?? '');
    // Its SCA is over: what is left is the payment's own.
    expect(await read(id)).toMatchObject({ status: 'awaitingAuthorisation', nextStep: { type: 'challenge' } });
  });

  it('keeps what its SCA needs, and has the worker open an SCA that nobody opened', async () => {
    const { id } = await initiated();
    bank.cancellation = 'to-start';
    bank.faults.set('start', { kind: 'unavailable' });
    const asked = await cancel(id);
    expect(asked.nextStep).toMatchObject({ type: 'challenge' });
    const sca = asked.cancellationAuthorisationId ?? '';
    expect((await authorisations.view(banking.appId, sca)).nextStep).toBeNull();
    await authorisations.poll(sca, context);
    expect(bank.asked.at(-1)).toMatchObject({ call: 'start', subject: 'cancellation' });
    expect((await authorisations.view(banking.appId, sca)).nextStep).toMatchObject({ type: 'challenge' });
  });

  it.each([true, false])('whose answer was lost is told by the status (bank did it: %s)', async (after) => {
    const { id } = await initiated();
    bank.faults.set('cancel', { kind: 'unavailable', after });
    if (after) expect(await cancel(id)).toMatchObject({ status: 'cancelled' });
    else await expect(cancel(id)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(bank.count('fetch')).toBe(1);
    if (after) return;
    // It may be repeated, and then works.
    expect(await cancel(id)).toMatchObject({ status: 'cancelled' });
  });

  it("that comes too late is the bank's word, and leaves the payment as it is", async () => {
    const { id } = await initiated();
    bank.status = 'ACSP';
    bank.cancellation = 'to-start';
    bank.faults.set('cancel', { kind: 'rejected', code: 'CANCELLATION_INVALID' });
    await expect(cancel(id)).rejects.toMatchObject({
      kind: 'rejected',
      facts: { upstream: { code: 'CANCELLATION_INVALID' } },
    });
    expect(await read(id)).toMatchObject({
      status: 'processing',
      isoStatus: 'ACSP',
      cancellationAuthorisationId: null,
    });
    bank.status = 'ACSC';
    await expect(
      payments.get(banking.appId, id, { ...context, psu: { ipAddress: '192.0.2.1' } }),
    ).resolves.toMatchObject({ final: true });
    await expect(cancel(id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of a payment that nobody could send ends it without asking anybody', async () => {
    bank.faults.set('initiate', { kind: 'unavailable' });
    await expect(initiated()).rejects.toMatchObject({ kind: 'unavailable' });
    const [never] = await payments.list(banking.appId, 'single', { limit: 1, after: null, status: 'created' });
    expect(await cancel(never?.id ?? '')).toMatchObject({ status: 'cancelled', isoStatus: null, final: true });
    expect(bank.count('cancel')).toBe(0);
    expect(await row(never?.id ?? '')).toMatchObject({ sendState: 'withdrawn', nextPollAt: null });
  });

  it('is refused while nobody knows whether the bank has the payment', async () => {
    bank.faults.set('initiate', { kind: 'outcome-unknown', after: true });
    const { id } = await initiated();
    await expect(cancel(id)).rejects.toMatchObject({ code: 'conflict' });
    expect(bank.count('cancel')).toBe(0);
  });

  it('does not exist for another app', async () => {
    const { id } = await initiated();
    const stranger = 'app_01KAHX5V4Q0N6W2T8B7C9D3E5F';
    await expect(cancellation.cancel(stranger, id, context)).rejects.toMatchObject({ code: 'not_found' });
    await expect(signers.authorise(stranger, id, {}, context)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a payment that several have to authorise', () => {
  const bert = { id: 'bert' };

  it('is authorised by one after the other, each under their own name', async () => {
    const { id, authorisationId: first } = await initiated();
    bank.onSigned = () => (bank.status = 'PATC');
    await answer(first ?? '');
    expect(await read(id)).toMatchObject({ status: 'processing', isoStatus: 'PATC', final: false, nextStep: null });

    const second = await signers.authorise(banking.appId, id, { psu: bert }, context);
    expect(second).toMatchObject({ subject: { type: 'payment', id }, psuId: 'bert', nextStep: { type: 'challenge' } });
    expect(await read(id)).toMatchObject({
      status: 'awaitingAuthorisation',
      authorisationId: second.id,
      authorisationIds: [first, second.id],
    });
    bank.onSigned = () => (bank.status = 'ACSC');
    await answer(second.id);
    expect(bank.asked.filter(({ call }) => call === 'answer').map(({ psu }) => psu)).toEqual(['anna', 'bert']);
    expect(await read(id)).toMatchObject({ status: 'settled', isoStatus: 'ACSC' });
  });

  it('waits as long as any of them has a step open', async () => {
    const { id, authorisationId: first } = await initiated();
    const second = await signers.authorise(banking.appId, id, { psu: bert }, context);
    bank.onSigned = () => (bank.status = 'PATC');
    await answer(first ?? '');
    // Negative control: with the step taken from the SCA that moved alone, the payment had no step here.
    expect(await read(id)).toMatchObject({ status: 'awaitingAuthorisation', nextStep: { type: 'challenge' } });
    await answer(second.id);
    expect(await read(id)).toMatchObject({ status: 'processing', nextStep: null });
  });

  it('replaces an open SCA of the same signer, and only that', async () => {
    const { id, authorisationId: first } = await initiated();
    const [one, other] = [
      await signers.authorise(banking.appId, id, { psu: bert }, context),
      await signers.authorise(banking.appId, id, { psu: bert }, context),
    ];
    const open = (await authorisations.ofSubjects([id])).get(id)?.filter((sca) => sca.open);
    expect(open?.map((sca) => sca.id)).toEqual([first, other.id]);
    await expect(answer(one.id)).rejects.toMatchObject({ code: 'step_not_open' });
  });

  it('stays as it was when the bank refuses one more', async () => {
    const { id, authorisationId } = await initiated();
    bank.faults.set('start', { kind: 'rejected', code: 'STATUS_INVALID' });
    await expect(signers.authorise(banking.appId, id, { psu: bert }, context)).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(await read(id)).toMatchObject({ authorisationId, authorisationIds: [authorisationId] });
  });

  it('is cancelled by one after the other, too, where the bank wants that', async () => {
    const { id, authorisationId } = await initiated();
    const early = signers.authorise(banking.appId, id, { psu: bert, subject: 'cancellation' }, context);
    await expect(early).rejects.toMatchObject({ code: 'conflict' });
    bank.cancellation = 'to-start';
    const { cancellationAuthorisationId: first } = await cancel(id);
    await answer(first ?? '');
    const second = await signers.authorise(banking.appId, id, { psu: bert, subject: 'cancellation' }, context);
    expect(second).toMatchObject({ subject: { type: 'cancellation', id }, psuId: 'bert' });
    expect(await read(id)).toMatchObject({ authorisationId, cancellationAuthorisationId: second.id, final: false });
    bank.onSigned = () => (bank.status = 'CANC');
    await answer(second.id);
    const answered = bank.asked.filter(({ call }) => call === 'answer');
    expect(answered.map(({ psu, subject }) => [psu, subject])).toEqual([
      ['anna', 'cancellation'],
      ['bert', 'cancellation'],
    ]);
    expect(await read(id)).toMatchObject({ status: 'cancelled', final: true });
  });

  it('is not authorised any more once it is on its way', async () => {
    const { id, authorisationId } = await initiated();
    bank.onSigned = () => (bank.status = 'ACSP');
    await answer(authorisationId ?? '');
    await expect(signers.authorise(banking.appId, id, { psu: bert }, context)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

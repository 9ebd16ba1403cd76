import type { CallContext, Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { PaymentBank } from '../../../../test/payment-bank.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { ConsentsService } from '../consents/consents.service.js';
import { PaymentSigners } from '../payments/payment-signers.js';
import { PaymentsService } from '../payments/payments.service.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { BasketsService, type NewBasket } from './baskets.service.js';

const context: CallContext = { traceId: 'spec', psu: {} };

let bank: PaymentBank;
let consentBank: ConsentBank;
let banking: TestBanking;
let baskets: BasketsService;
let payments: PaymentsService;
let consents: ConsentsService;
let authorisations: AuthorisationsService;

/** One bank that does both. */
function both(): Provider {
  bank = new PaymentBank();
  consentBank = new ConsentBank();
  return { ...bank.provider, accounts: consentBank.provider.accounts };
}

beforeAll(async () => {
  banking = await startBanking(both());
  baskets = banking.get(BasketsService);
  payments = banking.get(PaymentsService);
  consents = banking.get(ConsentsService);
  authorisations = banking.get(AuthorisationsService);
});
beforeEach(() => {
  const provider = both();
  banking.get(UpstreamsService).provider = () => Promise.resolve(provider);
});
afterAll(async () => {
  await banking.stop();
});

let keys = 0;

async function payment(signInBasket = true): Promise<string> {
  const asked = { ...banking.order(), signInBasket };
  return (await payments.initiate(banking.appId, asked, `basket-${(keys += 1)}`, context)).payment.id;
}

async function consent(): Promise<string> {
  const { institutionId, redirectUri, appId } = banking;
  const asked = { institutionId, redirectUri, psu: { id: 'anna' }, access: ['accounts'] as const, recurring: true };
  return (await consents.create(appId, { ...asked, validUntil: '2099-12-31', signInBasket: true }, context)).id;
}

const make = (change: Partial<NewBasket>) =>
  baskets.create(
    banking.appId,
    { paymentIds: [], consentIds: [], psu: { id: 'carl' }, redirectUri: banking.redirectUri, ...change },
    context,
  );
const read = (id: string) => baskets.get(banking.appId, id, context);
const paymentOf = (id: string) => payments.get(banking.appId, id, context);

async function refusalOf(attempt: Promise<unknown>): Promise<readonly [string, ...string[]]> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`);
  return [error.code, ...(error.details.errors ?? []).map(({ pointer, message }) => `${pointer} ${message}`)];
}

describe('a signing basket', () => {
  it('signs its members with one SCA of one signer; the members say what it did', async () => {
    const [first, second, agreed] = [await payment(), await payment(), await consent()];
    expect(bank.taken.map(({ explicitStart }) => explicitStart)).toEqual([true, true]);
    // None of them has an SCA of its own.
    expect(bank.count('start')).toBe(0);
    const basket = await make({ paymentIds: [second, first], consentIds: [agreed] });
    expect(basket).toMatchObject({
      status: 'awaitingAuthorisation',
      reference: 'basket-1',
      consentIds: [agreed],
      nextStep: { type: 'challenge' },
    });
    expect(basket.paymentIds.toSorted()).toEqual([first, second].toSorted());
    bank.onSigned = () => {
      bank.basketStatus = 'ACTC';
      bank.status = 'ACSP';
      consentBank.authorise();
    };
    await authorisations.answer(
      banking.appId,
      basket.authorisationId ?? '',
      { type: 'challenge', code: '123456' },
      context,
    );
    expect(bank.asked.find(({ call }) => call === 'answer')).toMatchObject({ subject: 'basket', psu: 'carl' });
    expect(await read(basket.id)).toMatchObject({ status: 'authorised', upstreamStatus: 'ACTC', nextStep: null });
    expect(await paymentOf(first)).toMatchObject({ isoStatus: 'ACSP' });
    expect(await paymentOf(second)).toMatchObject({ isoStatus: 'ACSP' });
    expect(await consents.get(banking.appId, agreed, context)).toMatchObject({ status: 'authorised' });
    const events = await banking.database.query<{ data: { status: string } }[]>(
      `SELECT data FROM outbox WHERE subject_id = $1 ORDER BY sequence`,
      [basket.id],
    );
    expect(events.map(({ data }) => data.status)).toEqual(['awaitingAuthorisation', 'authorised']);
  });

  it('is not authorised by its SCA but by the bank', async () => {
    const basket = await make({ paymentIds: [await payment()] });
    const sca = basket.authorisationId ?? '';
    await authorisations.answer(banking.appId, sca, { type: 'challenge', code: '123456' }, context);
    expect(await read(basket.id)).toMatchObject({ status: 'awaitingAuthorisation' });
    bank.basketStatus = 'RJCT';
    await authorisations.poll(sca, context);
    expect(await read(basket.id)).toMatchObject({ status: 'rejected' });
  });

  it('waits for further signers', async () => {
    const basket = await make({ paymentIds: [await payment()] });
    bank.onSigned = () => (bank.basketStatus = 'PATC');
    const answer = { type: 'challenge', code: '123456' } as const;
    await authorisations.answer(banking.appId, basket.authorisationId ?? '', answer, context);
    expect(await read(basket.id)).toMatchObject({ status: 'awaitingAuthorisation', upstreamStatus: 'PATC' });
    const second = await baskets.authorise(banking.appId, basket.id, { psu: { id: 'dora' } }, context);
    bank.onSigned = () => (bank.basketStatus = 'ACTC');
    await authorisations.answer(banking.appId, second.id, answer, context);
    expect(await read(basket.id)).toMatchObject({
      status: 'authorised',
      authorisationIds: [basket.authorisationId, second.id],
    });
    expect(bank.asked.filter(({ call }) => call === 'answer').map(({ psu }) => psu)).toEqual(['carl', 'dora']);
  });

  it('takes a member once, also from two requests at once', async () => {
    const shared = await payment();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => make({ paymentIds: [shared] })));
    // Negative control: without the lock on the members' rows all five were made.
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await refusalOf(make({ paymentIds: [shared] }))).toEqual(['conflict', '/paymentIds/0 is in another basket']);
  });

  it.each([
    ['was made to be authorised alone', () => payment(false), 'was not made with signInBasket'],
    [
      'is on its way',
      async () => {
        const id = await payment();
        bank.status = 'ACSP';
        await payments.get(banking.appId, id, { ...context, psu: { ipAddress: '192.0.2.1' } });
        return id;
      },
      'does not wait for an authorisation',
    ],
    [
      'has an SCA of its own',
      async () => {
        const id = await payment();
        await banking.get(PaymentSigners).authorise(banking.appId, id, {}, context);
        return id;
      },
      'has an authorisation of its own',
    ],
  ])('refuses a payment that %s', async (_, member, message) => {
    const id = await member();
    expect(await refusalOf(make({ paymentIds: [id] }))).toEqual(['conflict', `/paymentIds/0 ${message}`]);
    expect(bank.count('createBasket')).toBe(0);
  });

  it('refuses nothing, members of other apps, and members that nobody has, alike', async () => {
    expect(await refusalOf(make({}))).toEqual(['invalid_request', expect.stringContaining('/paymentIds')]);
    const id = await payment();
    const stranger = 'app_01KAHX5V4Q0N6W2T8B7C9D3E5F';
    const asked = { paymentIds: [id], consentIds: [], psu: { id: 'carl' }, redirectUri: banking.redirectUri };
    const foreign = await refusalOf(baskets.create(stranger, asked, context));
    expect(foreign).toEqual(['not_found']);
    expect(await refusalOf(make({ paymentIds: ['pay_01KAHX5V4Q0N6W2T8B7C9D3E5F'] }))).toEqual(foreign);
    const made = await make({ paymentIds: [id] });
    expect(await refusalOf(baskets.get(stranger, made.id, context))).toEqual(foreign);
    expect(await refusalOf(baskets.remove(stranger, made.id, context))).toEqual(foreign);
  });

  it('frees its members when the bank could not make it, and when it is dissolved', async () => {
    const id = await payment();
    bank.faults.set('createBasket', { kind: 'unavailable' });
    await expect(make({ paymentIds: [id] })).rejects.toMatchObject({ kind: 'unavailable' });
    const made = await make({ paymentIds: [id] });
    expect(await refusalOf(banking.get(PaymentSigners).authorise(banking.appId, id, {}, context))).toEqual([
      'conflict',
    ]);
    expect(await baskets.remove(banking.appId, made.id, context)).toMatchObject({ status: 'removed', nextStep: null });
    expect(await baskets.remove(banking.appId, made.id, context)).toMatchObject({ status: 'removed' });
    expect(bank.count('removeBasket')).toBe(1);
    expect(await make({ paymentIds: [id] })).toMatchObject({ status: 'awaitingAuthorisation' });
  });

  it('that nobody signs is given up, with the consents that waited in it', async () => {
    const agreed = await consent();
    const basket = await make({ consentIds: [agreed] });
    const lapse = `UPDATE authorisations SET expires_at = now(), next_poll_at = now() WHERE subject_id = ANY($1)`;
    await banking.database.query(lapse, [[agreed, basket.id]]);
    const own = (await authorisations.ofSubjects([agreed])).get(agreed)?.[0]?.id ?? '';
    await authorisations.poll(own, context);
    // Its own SCA, which was never opened, is not what it waits for.
    expect(await consents.get(banking.appId, agreed, context)).toMatchObject({ status: 'awaitingAuthorisation' });
    expect(bank.count('start')).toBe(1);
    await authorisations.poll(basket.authorisationId ?? '', context);
    expect(await read(basket.id)).toMatchObject({ status: 'failed' });
    expect(await consents.get(banking.appId, agreed, context)).toMatchObject({ status: 'failed' });
  });
});

import type { AuthorisationSnapshot, CallContext, PaymentInitiation, Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { PaymentsService } from './payments.service.js';

/** As a bank that opens the SCA together with the payment. */
const said: AuthorisationSnapshot = {
  reference: 'sca-1',
  approach: 'redirect',
  scaStatus: 'received',
  upstreamStatus: 'received',
  nextStep: { type: 'redirect', url: 'https://bank.example/login' },
  continuation: { link: 'sca' },
  observedAt: new Date(),
};

let banking: TestBanking;
let payments: PaymentsService;
/** What happens while the bank has the order. */
let meanwhile: (paymentId: string) => Promise<unknown>;
const context: CallContext = { traceId: 'spec', psu: {} };

beforeAll(async () => {
  const atBank: PaymentInitiation = {
    recovery: { by: 'none' },
    check: () => undefined,
    initiate: async ({ id }) => {
      await meanwhile(id);
      const words = { status: 'RCVD', upstreamStatus: 'RCVD', raw: {} } as const;
      return { ...words, reference: `ref-${id}`, continuation: null, observedAt: new Date(), authorisation: said };
    },
    fetch: () => Promise.reject(new Error('nobody asks')),
  };
  const provider: Provider = {
    institutions: { list: () => Promise.resolve([]) },
    payments: atBank,
    close: () => Promise.resolve(),
  };
  banking = await startBanking(provider);
  payments = banking.get(PaymentsService);
});
beforeEach(() => (meanwhile = () => Promise.resolve()));
afterAll(() => banking.stop());

const initiate = (key: string) => payments.initiate(banking.appId, banking.order(), key, context);

/** The transactions that wrote a payment last, its SCA, its timeline and its events. */
const writers = (id: string) =>
  banking.database.query<{ xmin: string }[]>(
    `SELECT DISTINCT xmin::text FROM (
       SELECT xmin FROM payments WHERE id = $1 AND answer_envelope IS NOT NULL
       UNION ALL SELECT xmin FROM authorisations WHERE subject_id = $1
       UNION ALL SELECT xmin FROM payment_observations WHERE payment_id = $1
       UNION ALL SELECT xmin FROM outbox WHERE subject_id = $1) AS written`,
    [id],
  );

describe('the answer to a payment that came with its SCA', () => {
  // Negative control, carried out: with the answer left out of the sender's change there were three transactions.
  it('is kept in the transaction of what the bank said, about the payment and about the SCA', async () => {
    const { payment } = await initiate('one-transaction');
    expect(payment).toMatchObject({ isoStatus: 'RCVD', nextStep: said.nextStep, status: 'awaitingAuthorisation' });
    expect(await writers(payment.id)).toHaveLength(1);
    const [counted] = await banking.database.query<{ entries: number; events: number }[]>(
      `SELECT (SELECT count(*)::int FROM payment_observations WHERE payment_id = $1) AS entries,
              (SELECT count(*)::int FROM outbox WHERE subject_id = $1) AS events`,
      [payment.id],
    );
    expect(counted).toEqual({ entries: 1, events: 2 });
  });

  it('says what the payment says afterwards, and is said again to the same key', async () => {
    const { payment, replayed } = await initiate('same-words');
    const read = await payments.get(banking.appId, payment.id, context);
    expect(JSON.parse(JSON.stringify(payment))).toEqual(JSON.parse(JSON.stringify(read)));
    expect(replayed).toBe(false);
    const again = await initiate('same-words');
    expect(again).toEqual({ payment: JSON.parse(JSON.stringify(payment)), replayed: true });
  });

  // Negative control, carried out: with the SCA updated whether or not the payment was, it was written twice (version 3).
  it('is kept all the same where somebody else wrote meanwhile, and nothing is written of the try that lost', async () => {
    meanwhile = (id) => banking.database.query('UPDATE payments SET version = version + 1 WHERE id = $1', [id]);
    const { payment } = await initiate('moved');
    expect(await writers(payment.id)).toHaveLength(1);
    expect(payment.reference).toBe(`ref-${payment.id}`);
    const scas = await banking.database.query<{ version: number }[]>(
      'SELECT version FROM authorisations WHERE subject_id = $1',
      [payment.id],
    );
    expect(scas).toEqual([{ version: 2 }]);
  });
});

describe('a key that stands for a payment', () => {
  // Negative control, carried out: without the look at the key the app heard of its redirect URI instead.
  it('gives its answer again, though the redirect URI is none of the app any more', async () => {
    const { payment } = await initiate('known');
    await banking.database.query(`UPDATE apps SET redirect_uris = '{}' WHERE id = $1`, [banking.appId]);
    await expect(initiate('unknown')).rejects.toMatchObject({ code: 'redirect_uri_not_registered' });
    expect(await initiate('known')).toMatchObject({ payment: { id: payment.id }, replayed: true });
    const [rows] = await banking.database.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM payments WHERE idempotency_key IN ('known', 'unknown')`,
    );
    expect(rows).toEqual({ count: 1 });
  });
});

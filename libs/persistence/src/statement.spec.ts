import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/database.js';
import { createDataSource } from './data-source.js';
import { BalanceEntity } from './entities/account.js';
import { AppEntity } from './entities/app.js';
import { type Consent, ConsentEntity } from './entities/consent.js';
import { type Payment, PaymentEntity } from './entities/payment.js';
import { entityReader, runStatement } from './statement.js';

/*
 * Negative control, carried out once: a reader that ignores transformers, and one that leaves instants in JSON as texts.
 * Both fail the comparison with what TypeORM reads.
 */

const now = new Date('2026-03-01T09:00:00.123Z');
const consent: Consent = {
  id: 'con_1',
  appId: 'app_1',
  institutionId: 'ins_1',
  connectionId: 'cnn_1',
  provider: 'spec',
  psuId: 'anna',
  psuCorporateId: null,
  status: 'authorised',
  upstreamStatus: 'valid',
  access: ['accounts', 'balances'],
  askedAccess: ['accounts', 'balances', 'transactions'],
  accounts: [{ scheme: 'iban', value: 'DE89370400440532013000' }],
  recurring: true,
  validUntil: '2026-12-31',
  expiryAnnouncedFor: null,
  frequencyPerDay: 4,
  redirectUri: 'https://app.example.com/back',
  appState: null,
  scaPreference: 'redirect',
  combinedService: false,
  signInBasket: false,
  disclosure: null,
  reference: 'c-1',
  continuationEnvelope: null,
  authorisationId: null,
  version: 1,
  createdAt: now,
  updatedAt: now,
};
const payment: Payment = {
  id: 'pay_1',
  appId: 'app_1',
  kind: 'single',
  items: null,
  signInBasket: false,
  itemStatuses: null,
  disclosure: null,
  cancellationAuthorisationId: null,
  operation: 'payments',
  idempotencyKey: 'key',
  requestHash: 'hash',
  institutionId: 'ins_1',
  connectionId: 'cnn_1',
  provider: 'spec',
  psuId: 'anna',
  psuCorporateId: null,
  consentId: null,
  order: {
    endToEndId: 'e2e',
    creditor: { name: 'Weber', account: { scheme: 'iban', value: 'DE89370400440532013000' } },
  },
  // More than a double can hold exactly.
  amountMinor: 123_456_789_012_345_678n,
  currency: 'EUR',
  scaPreference: null,
  redirectUri: 'https://app.example.com/back',
  appState: null,
  sendState: 'sent',
  sendAttempts: 1,
  sendLeaseUntil: null,
  sentAt: now,
  reference: 'p-1',
  isoStatus: 'ACSP',
  isoReason: null,
  upstreamStatus: 'ACSP',
  stepOpen: false,
  state: 'processing',
  final: false,
  authorisationId: null,
  continuationEnvelope: null,
  nextPollAt: now,
  polls: 2,
  answerEnvelope: null,
  staleStage: 0,
  version: 3,
  createdAt: now,
  updatedAt: now,
};

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  source = await createDataSource({
    url: database.url,
    poolSize: 2,
    applicationName: 'spec',
    acts: 'everyTenant',
  }).initialize();
  await source
    .getRepository(AppEntity)
    .insert({ id: 'app_1', name: 'Spec', redirectUris: [], scopes: [], createdAt: now, updatedAt: now });
  await source.query(
    `INSERT INTO connections (id, provider, name, environment, settings, secrets_envelope, version, created_at, updated_at)
     VALUES ('cnn_1', 'spec', 'Spec', 'sandbox', '{}', '', 1, now(), now())`,
  );
  await source.query(
    `INSERT INTO institutions (id, identity, name, country, created_at) VALUES ('ins_1', 'i', 'Spec', 'DE', now())`,
  );
  await source.getRepository(ConsentEntity).insert(consent);
  await source.getRepository(PaymentEntity).insert(payment);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

type Row = Readonly<Record<string, unknown>>;

describe('a hand-written statement', () => {
  it('gives from its columns the entity that TypeORM reads, large amounts included', async () => {
    const statement = { name: 'spec-columns', text: 'SELECT * FROM payments WHERE id = $1' };
    const [row = {}] = await runStatement<Row>(source, statement, ['pay_1']);
    const read = entityReader(source, PaymentEntity)(row);
    expect(read).toEqual(await source.getRepository(PaymentEntity).findOneByOrFail({ id: 'pay_1' }));
    expect(read).toEqual(payment);
  });

  it('gives the same from one column of JSON', async () => {
    const text = 'SELECT row_to_json(consent) AS consent FROM consents AS consent WHERE id = $1';
    const [row] = await runStatement<{ consent: Row }>(source, { name: 'spec-json', text }, ['con_1']);
    const read = entityReader(source, ConsentEntity)(row?.consent ?? {});
    expect(read).toEqual(await source.getRepository(ConsentEntity).findOneByOrFail({ id: 'con_1' }));
    expect(read).toEqual(consent);
  });

  it('refuses a bigint that came as a JSON number: it may have been rounded', () => {
    const read = entityReader(source, BalanceEntity);
    expect(() => read({ account_id: 'acc_1', position: 1, amount_minor: 1234 })).toThrow(/amountMinor/);
  });
});

import { NestFactory } from '@nestjs/core';
import { BankingModule, UpstreamsService } from '@tributary/banking';
import { parseMoney } from '@tributary/domain';
import { createDataSource } from '@tributary/persistence';
import { createLogger, createMetrics, loadSettings, newId, systemClock, Vault } from '@tributary/platform';
import { capabilitiesOf, type Provider } from '@tributary/providers';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { NewPayment } from '../libs/banking/src/payments/new-payment.js';
import { createTestDatabase } from './database.js';

/** The use cases in this process, on a database of their own, with a provider made for the spec. */
export interface TestBanking {
  readonly database: DataSource;
  readonly vault: Vault;
  readonly appId: string;
  readonly connectionId: string;
  readonly institutionId: string;
  readonly redirectUri: string;
  /** A payment that the app can ask for, in EUR. */
  order(amount?: string): NewPayment;
  get<Service>(type: new (...parts: never[]) => Service): Service;
  /** A second process on the same database, as far as the use cases can tell. */
  secondProcess(): Promise<Pick<TestBanking, 'get'> & { stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/**
 * @param provider stands in for the upstream of the one connection
 * @param env settings that a spec wants otherwise
 */
export async function startBanking(
  provider: Provider,
  env: Readonly<Record<string, string>> = {},
): Promise<TestBanking> {
  const test = await createTestDatabase();
  const vault = Vault.open({ key: randomBytes(32).toString('base64') });
  const boot = async () => {
    const dataSource = await createDataSource({
      url: test.url,
      poolSize: 10,
      applicationName: 'spec',
      acts: 'everyTenant',
    }).initialize();
    const parts = {
      settings: loadSettings({ ...env, DATABASE_URL: test.url }),
      vault,
      clock: systemClock,
      logger: createLogger({ level: 'silent', name: 'spec' }),
      metrics: createMetrics('spec'),
      dataSource,
    };
    const app = await NestFactory.createApplicationContext(BankingModule.forRoot(parts), { logger: false });
    app.get(UpstreamsService).provider = () => Promise.resolve(provider);
    return { app, dataSource };
  };
  const { app, dataSource } = await boot();
  const world = { appId: newId('app'), connectionId: newId('cnn'), institutionId: newId('ins') };
  const redirectUri = 'https://app.example.com/back';
  await dataSource.query(
    `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at)
     VALUES ($1, 'Spec', ARRAY[$2], ARRAY['payments', 'accounts', 'consents'], now(), now())`,
    [world.appId, redirectUri],
  );
  await dataSource.query(
    `INSERT INTO connections (id, provider, name, environment, settings, secrets_envelope, version, created_at, updated_at)
     VALUES ($1, 'spec', 'Spec bank', 'sandbox', '{}', '', 1, now(), now())`,
    [world.connectionId],
  );
  await dataSource.query(
    `INSERT INTO institutions (id, identity, name, country, created_at) VALUES ($1, $1, 'Spec bank', 'DE', now())`,
    [world.institutionId],
  );
  await dataSource.query(
    `INSERT INTO institution_routes
       (institution_id, connection_id, provider, reference, capabilities, sca_approaches, payment_schemes, status, live)
     VALUES ($1, $2, 'spec', 'spec-bank', $3, ARRAY['redirect'], ARRAY['SEPA_CREDIT_TRANSFER'], 'available', true)`,
    [world.institutionId, world.connectionId, capabilitiesOf(provider)],
  );
  return {
    ...world,
    redirectUri,
    database: dataSource,
    vault,
    order: (amount = '12.34') => ({
      institutionId: world.institutionId,
      psu: { id: 'anna' },
      order: {
        amount: parseMoney(amount, 'EUR'),
        creditor: { name: 'Weber', account: { scheme: 'iban', value: 'DE89370400440532013000' } },
      },
      redirectUri,
    }),
    get: (type) => app.get(type),
    secondProcess: async () => {
      const other = await boot();
      return {
        get: (type) => other.app.get(type),
        stop: async () => {
          await other.app.close();
          await other.dataSource.destroy();
        },
      };
    },
    stop: async () => {
      await app.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await test.drop();
    },
  };
}

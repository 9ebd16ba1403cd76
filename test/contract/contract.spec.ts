import { type Capability, capabilitiesOfDefinition, providerDefinitions } from '@tributary/providers';
import type { Institution } from '../e2e/answers.js';
import { startWorld, type World } from '../e2e/world.js';
import { type Bench, setUpBench, type Suite } from './bench.js';
import { drivers } from './drivers/index.js';
import {
  beneficiaries,
  directDebits,
  party,
  scheduledPayments,
  standingOrders,
  transactionDetails,
} from './suites/account-data.suite.js';
import { accounts } from './suites/accounts.suite.js';
import { balances } from './suites/balances.suite.js';
import { consents } from './suites/consents.suite.js';
import { funds, fundsConsents } from './suites/funds.suite.js';
import {
  baskets,
  bulkCancellation,
  bulks,
  cancellation,
  futureDated,
  futureDatedBulks,
  recurring,
} from './suites/orders.suite.js';
import { payments } from './suites/payments.suite.js';
import { refusals } from './suites/refusals.suite.js';
import { sca } from './suites/sca.suite.js';
import { transactions } from './suites/transactions.suite.js';
import { webhooks } from './suites/webhooks.suite.js';

/** What each capability has to do. A capability that some provider has must have suites. */
const suites: Partial<Record<Capability, Readonly<Record<string, Suite>>>> = {
  accounts: { accounts, consents, sca, refusals },
  balances: { balances },
  transactions: { transactions },
  'transactions.details': { transactionDetails },
  beneficiaries: { beneficiaries },
  standingOrders: { standingOrders },
  directDebits: { directDebits },
  scheduledPayments: { scheduledPayments },
  party: { party },
  payments: { payments },
  'payments.recurring': { recurring },
  'payments.futureDated': { futureDated },
  'payments.cancel': { cancellation },
  bulkPayments: { bulks },
  'bulkPayments.futureDated': { futureDatedBulks },
  'bulkPayments.cancel': { bulkCancellation },
  signingBaskets: { baskets },
  fundsConfirmation: { funds },
  'fundsConfirmation.consent': { fundsConsents },
  webhooks: { webhooks },
};

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.stop();
});

describe.each(providerDefinitions)('$id', (definition) => {
  const capabilities = capabilitiesOfDefinition(definition);
  const driver = drivers.find(({ provider }) => provider === definition.id);

  it('has a driver for its simulator, and suites for all that it can do', async () => {
    expect(driver?.provider).toBe(definition.id);
    expect(Object.keys(suites)).toEqual(expect.arrayContaining([...capabilities]));
  });

  if (driver === undefined) return;

  it('shows at its institution what it can do', async () => {
    const { app, connection, close } = await setUpBench(world, driver);
    const { routes } = await app.read<Institution>(`/v1/institutions/${connection.institutionId}`);
    const route = routes.find(({ connectionId }) => connectionId === connection.id);
    expect(route?.capabilities).toEqual(capabilities);
    expect(route?.scaApproaches.toSorted()).toEqual(driver.approaches.toSorted());
    await close();
  });

  for (const capability of capabilities) {
    for (const [name, suite] of Object.entries(suites[capability] ?? {})) {
      describe(name, () => {
        let bench: Bench;
        beforeAll(async () => {
          bench = await setUpBench(world, driver);
        });
        afterAll(() => bench.close());
        suite(driver, () => bench);
      });
    }
  }
});

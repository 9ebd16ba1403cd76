import { generateKeyPairSync } from 'node:crypto';
import { walk } from '../../demo/psu-browser.js';
import type { Intent } from '../plan.js';
import type { ChaosBank, Execution, Site } from './chaos-bank.js';
import { Control } from './control.js';
import { faultsBeyond } from './faults.js';

interface Customer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly fullName: string;
  readonly accounts: readonly { readonly iban: string }[];
}

interface Way {
  readonly name: string;
  readonly bankId: string;
  /** The hub's bank wants to know from which account. */
  readonly namesDebtor?: boolean;
  readonly member?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Requests by which money can be asked for: each kind fails now and then. */
  readonly orders: readonly string[];
}

/** The least that its settings allow. */
const timeoutSeconds = 6;
const lookUpQuietSeconds = 30;
const faults = faultsBeyond(timeoutSeconds);
const usernames = ['anna.payer', 'bruno.saver', 'greta.many'];

/** What is asked of a bank over v2 can be looked up by our reference; over v1 nothing can be found out. */
const ways: readonly Way[] = [
  { name: 'v2', bankId: 'mock-redirect', orders: ['payments.initiate'] },
  {
    name: 'v2-embedded',
    bankId: 'mock-embedded',
    namesDebtor: true,
    member: { autoRedeem: false },
    // Its member carries out a payment once, and a run waits for the end of every payment.
    settings: { redemption: 'tpp', assumptions: { lookUpQuietSeconds, lostRedemption: 'sentAgain' } },
    orders: ['payments.initiate'],
  },
  {
    name: 'v2-hosted',
    bankId: 'mock-one-step',
    settings: { flow: 'FULL_HOSTED_PAGES' },
    orders: ['payments.initiate'],
  },
  {
    name: 'v1',
    bankId: 'mock-redirect',
    member: { autoRedeem: false, tokensPayAgain: true },
    settings: { paymentsVersion: 'v1', redemption: 'tpp' },
    orders: ['requests.create', 'transfers.create'],
  },
];

/** Token.io: one hub, member and bank for each way in which money can be asked for. */
export async function openTokenIo({ sandboxUrl, publicUrl }: Site): Promise<ChaosBank> {
  const hubs = await Promise.all(ways.map((way, number) => openHub(sandboxUrl, way, number)));
  const at = ({ connection }: Intent) => {
    const hub = hubs[connection];
    if (!hub) throw new Error(`There is no connection ${connection}.`);
    return hub;
  };
  const psu = (intent: Intent) => {
    const { customers, way } = at(intent);
    const customer = customers.find(({ username }) => username === intent.username);
    const { password = '', code = '', fullName, accounts } = customer ?? {};
    const iban = way.namesDebtor ? (accounts?.[0]?.iban ?? null) : null;
    return { iban, password, code, ...(fullName !== undefined && { name: fullName }) };
  };
  const each = <T>(act: (control: Control) => Promise<T>) => Promise.all(hubs.map(({ control }) => act(control)));
  let rounds = 0;

  return {
    connections: hubs.map(({ way: { name, orders }, settings }) => ({
      name: `Token.io ${name}`,
      settings,
      usernames,
      webhook: true,
      ...(orders.includes('payments.initiate') && {
        findsOut: { by: 'look-up', afterSeconds: lookUpQuietSeconds } as const,
      }),
    })),
    failpoints: [
      'intent.committed',
      'sending.committed',
      'sending.answered',
      'sending.recorded',
      'order.committed',
      'answer.kept',
      'sca.started',
      'sca.answered',
      'callback.used',
      'callback.completed',
      'webhook.stored',
      'webhook.applied',
      'poll.claimed',
      'poll.asked',
      'delivery.sent',
    ],
    faults: ['reset-before', 'reset-after', 'error-before', 'error-after', 'late'],
    timeoutSeconds,
    order: { scheme: 'SEPA_CREDIT_TRANSFER' },
    psu,
    spoil: async (intent, fault) => {
      const { control, way } = at(intent);
      const operation = way.orders[intent.index % way.orders.length];
      await control.post('/faults', { ...faults[fault], match: { operation, amount: intent.amount }, count: 1 });
    },
    visit: (url, intent) => {
      const { password, code } = psu(intent);
      const { username, decision } = intent;
      return walk(url, `${publicUrl}/callbacks/`, { username, password, code, decision });
    },
    // Nobody of these PSUs has an app.
    decide: () => Promise.resolve(),
    // Held back for three seconds; then all at once, twice each, the last first.
    disturb: async () => {
      rounds += 1;
      if (rounds % 6 === 0) await each((control) => control.post('/webhooks/release', {}));
    },
    calm: async () => {
      await each(async (control) => {
        await control.delete('/faults');
        await control.put('/webhooks', { hold: false });
        await control.post('/webhooks/release', {});
      });
    },
    pass: async (advanceSeconds) => {
      await each((control) => control.post('/clock', { advanceSeconds }));
    },
    ledger: async () => {
      const books = await each(readBooks);
      return {
        executions: books.flatMap(({ executions }) => executions),
        taken: books.flatMap(({ taken }) => taken),
      };
    },
  };
}

async function openHub(sandboxUrl: string, way: Way, number: number) {
  const { name, bankId } = way;
  const control = new Control(`${sandboxUrl}/__control/token-io@${name}`);
  await control.put('/profile', { verificationSeconds: 0.3, executionSeconds: 1, settlementSeconds: 1 });
  // Without a BIC the banks of each hub are institutions of their own.
  await control.put(`/banks/${bankId}`, { bic: null });
  await control.put('/webhooks', { hold: true, shuffle: true, copies: 2, retrySeconds: 2 });
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const member = await control.post<{ memberId: string; webhookPublicKey: string }>('/members', {
    memberId: `m:Chaos2026tpp${number}:5zKtXEAq`,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ...way.member,
  });
  const { customers } = await control.get<{ customers: readonly Customer[] }>(`/customers?bankId=${bankId}`);
  const settings = {
    baseUrl: `${sandboxUrl}/token-io@${name}`,
    memberId: member.memberId,
    key: { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    webhookPublicKey: member.webhookPublicKey,
    banks: { ids: [bankId] },
    timeoutSeconds,
    assumptions: { lookUpQuietSeconds },
    ...way.settings,
  };
  return { way, control, customers, settings };
}

interface Ledger {
  readonly postings: readonly { readonly kind: string; readonly resourceId: string; readonly amount: string }[];
}

interface Transfer {
  readonly id: string;
  readonly tokenRequestId: string;
  readonly amount: string;
}

/**
 * Payments v2 by their ids. What was paid over v1 by its token request, the name by which we know it; a request is no
 * payment before there is a transfer.
 */
async function readBooks(control: Control): Promise<Record<'executions' | 'taken', Execution[]>> {
  // The ledger first: a transfer that is made in between is in the second list only.
  const { postings } = await control.get<Ledger>('/ledger');
  const { payments } = await control.get<{ payments: readonly { id: string; amount: string }[] }>('/payments');
  const { transfers } = await control.get<{ transfers: readonly Transfer[] }>('/transfers');
  const requestOf = new Map(transfers.map(({ id, tokenRequestId }) => [id, tokenRequestId]));
  const amountOf = (amount: string) => Number(amount).toFixed(2);
  return {
    executions: postings.map(({ resourceId, amount }) => ({
      reference: requestOf.get(resourceId) ?? resourceId,
      amount: amountOf(amount),
    })),
    taken: [
      ...payments.map(({ id, amount }) => ({ reference: id, amount: amountOf(amount) })),
      ...transfers.map(({ tokenRequestId, amount }) => ({ reference: tokenRequestId, amount: amountOf(amount) })),
    ],
  };
}

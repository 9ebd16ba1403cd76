import { generateKeyPairSync, sign } from 'node:crypto';
import type { Approach } from '../../e2e/answers.js';
import type { Psu } from '../../e2e/psu.js';
import { type HubCustomer, TokenHub } from '../../e2e/token-hub.js';
import type { BankFailure, BankPart, ContractDriver, SimulatedBank, Site } from '../driver.js';

/** A bank that can do everything, in one country. */
const bankId = 'mock-one-step';

const operations = {
  consents: 'requests.create',
  accounts: 'accounts.list',
  balances: 'balances.get',
  transactions: 'transactions.list',
  'payment-status': 'payments.get',
  funds: 'payments.initiate',
} as const satisfies Record<BankPart, string>;

const faults = {
  down: { kind: 'error', httpStatus: 503, code: 'UNAVAILABLE' },
  html: { kind: 'html' },
  'wrong-json': { kind: 'wrongJson' },
} as const satisfies Record<BankFailure, object>;

/** Token.io against the simulated hub. */
export const tokenIo: ContractDriver = {
  provider: 'token-io',
  approaches: ['redirect', 'embedded', 'decoupled'],
  steps: {
    redirect: ['redirect'],
    embedded: ['credentials', 'selectMethod', 'challenge'],
    decoupled: ['credentials', 'wait'],
  },
  // The second is what the sandbox's banks have no funds for, whoever pays.
  amounts: { executed: '12.34', rejected: '108.00', rejectedReason: 'AM04' },
  unknownWord: 'INITIATION_UNHEARD_OF',
  openBank,
};

async function openBank({ sandboxUrl, callbackUrl }: Site, name: string): Promise<SimulatedBank> {
  const hub = new TokenHub(sandboxUrl, name);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const { memberId, webhookPublicKey } = await hub.member(pem);
  await hub.control('PUT', '/profile', {
    verificationSeconds: 0,
    executionSeconds: 0,
    settlementSeconds: 0,
    unattendedReadsPerDay: 4,
  });
  // Without a BIC each hub's bank is an institution of its own. Its PSUs decide how it proves them.
  const turn = (approach: Approach): Promise<unknown> => hub.control('PUT', `/banks/${bankId}`, { approach });
  const scaMethods = ['REDIRECT', 'EMBEDDED_MULTI_STEP', 'DECOUPLED'];
  await hub.control('PUT', `/banks/${bankId}`, { bic: null, scaMethods });

  const psu = async (username: string, approach: Approach): Promise<Psu> => {
    const customer: HubCustomer = await hub.customer(username, bankId);
    await turn(approach);
    const { password, code, accounts = [] } = customer;
    return {
      id: username,
      iban: accounts[0]?.iban ?? '',
      credentials: approach === 'decoupled' ? { username } : { username, pin: password },
      code,
      choose: (methods) => methods.find(({ id }) => id === 'SMS')?.id ?? '',
      browse: (url, decision) => hub.browse(url, customer, decision),
      decide: (decision) => hub.decide(customer, decision),
    };
  };

  return {
    settings: {
      baseUrl: hub.baseUrl,
      memberId,
      key: { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      webhookPublicKey,
      banks: { ids: [bankId] },
      credentialFlow: 'always',
    },
    psu: (approach) => psu(approach === 'redirect' ? 'bruno.saver' : 'anna.payer', approach),
    busyPsu: () => psu('greta.many', 'redirect'),
    fail: async (part, how) => {
      await hub.control('POST', '/faults', { ...faults[how], match: { operation: operations[part] } });
    },
    mend: async () => {
      await hub.control('DELETE', '/faults');
    },
    endConsent: ({ id }, how) => hub.endToken({ username: id }, how),
    showPaymentStatus: async (reference, show) => {
      await hub.control('POST', `/payments/${reference}`, { show });
    },
    subscribesByApi: true,
    forgeWebhook: async (reference, word) => {
      const body = JSON.stringify({ id: 'forged', payment: { id: reference, memberId, status: word } });
      const signature = sign(null, Buffer.from(body), privateKey).toString('base64url');
      return fetch(`${new URL(callbackUrl).origin}/webhooks/token-io`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'token-event': 'PAYMENT_STATUS_CHANGED',
          'token-signature': signature,
        },
        body,
      });
    },
    ledger: async () => {
      const { counts } = await hub.control<{ counts: { payments: number; executed: number } }>('GET', '/ledger');
      return { initiations: counts.payments, executed: counts.executed };
    },
  };
}

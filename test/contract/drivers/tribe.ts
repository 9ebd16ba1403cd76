import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { TribeHub } from '../../e2e/tribe-hub.js';
import type { BankFailure, BankPart, ContractDriver, SimulatedBank, Site } from '../driver.js';

const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const operations = {
  consents: 'oauth.token',
  accounts: 'accounts.list',
  balances: 'balances.list',
  transactions: 'transactions.list',
  'payment-status': 'direct.status',
  funds: 'funds.confirm',
} as const satisfies Record<BankPart, string>;

const faults = {
  down: { kind: 'error', httpStatus: 502, code: 'ASPSP_UNKNOWN_ERROR' },
  html: { kind: 'html' },
  'wrong-json': { kind: 'wrongJson' },
} as const satisfies Record<BankFailure, object>;

/** Tribe Open Banking as a TPP, against the simulated hub and its built-in banks. */
export const tribe: ContractDriver = {
  provider: 'tribe',
  approaches: ['redirect'],
  steps: { redirect: ['redirect'] },
  // The hub has no reasons.
  amounts: { executed: '12.34', rejected: '66.61', rejectedReason: null },
  unknownWord: 'BLCK',
  traits: {
    refused: { status: 'cancelled', isoStatus: 'CANC' },
    // A refused bearer is all that a TPP learns; before its time somebody revoked it.
    endedConsent: 'revoked',
    consentsAfterSca: true,
    endsNoConsents: true,
    countsAttendedReads: true,
  },
  openBank,
};

async function openBank({ sandboxUrl, callbackUrl }: Site, name: string): Promise<SimulatedBank> {
  const hub = new TribeHub(sandboxUrl, name);
  const tpp = await hub.register(callbackUrl);
  await hub.settings({ dailyLimit: 10, pageSize: 100 });
  return {
    settings: { tpp: { ...tpp, fundsWithAccounts: true } },
    psu: () => hub.psu('jonas.euro'),
    busyPsu: () => hub.psu('lina.many'),
    fail: async (part, how) => {
      await hub.fault({ ...faults[how], match: { operation: operations[part] } });
    },
    mend: async () => {
      await hub.mend();
    },
    settle: async () => {
      await hub.advance(10);
    },
    endConsent: (psu, how) => hub.endConsent(psu.id, how),
    showPaymentStatus: async (reference, word) => {
      await hub.changePayment(reference, { show: word });
    },
    forgeWebhook: async (paymentId, paymentStatus) => {
      const body = JSON.stringify({ paymentId, paymentStatus });
      const signature = sign('sha256', Buffer.from(body), strangersKey).toString('base64');
      const response = await fetch(`${callbackUrl.replace('/callbacks/', '/webhooks/')}/v2_payment_status`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'X-Request-Id': randomUUID(), 'X-Signature': signature },
        body,
      });
      return { status: response.status };
    },
    ledger: async () => (await hub.ledger()).counts,
  };
}

import { TellConnect } from '../../e2e/tell-connect.js';
import type { BankFailure, BankPart, ContractDriver, SimulatedBank, Site } from '../driver.js';

const operations = {
  consents: 'auth.create',
  accounts: 'accounts.list',
  balances: 'balance.read',
  transactions: 'transactions.read',
  'payment-status': 'payments.read',
  // There is none.
  funds: 'payments.read',
} as const satisfies Record<BankPart, string>;

const faults = {
  down: { kind: 'error', httpStatus: 503 },
  html: { kind: 'html' },
  'wrong-json': { kind: 'wrongJson' },
} as const satisfies Record<BankFailure, object>;

/** tell.connect against the simulated bank, in its sandbox. */
export const tellConnect: ContractDriver = {
  provider: 'tell-connect',
  approaches: ['redirect'],
  steps: { redirect: ['redirect'] },
  amounts: { executed: '12.34', rejected: '66.61', rejectedReason: 'account_closed' },
  unknownWord: 'parked',
  traits: {
    // The PSU refuses before there is a payment.
    refused: { status: 'rejected', isoStatus: null },
    paymentsAfterSca: true,
    endsNoConsents: true,
  },
  openBank,
};

async function openBank({ sandboxUrl, callbackUrl }: Site, name: string): Promise<SimulatedBank> {
  const bank = new TellConnect(sandboxUrl, name);
  return {
    settings: await bank.register(callbackUrl),
    psu: () => bank.psu('ava.personal'),
    busyPsu: () => bank.psu('ella.many'),
    fail: async (part, how) => {
      await bank.control('POST', '/faults', { ...faults[how], match: { operation: operations[part] } });
    },
    mend: async () => {
      await bank.control('DELETE', '/faults');
    },
    endConsent: ({ id }, how) => bank.endConsent(id, how),
    showPaymentStatus: async (reference, show) => {
      await bank.control('POST', `/payments/${reference}`, { show });
    },
    settle: async () => {
      await bank.control('POST', '/clock', { advanceSeconds: 4 });
    },
    ledger: async () => {
      const { counts } = await bank.ledger();
      return { initiations: counts.initiations, executed: counts.postings };
    },
  };
}

import type { Approach } from '../../e2e/answers.js';
import { MockBank } from '../../e2e/mockbank.js';
import { mockBankPsu } from '../../e2e/psu.js';
import type { BankFailure, BankPart, ContractDriver, SimulatedBank, Site } from '../driver.js';

const customers = {
  embedded: 'anna.embedded',
  redirect: 'bruno.redirect',
  decoupled: 'clara.decoupled',
  oauth: 'david.oauth',
} as const satisfies Record<Approach, string>;

const operations = {
  consents: 'consents.create',
  accounts: 'accounts.list',
  balances: 'balances.list',
  transactions: 'transactions.list',
  'payment-status': 'payments.status',
  funds: 'funds.confirm',
} as const satisfies Record<BankPart, string>;

const faults = {
  down: { kind: 'error', httpStatus: 503 },
  html: { kind: 'html' },
  'wrong-json': { kind: 'wrongJson' },
} as const satisfies Record<BankFailure, object>;

/** What not every bank offers, and this one does. */
const optionalServices = [
  'cardAccounts',
  'confirmationOfFundsConsents',
  'ownerName',
  'signingBaskets',
  'standingOrders',
  'transactionDetails',
  'trustedBeneficiaries',
];

/** Berlin Group XS2A against the simulated MockBank. */
export const xs2a: ContractDriver = {
  provider: 'xs2a',
  approaches: ['embedded', 'redirect', 'decoupled', 'oauth'],
  steps: {
    embedded: ['credentials', 'selectMethod', 'challenge'],
    redirect: ['redirect'],
    decoupled: ['wait'],
    oauth: ['redirect'],
  },
  amounts: { executed: '12.34', rejected: '66.61', rejectedReason: 'AC04' },
  unknownWord: 'ACTV',
  openBank,
};

async function openBank({ sandboxUrl, callbackUrl }: Site, name: string): Promise<SimulatedBank> {
  const bank = new MockBank(sandboxUrl, name);
  await bank.profile({ acspAfterSeconds: 0, acscAfterSeconds: 0, pageSize: 50 });
  const oauth = await bank.registerOauth(callbackUrl);
  return {
    settings: bank.settings({ oauth, optionalServices }),
    psu: (approach) => mockBankPsu(bank, customers[approach]),
    // This customer lets the TPP wish: the connection's preference is redirect.
    busyPsu: () => mockBankPsu(bank, 'greta.many'),
    fail: async (part, how) => {
      await bank.fault({ ...faults[how], match: { operation: operations[part] } });
    },
    mend: async () => {
      await bank.mend();
    },
    endConsent: (psu, how) => bank.endConsent(psu.id, how === 'revoked' ? 'revokedByPsu' : 'expired'),
    showPaymentStatus: async (reference, word) => {
      await bank.changePayment(reference, { show: word });
    },
    ledger: async () => (await bank.ledger()).counts,
  };
}

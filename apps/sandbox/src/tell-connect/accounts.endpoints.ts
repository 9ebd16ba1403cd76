import { isIP } from 'node:net';
import {
  accountView,
  balanceView,
  beneficiaryView,
  directDebitView,
  productView,
  scheduledPaymentView,
  standingOrderView,
  transactionView,
  type View,
} from './account-views.js';
import { invalidRequest, notFound } from './api-error.js';
import { assertPermitted, type Caller } from './authentication.js';
import type { Call } from './call.js';
import type { Consent } from './consent.js';
import type { Account } from './customer.js';
import type { Answer, Endpoint } from './endpoint.js';
import type { Operation } from './operations.js';

/** What is read of one account, by the last part of its path. */
const RESOURCES: readonly {
  operation: Operation;
  path: string;
  permission: string;
  view: (account: Account, write: Writer) => View;
}[] = [
  {
    operation: 'accounts.read',
    path: '',
    permission: 'accounts:read',
    view: (account) => ({ Accounts: [accountView(account)] }),
  },
  { operation: 'balance.read', path: '/balance', permission: 'balance:read', view: (account) => balanceView(account) },
  { operation: 'product.read', path: '/product', permission: 'product:read', view: (account) => productView(account) },
  {
    operation: 'beneficiaries.read',
    path: '/beneficiaries',
    permission: 'beneficiaries:read',
    view: ({ beneficiaries }) => ({ Beneficiaries: beneficiaries.map(beneficiaryView) }),
  },
  {
    operation: 'transactions.read',
    path: '/transactions',
    permission: 'transactions:read',
    view: ({ entries, currency }, { time }) => ({
      Transactions: entries
        .toSorted((one, other) => other.at.getTime() - one.at.getTime())
        .map((entry) => transactionView(entry, currency, time)),
    }),
  },
  {
    operation: 'standingOrders.read',
    path: '/standing-orders',
    permission: 'standing-orders:read',
    view: ({ standingOrders, currency }, { time }) => ({
      StandingOrders: standingOrders.map((order) => standingOrderView(order, currency, time)),
    }),
  },
  {
    operation: 'directDebits.read',
    path: '/direct-debits',
    permission: 'direct-debits:read',
    view: ({ directDebits, currency }, { time }) => ({
      DirectDebits: directDebits.map((debit) => directDebitView(debit, currency, time)),
    }),
  },
  {
    operation: 'scheduledPayments.read',
    path: '/scheduled-payments',
    permission: 'scheduled-payments:read',
    view: ({ scheduledPayments, currency }, { time }) => ({
      ScheduledPayments: scheduledPayments.map((payment) => scheduledPaymentView(payment, currency, time)),
    }),
  },
];

interface Writer {
  time: (at: Date) => string;
}

export const accountEndpoints: readonly Endpoint[] = [
  {
    operation: 'accounts.list',
    method: 'GET',
    path: '/accounts',
    credentials: 'bearer',
    service: 'ais',
    handle: (call, caller) => {
      const consent = open(call, caller, 'accounts:read');
      count(call, consent, 'accounts.list', '');
      return { status: 200, body: { Accounts: consent.accounts.map(accountView) } };
    },
  },
  ...RESOURCES.map(({ operation, path, permission, view }): Endpoint => ({
    operation,
    method: 'GET',
    path: `/accounts/:accountId${path}`,
    credentials: 'bearer',
    service: 'ais',
    handle: (call, caller): Answer => {
      const consent = open(call, caller, permission);
      const account = consent.accounts.find(({ id }) => id === call.param('accountId'));
      if (!account) {
        throw notFound('account');
      }
      count(call, consent, operation, account.id);
      return { status: 200, body: view(account, { time: timeStyle(call) }) };
    },
  })),
];

function open(call: Call, { consent }: Caller, permission: string): Consent {
  if (!consent) {
    throw new Error('resource calls come with an access token');
  }
  assertPermitted(consent, 'aisp', permission);
  return consent;
}

/** Calls of a user are free; the header is there with an address, or it is not there. */
function count(call: Call, consent: Consent, operation: Operation, accountId: string): void {
  const userIp = call.header('x-user-ip');
  if (userIp === undefined) {
    call.platform.quota.take(call.platform.today(), consent.id, operation, accountId);
  } else if (isIP(userIp) === 0) {
    throw invalidRequest('x-user-ip must be the IP address of the user; leave the header out when no user asks');
  }
}

/** Times have no zone in the published examples; they are UTC here. */
function timeStyle(call: Call): (at: Date) => string {
  return call.platform.profile.times === 'iso'
    ? (at) => at.toISOString()
    : (at) => at.toISOString().slice(0, 19).replace('T', ' ');
}

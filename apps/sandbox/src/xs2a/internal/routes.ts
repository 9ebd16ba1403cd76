import { grantOf } from '../access-token.js';
import type { Answer } from '../answer.js';
import { balancesView } from '../account-view.js';
import type { Call } from '../call.js';
import { moveConsent } from '../consent-life.js';
import type { Account, Customer } from '../customer.js';
import { decide, waitingRequests } from '../decoupled.js';
import { authorisationView, consentView } from '../control/views.js';
import type { JsonRoute } from '../control/json-route.js';
import { addMethod, addTransaction, createCustomer, openAccount } from '../new-customer.js';
import { amountView } from '../money.js';
import { TppError } from '../tpp-error.js';

const ONE = '/customers/:customerId';
const made = (body: unknown): Answer => ({ status: 201, body });
const data = (items: unknown[]): Answer => ({ status: 200, body: { data: items } });

/** MockBank's internal API for test data; needs a manager's token (password grant, scope `all`). */
export const internalRoutes: readonly JsonRoute[] = [
  managed('GET', '/customers', (call) => data(call.bank.customers.list().map(customerBody))),
  managed('POST', '/customers', (call) => made(customerBody(createCustomer(call.bank, call.body())))),
  managed('GET', ONE, (call) => ({ status: 200, body: customerBody(customerOf(call)) })),
  managed('DELETE', ONE, removeCustomer),
  managed('GET', `${ONE}/sca-methods`, (call) => data(customerOf(call).methods)),
  managed('POST', `${ONE}/sca-methods`, (call) => made(addMethod(customerOf(call), call.body()))),
  managed('GET', `${ONE}/accounts`, (call) => data(customerOf(call).accounts.map(accountBody))),
  managed('POST', `${ONE}/accounts`, (call) =>
    made(accountBody(openAccount(call.bank, customerOf(call), call.body()))),
  ),
  managed('GET', `${ONE}/accounts/:accountId/balances`, (call) => data(balancesView(call, accountOf(call)))),
  managed('GET', `${ONE}/transactions`, (call) => data(customerOf(call).accounts.flatMap(transactionBodies))),
  managed('POST', `${ONE}/transactions`, (call) => {
    const transaction = addTransaction(call.bank, customerOf(call), call.body());
    return made({ externalId: transaction.id, ...amountView(transaction.amount, transaction.currency) });
  }),
  managed('GET', `${ONE}/authorisations`, (call) =>
    data(waitingRequests(call.bank, customerOf(call)).map(authorisationView)),
  ),
  managed('POST', `${ONE}/authorisations/:authorisationId/:decision(^(?:approve|reject)$)`, decideRequest),
  managed('GET', `${ONE}/consents`, (call) => {
    const customer = customerOf(call);
    return data([...call.bank.consents.values()].filter(({ psu }) => psu === customer).map(consentView));
  }),
  managed('POST', `${ONE}/consents/:consentId/revoke`, revoke),
];

function managed(method: JsonRoute['method'], path: string, handle: (call: Call) => Answer): JsonRoute {
  return {
    method,
    path,
    handle: (call) => {
      if (grantOf(call)?.scope !== 'all') {
        throw new TppError(401, 'UNAUTHORIZED', 'Get a manager token first: POST oauth/token, grant_type=password');
      }
      return handle(call);
    },
  };
}

function removeCustomer(call: Call): Answer {
  call.bank.customers.remove(customerOf(call));
  return { status: 204 };
}

function decideRequest(call: Call): Answer {
  const customer = customerOf(call);
  const authorisation = waitingRequests(call.bank, customer).find(({ id }) => id === call.param('authorisationId'));
  if (!authorisation) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such request waits for this customer');
  }
  decide(call.bank, authorisation, call.param('decision') === 'approve' ? 'approve' : 'reject');
  return { status: 200, body: authorisationView(authorisation) };
}

function revoke(call: Call): Answer {
  const consent = call.bank.consents.get(call.param('consentId'));
  if (!consent || consent.psu !== customerOf(call)) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'The customer has no such consent');
  }
  if (!moveConsent(call.bank, consent, 'revokedByPsu')) {
    throw new TppError(409, 'STATUS_INVALID', `The consent is ${consent.status}: only a valid one can be revoked`);
  }
  return { status: 200, body: consentView(consent) };
}

function customerOf(call: Call): Customer {
  const customer = call.bank.customers.find(call.param('customerId'));
  if (!customer) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such customer');
  }
  return customer;
}

function accountOf(call: Call): Account {
  const account = customerOf(call).accounts.find(({ id }) => id === call.param('accountId'));
  if (!account) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'The customer has no such account');
  }
  return account;
}

function customerBody(customer: Customer): Record<string, unknown> {
  const { id, username, fullName, approach, address, city, zip, countryCode, msisdn } = customer;
  return { externalId: id, username, fullName, approach, address, city, zip, countryCode, msisdn };
}

function accountBody(account: Account): Record<string, unknown> {
  const { id, iban, bic, currency, name, type, status } = account;
  return {
    externalId: id,
    iban,
    bic,
    currency,
    name,
    type,
    status,
    balance: amountView(account.booked, currency).amount,
  };
}

function transactionBodies(account: Account): Record<string, unknown>[] {
  return account.transactions.map(({ id, bookingDate, valueDate, amount, currency, counterpartyName }) => ({
    externalId: id,
    accountId: account.id,
    bookingDate,
    valueDate,
    amount: Number(amountView(amount, currency).amount),
    currency,
    counterpartyName,
  }));
}

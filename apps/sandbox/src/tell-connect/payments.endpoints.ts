import { Big } from 'big.js';
import { randomUUID } from 'node:crypto';
import type { Shape } from '../kit/shape.js';
import { ApiError, invalidRequest, notFound } from './api-error.js';
import { assertPermitted, type Caller } from './authentication.js';
import type { Call } from './call.js';
import type { Consent } from './consent.js';
import type { Account, Payee } from './customer.js';
import type { Answer, Endpoint } from './endpoint.js';
import type { Payment } from './payment.js';
import { follow } from './settlement.js';

const SCHEMES = ['SortCodeAccountNumber', 'CustomCode'] as const;

export const paymentEndpoints: readonly Endpoint[] = [
  {
    operation: 'payments.create',
    method: 'POST',
    path: '/payments',
    credentials: 'bearer',
    mediaType: 'application/json',
    service: 'pis',
    handle: createPayment,
  },
  {
    operation: 'payments.read',
    method: 'GET',
    path: '/payments/:paymentId',
    credentials: 'bearer',
    service: 'pis',
    handle: (call, caller) => {
      const { payment } = open(caller, 'payments:read');
      if (payment?.id !== call.param('paymentId')) {
        throw notFound('payment');
      }
      return { status: 200, body: paymentView(payment) };
    },
  },
];

/** One payment for each consent; a refused order does not use it up. */
function createPayment(call: Call, caller: Caller): Answer {
  const { platform } = call;
  const consent = open(caller, 'payments:write');
  if (consent.payment) {
    throw new ApiError(
      Number(platform.profile.secondPayment),
      'payment_already_submitted',
      'A consent is for one payment, and it was submitted already',
    );
  }
  const payment = readPayment(call, consent);
  consent.payment = payment;
  platform.payments.set(payment.id, payment);
  follow(platform, payment);
  return { status: 201, body: paymentView(payment) };
}

function readPayment(call: Call, consent: Consent): Payment {
  const shape = call.body();
  const debtor = readDebtor(shape, consent);
  const amount = shape.text('amount', {
    pattern: /^\d{1,12}\.\d{2}$/,
    expected: 'a text with two decimals, such as 17.00',
  });
  const currency = shape.choice('currency', ['EUR', 'GBP', 'USD'] as const);
  if (new Big(amount).lte(0)) {
    throw invalidRequest('amount must be greater than zero');
  }
  if (currency !== debtor.currency) {
    throw invalidRequest(`currency must be ${debtor.currency}, as the account to pay from`);
  }
  const arranged = call.faults.find(({ kind }) => kind === 'reject');
  return {
    id: randomUUID(),
    consentId: consent.id,
    debtor,
    beneficiary: readBeneficiary(shape),
    amount: new Big(amount),
    currency,
    reference: shape.text('reference', { max: 35 }),
    state: 'submitted',
    createdAt: call.platform.now(),
    doomed: arranged && (arranged.reason ?? 'refused'),
  };
}

function readDebtor(shape: Shape, { accounts }: Consent): Account {
  const wanted = shape.optionalText('accountId', { max: 40 });
  const account = accounts.find(({ id }) => wanted === undefined || id === wanted);
  if (!account) {
    throw notFound('account');
  }
  return account;
}

function readBeneficiary(shape: Shape): Payee {
  const scheme = shape.choice('schemeName', SCHEMES);
  const identification = shape.text('beneficiaryIdentification', { max: 34 });
  if (scheme === 'SortCodeAccountNumber' && !/^\d{14}$/.test(identification)) {
    throw invalidRequest('beneficiaryIdentification must be 6 digits sort code and 8 digits account number');
  }
  return { scheme, identification, name: shape.text('beneficiaryName', { max: 70 }) };
}

function open({ consent }: Caller, permission: string): Consent {
  if (!consent) {
    throw new Error('resource calls come with an access token');
  }
  assertPermitted(consent, 'pisp', permission);
  return consent;
}

function paymentView(payment: Payment): Record<string, unknown> {
  const { beneficiary } = payment;
  return {
    PaymentReference: payment.id,
    Status: payment.shown ?? payment.state,
    ...(payment.reason === undefined ? {} : { Reason: payment.reason }),
    AccountId: payment.debtor.id,
    Amount: payment.amount.toFixed(2),
    Currency: payment.currency,
    BeneficiaryName: beneficiary.name,
    BeneficiaryIdentification: beneficiary.identification,
    SchemeName: beneficiary.scheme,
    Reference: payment.reference,
  };
}

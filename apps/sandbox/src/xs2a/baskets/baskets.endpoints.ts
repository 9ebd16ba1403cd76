import { randomUUID } from 'node:crypto';
import { checkText } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import { isFinal } from '../authorisation.js';
import { authorisationEndpoints } from '../authorisations.endpoints.js';
import type { Call } from '../call.js';
import { findConsent } from '../consents.endpoints.js';
import type { Customer } from '../customer.js';
import type { Endpoint } from '../endpoint.js';
import { assertNoTokenForOAuth, beginSca, readScaContext } from '../new-subject.js';
import { assertOwns } from '../subject-rules.js';
import { TppError, formatError } from '../tpp-error.js';
import { isBasketOpen, type SigningBasket } from './basket.js';

const LIST = '/v1/signing-baskets';
const ONE = `${LIST}/:basketId`;

/** Signing baskets: `/v1/signing-baskets`. */
export const basketEndpoints: readonly Endpoint[] = [
  { operation: 'baskets.create', method: 'POST', path: LIST, handle: create },
  { operation: 'baskets.get', method: 'GET', path: ONE, handle: (call) => get(call, findBasket(call)) },
  {
    operation: 'baskets.status',
    method: 'GET',
    path: `${ONE}/status`,
    handle: (call) => ({ status: 200, body: { transactionStatus: shownStatus(findBasket(call)) } }),
  },
  { operation: 'baskets.delete', method: 'DELETE', path: ONE, handle: (call) => remove(call, findBasket(call)) },
  ...authorisationEndpoints('baskets', `${ONE}/authorisations`, findBasket),
];

function create(call: Call): Answer {
  if (call.bank.profile.baskets === 'none') {
    throw new TppError(405, 'SERVICE_INVALID', 'This bank has no signing baskets');
  }
  const context = readScaContext(call, 'TOKEN_INVALID');
  assertNoTokenForOAuth(call, context);
  const members = readMembers(call);
  const id = randomUUID();
  const basket: SigningBasket = {
    ...context,
    ...members,
    psu: onePsu(context.psu, members),
    kind: 'basket',
    id,
    path: `${LIST}/${id}`,
    status: 'RCVD',
  };
  if (basket.psu) {
    assertOwns(basket, basket.psu);
  }
  keep(call, basket);
  const sca = beginSca(call, basket);
  return {
    status: 201,
    headers: { 'ASPSP-SCA-Approach': sca.approach, Location: call.links.api(basket.path).href },
    body: {
      transactionStatus: shownStatus(basket),
      basketId: id,
      ...sca.data,
      _links: {
        ...sca.links,
        self: call.links.api(basket.path),
        status: call.links.api(`${basket.path}/status`),
      },
    },
  };
}

function get(call: Call, basket: SigningBasket): Answer {
  return {
    status: 200,
    body: {
      payments: basket.payments.map(({ id }) => id),
      consents: basket.consents.map(({ id }) => id),
      transactionStatus: shownStatus(basket),
      _links: { self: call.links.api(basket.path), status: call.links.api(`${basket.path}/status`) },
    },
  };
}

/**
 * As long as nobody has signed it; an SCA under way ends with it, and the members are free again. A second DELETE changes
 * nothing.
 */
function remove(call: Call, basket: SigningBasket): Answer {
  if (basket.status === 'CANC') {
    return { status: 204 };
  }
  if (!isBasketOpen(basket) || basket.signed.length > 0) {
    throw new TppError(409, 'STATUS_INVALID', 'The basket is authorised, at least in part');
  }
  for (const authorisation of call.bank.authorisationsOf(basket)) {
    if (!isFinal(authorisation.status)) {
      authorisation.status = 'failed';
    }
  }
  basket.status = 'CANC';
  return { status: 204 };
}

type Members = Pick<SigningBasket, 'payments' | 'consents'>;

/**
 * The members of a new basket.
 * @throws TppError 400 RESOURCE_UNKNOWN, 400 REFERENCE_MIX_INVALID, 409 REFERENCE_STATUS_INVALID.
 */
function readMembers(call: Call): Members {
  const body = call.body();
  const readId = (item: unknown, path: string) => checkText(item, path, { max: 100 });
  const paymentIds = body.optionalList('paymentIds', readId) ?? [];
  const consentIds = body.optionalList('consentIds', readId) ?? [];
  if (paymentIds.length + consentIds.length === 0) {
    throw formatError('paymentIds', 'and consentIds are both empty');
  }
  if (new Set([...paymentIds, ...consentIds]).size < paymentIds.length + consentIds.length) {
    throw formatError('paymentIds', 'and consentIds must not name anything twice');
  }
  const payments = paymentIds.map((id, index) => {
    const payment = call.bank.payments.get(id);
    if (!payment || payment.tpp !== call.tpp) {
      throw new TppError(400, 'RESOURCE_UNKNOWN', 'No such payment of this TPP', `paymentIds[${index}]`);
    }
    assertFree(call, payment, payment.status === 'RCVD', `paymentIds[${index}]`);
    return payment;
  });
  const consents = consentIds.map((id, index) => {
    const consent = findConsent(call, id);
    assertFree(call, consent, consent.status === 'received', `consentIds[${index}]`);
    return consent;
  });
  if (call.bank.profile.baskets === 'payments' && consents.length > 0) {
    throw new TppError(400, 'REFERENCE_MIX_INVALID', 'This bank groups payments only', 'consentIds');
  }
  return { payments, consents };
}

/** Not authorised, nobody is about to, and in no other basket that waits. */
function assertFree(
  call: Call,
  member: Members['payments'][number] | Members['consents'][number],
  unauthorised: boolean,
  path: string,
): void {
  const begun = call.bank.authorisationsOf(member).length > 0;
  if (!unauthorised || begun || call.bank.openBasketOf(member)) {
    throw new TppError(409, 'REFERENCE_STATUS_INVALID', 'It is authorised, being authorised, or in a basket', path);
  }
}

/** All members have one PSU, as far as he is known. */
function onePsu(psu: Customer | undefined, { payments, consents }: Members): Customer | undefined {
  const all = new Set(
    [psu, ...[...payments, ...consents].map((member) => member.psu)].filter((one) => one !== undefined),
  );
  if (all.size > 1) {
    throw new TppError(400, 'REFERENCE_MIX_INVALID', 'The members are of several PSUs');
  }
  return [...all][0];
}

/** One that nobody signs in time is rejected. */
function keep(call: Call, basket: SigningBasket): void {
  const { bank } = call;
  bank.baskets.set(basket.id, basket);
  bank.schedule.at(bank.clock.nowMs() + bank.profile.confirmationSeconds * 1000, () => {
    basket.status = isBasketOpen(basket) ? 'RJCT' : basket.status;
  });
}

function shownStatus({ status, payments }: SigningBasket): string {
  const settled = payments.length > 0 && payments.every((payment) => payment.status === 'ACSC');
  return status === 'ACTC' && settled ? 'ACSC' : status;
}

function findBasket(call: Call): SigningBasket {
  const basket = call.bank.baskets.get(call.param('basketId'));
  if (!basket || basket.tpp !== call.tpp) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'No such basket of this TPP', 'basketId');
  }
  return basket;
}

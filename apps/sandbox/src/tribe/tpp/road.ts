import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../../kit/faults.js';
import { isObject, type Answer } from '../answer.js';
import { BankFailure, refusalFor } from '../bridge/call-bank.js';
import { decimalsOf } from '../money.js';
import type { FurnishedHub } from '../furnished-hub.js';
import type { HubFault } from '../operations.js';
import { amountOf } from '../payment.js';
import { Refusal } from '../refusal.js';
import { errorAnswer, send, sendEffect } from '../send.js';
import { arrive, type Arrival, type Site } from '../site.js';
import { actFaults } from '../wire-faults.js';
import { totalsOf } from '../bridge/to-bank.js';
import { admit } from './admission.js';
import type { Endpoint } from './endpoint.js';
import { countCall } from './rate-limit.js';

/**
 * The one way of a TPP's call through the hub: faults before, admission, limit of the day, the operation (which asks the
 * bank), faults after, the answer. Nothing remembers X-Request-Id here: a call that comes twice happens twice.
 */
export async function travel(
  site: Site,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const arrival = arrive(site, request);
  if (!arrival) {
    return reply.code(404).send({ error: 'No such hub: use a-z, 0-9 and - (at most 64 hubs)' });
  }
  const { hub } = arrival;
  const { operation, method } = endpoint;
  hub.ledger.called(operation);
  const order = glanceAtOrder(arrival.bytes);
  const path = (request.url.split('?')[0] ?? '').replace(/^.*?\/tpp\/v2/, '');
  const faults = hub.faults.strike({ method, path, operation, amount: order.amount });
  const spoiled = (status: number, code: string | undefined, title: string) =>
    errorAnswer(hub, 'tpp', new Refusal(status, code ?? codeOf(status), title), arrival.header('X-Request-Id'));
  const before = await actFaults(hub, reply.raw, faults, 'before');
  if (before) {
    note(arrival, endpoint, order, undefined, faults);
    return sendEffect(request, reply, before, spoiled);
  }
  const answer = await perform(arrival, endpoint, faults);
  note(
    arrival,
    endpoint,
    order,
    answer,
    faults.filter(({ when }) => when === 'after'),
  );
  const after = await actFaults(hub, reply.raw, faults, 'after');
  return after ? sendEffect(request, reply, after, spoiled) : send(reply, answer);
}

async function perform(arrival: Arrival, endpoint: Endpoint, faults: readonly Fault<HubFault>[]): Promise<Answer> {
  const { hub } = arrival;
  const requestId = arrival.header('X-Request-Id');
  let headers: Record<string, string> = {};
  try {
    const call = admit(arrival, endpoint, faults);
    if (endpoint.security === 'consent') {
      const account = call.param('accountId');
      const counted = countCall(hub, call.consent, endpoint.operation, account);
      headers = counted.headers;
      if (counted.refusal) {
        throw counted.refusal;
      }
    }
    const answer = await endpoint.handle(call);
    arrange(hub, answer, faults);
    return { ...answer, headers: { ...headers, ...echo(endpoint, requestId) } };
  } catch (error) {
    const refusal = error instanceof BankFailure ? refusalFor(error, hub) : error;
    if (!(refusal instanceof Refusal)) {
      throw error;
    }
    return {
      ...errorAnswer(hub, 'tpp', refusal, requestId),
      headers: { ...headers, ...(refusal.code === 'REQUEST_ID_NOT_UUID' ? {} : echo(endpoint, requestId)) },
    };
  }
}

/** Faults about the money: they change what becomes of a payment at a built-in bank. */
function arrange(hub: FurnishedHub, { body }: Answer, faults: readonly Fault<HubFault>[]): void {
  const payment = hub.payments.get(String((body as { paymentId?: string }).paymentId));
  const atBank = hub.builtIn.get(payment?.bank?.identifier ?? '')?.payments.get(payment?.bankPaymentId ?? '');
  if (!atBank) {
    return;
  }
  for (const { kind, reason, seconds } of faults) {
    if (kind === 'reject') {
      atBank.fate.reject = reason ?? 'The bank declined the payment';
    } else if (kind === 'slowSettlement') {
      atBank.fate.slowSeconds = seconds ?? 60;
    }
  }
}

function echo(endpoint: Endpoint, requestId: string | undefined): Record<string, string> {
  return requestId === undefined || endpoint.security === 'directory' ? {} : { 'X-Request-Id': requestId };
}

function codeOf(status: number): string {
  return { 404: 'RESOURCE_NOT_FOUND', 429: 'ACCESS_EXCEEDED', 502: 'ASPSP_UNKNOWN_ERROR' }[status] ?? 'INTERNAL_ERROR';
}

interface Glance {
  amount?: string | undefined;
  currency?: string | undefined;
}

/** Amount and currency of whatever came, for faults and the ledger; the sum of a bulk. */
function glanceAtOrder(bytes: Buffer): Glance {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    if (!isObject(json)) {
      return {};
    }
    return Array.isArray(json['payments']) ? totalsOf(json['payments']) : checked(amountOf(json));
  } catch {
    return {};
  }
}

function checked({ amount, currency }: Glance): Glance {
  return typeof amount === 'string' && typeof currency === 'string' && decimalsOf(currency) !== undefined
    ? { amount, currency }
    : {};
}

/** Writes initiations into the ledger, whatever became of them. */
function note(
  arrival: Arrival,
  endpoint: Endpoint,
  order: Glance,
  answer: Answer | undefined,
  faults: readonly Fault<HubFault>[],
): void {
  if (!endpoint.operation.endsWith('.initiate')) {
    return;
  }
  const accepted = answer?.status === 201;
  const body = answer?.body as { paymentId?: string } | undefined;
  arrival.hub.ledger.initiations.push({
    at: arrival.hub.clock.now(),
    operation: endpoint.operation,
    clientId: arrival.header('X-Client-ID'),
    requestId: arrival.header('X-Request-Id'),
    amount: order.amount,
    currency: order.currency,
    outcome: !answer ? 'notAccepted' : accepted ? 'accepted' : 'refused',
    paymentId: accepted ? body?.paymentId : undefined,
    httpStatus: answer?.status ?? 0,
    faults: faults.map(({ kind }) => kind),
  });
}

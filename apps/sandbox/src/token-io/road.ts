import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShapeError } from '../kit/shape.js';
import type { Fault } from '../kit/faults.js';
import type { Answer } from './answer.js';
import { ApiError, type ErrorDialect } from './api-error.js';
import { authenticate } from './auth/authenticate.js';
import type { Call } from './call.js';
import type { Endpoint } from './endpoint.js';
import { actFaults, type FaultEffect } from './faults.js';
import { glanceAtOrder } from './glance.js';
import type { HubFault } from './hub.js';
import { newSecret } from './identifier.js';
import { openCall, type Site } from './site.js';

/**
 * The one way of a request through the hub: let due things happen, let faults strike, see who calls, act, write orders
 * into the ledger, wait for the bank, let faults spoil the answer, send.
 */
export async function travel(
  site: Site,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const probe = openCall(site, request);
  if (!probe) {
    return send(reply, new ApiError(404, 'No such hub'));
  }
  const { hub } = probe;
  hub.ledger.called(endpoint.operation);
  const path = (request.url.split('?')[0] ?? '').replace(/^\/token-io(@[^/]*)?/, '');
  const { operation, method } = endpoint;
  const order = glanceAtOrder(probe.text);
  const faults = hub.faults.strike({ method, path, operation, amount: order.amount });
  const before = await actFaults(hub, reply.raw, faults, 'before');
  if (before !== undefined) {
    note(probe, endpoint, undefined, faults);
    return deliver(request, reply, before, probe, endpoint.errors);
  }
  const call = openCall(site, request, faults) ?? probe;
  let outcome = perform(call, endpoint, request);
  const late = faults.filter(({ when }) => when === 'after');
  note(call, endpoint, outcome, late);
  if (!(outcome instanceof ApiError) && outcome.wait) {
    const { ms, answer } = outcome.wait;
    hub.catchUp();
    await hub.stalls.wait(reply.raw, ms);
    hub.catchUp();
    outcome = answer();
  }
  const after = await actFaults(hub, reply.raw, faults, 'after');
  hub.catchUp();
  return deliver(request, reply, after ?? outcome, call, endpoint.errors);
}

function perform(call: Call, endpoint: Endpoint, request: FastifyRequest): Answer | ApiError {
  try {
    const member = authenticate(call.hub, call.header('authorization'), {
      method: request.method,
      path: request.raw.url?.split('?')[0] ?? '',
      query: call.queryText,
      host: call.header('host') ?? '',
      body: call.bytes,
    });
    call.authenticated(member);
    if (member.denied.has(endpoint.operation)) {
      throw new ApiError(403, 'The member has no permission for this call');
    }
    return endpoint.handle(call);
  } catch (error) {
    return refusal(error);
  }
}

/** Any error in the hub's words; an unforeseen one is thrown on. */
export function refusal(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  if (error instanceof ShapeError) {
    const missing = error.message === 'is missing';
    const errorCode = missing
      ? 'Field.Expected'
      : error.message.startsWith('must be one of')
        ? 'Field.Invalid'
        : 'Field.InvalidFormat';
    return new ApiError(400, error.message, { errorCode, paths: error.path === '' ? [] : [error.path] });
  }
  throw error;
}

/** Writes orders into the ledger, whatever became of them. */
function note(
  call: Call,
  endpoint: Endpoint,
  outcome: Answer | ApiError | undefined,
  faults: readonly Fault<HubFault>[],
): void {
  if (!endpoint.order) {
    return;
  }
  const accepted = outcome !== undefined && !(outcome instanceof ApiError);
  call.hub.ledger.orders.push({
    at: call.hub.clock.now(),
    operation: endpoint.operation,
    memberId:
      outcome === undefined || (outcome instanceof ApiError && outcome.status === 401) ? undefined : call.member.id,
    ...glanceAtOrder(call.text),
    outcome: outcome === undefined ? 'notAccepted' : accepted ? 'accepted' : 'refused',
    resourceId: accepted ? idIn(outcome.body) : undefined,
    httpStatus: outcome?.status ?? 0,
    faults: faults.map(({ kind }) => kind),
  });
}

/** The id of what an answer shows: `{ payment: { id } }`. */
function idIn(body: unknown): string | undefined {
  const first: unknown = typeof body === 'object' && body !== null ? Object.values(body)[0] : undefined;
  return typeof first === 'object' && first !== null && 'id' in first && typeof first.id === 'string'
    ? first.id
    : undefined;
}

function deliver(
  request: FastifyRequest,
  reply: FastifyReply,
  effect: Exclude<FaultEffect, undefined>,
  call: Call,
  dialect: ErrorDialect = 'plain',
): FastifyReply {
  if (effect === 'cut') {
    reply.hijack();
    request.raw.socket.resetAndDestroy?.();
    return reply;
  }
  return send(reply, effect, call, dialect);
}

/** Sends an answer or a refusal; every answer has a trace id. */
export function send(
  reply: FastifyReply,
  outcome: Answer | ApiError,
  call?: Call,
  dialect: ErrorDialect = 'plain',
): FastifyReply {
  const traceId = newSecret(12);
  const answer = outcome instanceof ApiError ? errorAnswer(outcome, call, dialect, traceId) : outcome;
  reply.code(answer.status).headers({
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    tokenTraceId: traceId,
    ...answer.headers,
  });
  return reply.send(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}

/** Where the profile wants text, `token-json-error: true` asks for the gateway's own JSON. */
function errorAnswer(error: ApiError, call: Call | undefined, dialect: ErrorDialect, traceId: string): Answer {
  const { status, message, details } = error;
  const headers: Record<string, string> = details.external ? { 'token-external-error': 'true' } : {};
  if (call?.hub.profile.errors !== 'text') {
    return { status, body: error.body(dialect, traceId), headers };
  }
  if (call.header('token-json-error') !== 'true') {
    return { status, body: message, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' } };
  }
  const origin = details.external ? 'bank' : 'token';
  return { status, body: { error: { code: status, message, token_trace_id: traceId, error_origin: origin } }, headers };
}

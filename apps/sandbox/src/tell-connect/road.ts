import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultContext } from '../kit/faults.js';
import { ShapeError } from '../kit/shape.js';
import { actFaults } from '../kit/wire-faults.js';
import { ApiError } from './api-error.js';
import { readBasic, readBearer, type Caller } from './authentication.js';
import { Call, type CallParts } from './call.js';
import type { Answer, Endpoint } from './endpoint.js';
import { signAnswer, verifySignature } from './jws.js';
import type { Operation } from './operations.js';
import type { PlatformFault } from './platform.js';
import type { Profile } from './profile.js';
import { camelCased } from './answer-names.js';

interface Outcome {
  answer: Answer;
  caller?: Caller;
}

/**
 * The one way of a request through the API: let faults strike, check credentials and signature, act, count, let faults
 * spoil the answer, send.
 */
export async function travel(
  endpoint: Endpoint,
  parts: CallParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { platform } = parts;
  const startedAt = performance.now();
  const probe = new Call(parts);
  const operation = typeof endpoint.operation === 'string' ? endpoint.operation : endpoint.operation(probe);
  platform.ledger.called(operation);
  const faults = platform.faults.strike(faultContext(probe, parts, operation));
  const call = new Call(parts, faults);
  const spoil = (when: Fault['when']) =>
    actFaults(platform.stalls, reply.raw, faults, when, ({ httpStatus = 500, code, reason }) =>
      errorAnswer(new ApiError(httpStatus, code ?? 'server_error', reason ?? 'Arranged by a fault'), platform.profile),
    );
  const before = await spoil('before');
  const outcome: Outcome = before === undefined ? perform(call, endpoint) : { answer: { status: 503 } };
  note(call, operation, before === undefined ? outcome : undefined, faults);
  const effect = before ?? (await spoil('after'));
  if (endpoint.service !== undefined) {
    const status = effect === 'cut' ? 503 : (effect?.status ?? outcome.answer.status);
    platform.statistics.answered(platform.today(), endpoint.service, status, performance.now() - startedAt);
  }
  if (effect === 'cut') {
    reply.hijack();
    request.raw.socket.resetAndDestroy?.();
    return reply;
  }
  return send(reply, call, effect === undefined ? outcome : { answer: effect });
}

/** Credentials tell who calls, the signature proves it; then the call itself. Nothing here waits. */
function perform(call: Call, endpoint: Endpoint): Outcome {
  try {
    const consent = endpoint.credentials === 'bearer' ? readBearer(call) : undefined;
    const application = verifySignature(call, consent?.intent.application.developer ?? readBasic(call));
    if (endpoint.mediaType !== undefined && call.mediaType !== endpoint.mediaType) {
      throw new ApiError(400, 'invalid_request', `Content-Type must be ${endpoint.mediaType}`);
    }
    const caller = { application, consent };
    if (consent && call.faults.some(({ kind }) => kind === 'revokeConsent')) {
      consent.state = 'revoked';
      readBearer(call);
    }
    return { answer: endpoint.handle(call, caller), caller };
  } catch (error) {
    return { answer: errorAnswer(error, call.platform.profile) };
  }
}

/** Any refusal as an answer; an unforeseen error goes to the log and is 500. */
export function errorAnswer(error: unknown, { errors }: Profile): Answer {
  const known =
    error instanceof ShapeError ? new ApiError(400, 'invalid_request', `${error.path} ${error.message}`.trim()) : error;
  if (!(known instanceof ApiError)) {
    throw error;
  }
  const { status, code, message } = known;
  switch (errors) {
    case 'code':
      return { status, body: { code, error: message } };
    case 'Error':
      return { status, body: { Error: message } };
    case 'html':
      return {
        status,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
        body: `<!doctype html><html lang="en"><title>Error</title><p>Error ${status}</p></html>`,
      };
    case 'empty':
      return { status };
  }
}

function faultContext(call: Call, { method, path, platform }: CallParts, operation: Operation): FaultContext {
  const token = /^Bearer (\S+)$/i.exec(call.header('authorization') ?? '')?.[1] ?? '';
  const consent = platform.accessTokens.get(token)?.consent;
  return { method, path, operation, customer: consent?.customer.username, amount: glance(call)['amount'] };
}

/** Writes initiations into the ledger, whatever became of them. */
function note(
  call: Call,
  operation: Operation,
  outcome: Outcome | undefined,
  faults: readonly Fault<PlatformFault>[],
): void {
  if (operation !== 'payments.create') {
    return;
  }
  const { amount, reference } = glance(call);
  const accepted = outcome?.answer.status === 201;
  const consent = outcome?.caller?.consent;
  call.platform.ledger.initiations.push({
    at: call.platform.now(),
    consentId: consent?.id,
    amount,
    reference,
    outcome: !outcome ? 'notAccepted' : accepted ? 'accepted' : 'refused',
    paymentReference: accepted ? consent?.payment?.id : undefined,
    httpStatus: outcome?.answer.status ?? 0,
    faults: faults.map(({ kind }) => kind),
  });
}

/** Fields of an order as far as they can be read, for the ledger and for matching faults only. */
function glance(call: Call): { amount?: string | undefined; reference?: string | undefined } {
  try {
    const shape = call.body();
    const text = (name: string) => (typeof shape.raw(name) === 'string' ? String(shape.raw(name)) : undefined);
    return { amount: text('amount'), reference: text('reference') };
  } catch {
    return {};
  }
}

async function send(reply: FastifyReply, call: Call, { answer, caller }: Outcome): Promise<FastifyReply> {
  const { profile } = call.platform;
  reply.code(answer.status).headers({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  reply.headers(answer.headers ?? {});
  if (answer.body === undefined) {
    return reply.removeHeader('Content-Type').send();
  }
  const named = caller?.consent && profile.names === 'camel' ? camelCased(answer.body) : answer.body;
  const text = typeof named === 'string' ? named : JSON.stringify(named);
  if (caller && profile.answerSignature === 'on') {
    reply.header('x-jws-signature', signAnswer(call, caller.application, text));
  }
  return reply.send(text);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShapeError } from '../kit/shape.js';
import type { Fault } from '../kit/faults.js';
import type { Answer } from './answer.js';
import { fingerprintOf } from './answer-book.js';
import type { Bank, BankFault } from './bank.js';
import type { Call } from './call.js';
import type { Endpoint } from './endpoint.js';
import { actFaults } from '../kit/wire-faults.js';
import { faultAnswer, faultSubject } from './faults.js';
import { glanceAtOrder } from './payments/glance.js';
import { OAuthError } from './oauth/oauth-error.js';
import { openCall, type Site } from './open-call.js';
import { readBody } from './received-body.js';
import type { Operation } from './operations.js';
import { checkClientCertificate } from './pki/client-certificate.js';
import { verifyRequest } from './signature/verify-request.js';
import { TppError, formatError } from './tpp-error.js';
import { writeJson } from './wire-style.js';

/**
 * The one way of a request through the bank: let due things happen, let faults strike, check X-Request-ID, give a
 * repeated request its first answer, act, remember, let faults spoil the answer, send.
 */
export async function travel(
  site: Site,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = await readBody(request);
  const probe = openCall(site, request, body);
  if (!probe) {
    return send(reply, refusal(new TppError(404, 'RESOURCE_UNKNOWN', 'No such bank'), undefined));
  }
  const { bank } = probe;
  bank.ledger.called(endpoint.operation);
  const path = (request.url.split('?')[0] ?? '').slice(probe.links.prefix.length);
  const { operation, method } = endpoint;
  const faults = bank.faults.strike({ method, path, operation, ...faultSubject(probe) });
  const spoil = async (when: Fault['when']) =>
    actFaults(bank.stalls, reply.raw, faults, when, (fault) => faultAnswer(bank, fault));
  const before = await spoil('before');
  const call = openCall(site, request, body, faults) ?? probe;
  if (before !== undefined) {
    note(call, endpoint, undefined, faults);
    return before === 'cut' ? cut(request, reply) : send(reply, before, call);
  }
  const outcome = perform(call, endpoint, path);
  const late = faults.filter(({ when }) => when === 'after');
  note(call, endpoint, outcome, late);
  const after = await spoil('after');
  return after === 'cut' ? cut(request, reply) : send(reply, after ?? outcome.answer, call);
}

interface Outcome {
  answer: Answer;
  replayed: boolean;
}

/** Everything from here to the kept answer happens in one turn, so two equal requests at once make one resource. */
function perform(call: Call, endpoint: Endpoint, path: string): Outcome {
  const { bank } = call;
  if (endpoint.dialect === 'oauth') {
    return { answer: oauthAnswer(call, endpoint), replayed: false };
  }
  try {
    const { requestId } = call;
    assertIdentified(call, endpoint.operation);
    const acts = endpoint.method !== 'GET' && bank.profile.replays;
    const fingerprint = fingerprintOf([endpoint.method, path, call.header('PSU-ID'), call.tpp, call.text]);
    const known = acts ? bank.answers.find(requestId, fingerprint, bank.clock.nowMs()) : undefined;
    if (known === 'other' && bank.profile.headers === 'strict') {
      throw formatError('X-Request-ID', 'was used for another request');
    }
    if (known !== undefined && known !== 'other') {
      return { answer: known, replayed: true };
    }
    const answer = endpoint.handle(call);
    if (acts) {
      bank.answers.keep(requestId, fingerprint, answer, bank.clock.nowMs());
    }
    return { answer, replayed: false };
  } catch (error) {
    return { answer: refusal(error, bank), replayed: false };
  }
}

/** Certificate of the connection first, then the signature of the request; tokens are not asked for by signed requests. */
function assertIdentified(call: Call, operation: Operation): void {
  if (call.bank.profile.mtls === 'required') {
    checkClientCertificate(call, operation);
  }
  if (call.bank.profile.signature === 'required' && operation !== 'oauth.token') {
    verifyRequest(call, operation);
  }
}

function oauthAnswer(call: Call, endpoint: Endpoint): Answer {
  try {
    if (endpoint.operation === 'oauth.token') {
      assertIdentified(call, endpoint.operation);
    }
    return endpoint.handle(call);
  } catch (error) {
    if (error instanceof TppError) {
      return new OAuthError(error.status, 'invalid_client', error.text).answer();
    }
    if (error instanceof OAuthError) {
      return error.answer();
    }
    throw error;
  }
}

/** Any error as an answer in the bank's words; an unforeseen one goes to the log and is 500. */
export function refusal(error: unknown, bank: Bank | undefined): Answer {
  const known = error instanceof ShapeError ? formatError(error.path, error.message) : error;
  if (!(known instanceof TppError)) {
    throw error;
  }
  return { status: known.status, body: known.body(bank?.profile.errors ?? 'tppMessages') };
}

/** Writes initiations into the ledger, whatever became of them. */
function note(call: Call, endpoint: Endpoint, outcome: Outcome | undefined, faults: readonly Fault<BankFault>[]): void {
  if (endpoint.operation !== 'payments.initiate') {
    return;
  }
  const order = glanceAtOrder(call.text);
  const answered = outcome?.answer.body as { paymentId?: string } | undefined;
  const accepted = outcome?.answer.status === 201;
  call.bank.ledger.initiated({
    at: call.bank.clock.now(),
    requestId: call.header('X-Request-ID'),
    ...order,
    product: call.params['product'],
    outcome: !outcome ? 'notAccepted' : !accepted ? 'refused' : outcome.replayed ? 'replayed' : 'accepted',
    paymentId: accepted ? answered?.paymentId : undefined,
    httpStatus: outcome?.answer.status ?? 0,
    faults: faults.map(({ kind }) => kind),
  });
}

async function send(reply: FastifyReply, answer: Answer, call?: Call): Promise<FastifyReply> {
  const requestId = call?.header('X-Request-ID');
  if (requestId !== undefined) {
    reply.header('X-Request-ID', requestId);
  }
  const problem = answer.status >= 400 && call?.bank.profile.errors === 'problem';
  const type = problem ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8';
  const { 'ASPSP-SCA-Approach': approach, ...headers } = answer.headers ?? {};
  reply.code(answer.status).headers({ 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  if (approach !== undefined) {
    // Past the framework, which would write the name in lower case.
    const odd = call?.bank.profile.headerSpelling === 'odd';
    reply.raw.setHeader(odd ? 'Aspsp-Sca-Approach' : 'ASPSP-SCA-Approach', approach);
  }
  if (answer.body === undefined) {
    return reply.removeHeader('Content-Type').send();
  }
  const { body } = answer;
  return reply.send(typeof body === 'string' ? body : call ? writeJson(call.bank.profile, body) : JSON.stringify(body));
}

/** Ends the connection without an answer. */
function cut(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.resetAndDestroy?.();
  return reply;
}

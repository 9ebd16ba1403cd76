import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answer.js';
import { Refusal } from '../refusal.js';
import { errorAnswer, send, sendEffect } from '../send.js';
import { arrive, type Site } from '../site.js';
import { actFaults } from '../wire-faults.js';
import { act, actionUnknown } from './act.js';

/** The way of an Action through the hub, with the faults round it; `name` is the path, or undefined for an unknown one. */
export async function travelAction(
  site: Site,
  name: string | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const arrival = arrive(site, request);
  if (!arrival) {
    return reply.code(404).send({ error: 'No such hub: use a-z, 0-9 and - (at most 64 hubs)' });
  }
  const { hub } = arrival;
  const requestId = arrival.header('X-Request-Id');
  if (name === undefined) {
    return send(reply, errorAnswer(hub, 'bank', actionUnknown(), requestId));
  }
  const operation = `actions.${name}`;
  hub.ledger.called(operation);
  const faults = hub.faults.strike({ method: 'POST', path: `/${name}`, operation });
  const spoiled = (status: number, code: string | undefined, title: string): Answer =>
    errorAnswer(hub, 'bank', new Refusal(status, code ?? 'INTERNAL_SERVER_ERROR', title), requestId);
  const before = await actFaults(hub, reply.raw, faults, 'before');
  if (before) {
    return sendEffect(request, reply, before, spoiled);
  }
  const names = ['x-api-key', 'x-request-id', 'x-signature', 'x-auth-token'];
  const headers = Object.fromEntries(names.map((header) => [header, arrival.header(header)]));
  const answer = act(hub, { name, headers, bytes: arrival.bytes }, arrival.hasClientCertificate);
  const after = await actFaults(hub, reply.raw, faults, 'after');
  return after ? sendEffect(request, reply, after, spoiled) : send(reply, answer);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.js';
import type { Hub } from './hub.js';
import type { Refusal } from './refusal.js';
import { timestamp } from './timestamp.js';
import { UUID } from './vocabulary.js';
import type { FaultEffect } from './wire-faults.js';

/** The id to answer with: the caller's if it is a UUID, else a fresh one, never junk. */
export function echoId(requestId: string | undefined): string {
  return requestId !== undefined && UUID.test(requestId) ? requestId : randomUUID();
}

/** A refusal as an answer: on the TPP plane `additionalErrors` is always there, on the bank plane only with content. */
export function errorAnswer(hub: Hub, plane: 'bank' | 'tpp', refusal: Refusal, requestId: string | undefined): Answer {
  const { status, code, title, additional } = refusal;
  const list = plane === 'tpp' || additional.length > 0 ? { additionalErrors: additional } : {};
  return {
    status,
    body: {
      code,
      title: title.slice(0, 70),
      timestamp: timestamp(hub.clock.now(), plane, hub.settings.timestamps),
      requestId: echoId(requestId),
      ...list,
    },
  };
}

export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...answer.headers };
  reply.code(answer.status).headers(headers);
  return reply.send(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}

/** Sends what a fault made of the answer. */
export function sendEffect(
  request: FastifyRequest,
  reply: FastifyReply,
  effect: Exclude<FaultEffect, undefined>,
  error: (status: number, code: string | undefined, title: string) => Answer,
): FastifyReply {
  switch (effect.kind) {
    case 'cut':
      reply.hijack();
      request.raw.socket.resetAndDestroy?.();
      return reply;
    case 'error':
      return send(reply, error(effect.status, effect.code, effect.title));
    case 'text':
      return send(reply, { status: effect.status, headers: { 'Content-Type': effect.type }, body: effect.text });
  }
}

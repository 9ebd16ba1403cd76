import { redactText } from '@tributary/platform';
import { BankRefusal, type BankRefusalKind, findProvider } from '@tributary/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemCode, problemKinds } from '../http/problem.js';

/** Below it hubs ask; customers have `consent`, `confirm` and the two ways to `authorize`. */
const hubPath = /^\/bank\/([a-z0-9-]{1,40})(?=[/?]|$)(?!\/(?:consent|confirm)\/)(?!\/(?:[^/?]+\/)?authorize(?:[?]|$))/;

/**
 * Answers a hub in its own words where its request did not get as far as the bank: too many, too big, or not to be read.
 * @returns whether there was a hub to answer
 */
export function refuseHub(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    code,
    detail,
    afterSeconds,
    now,
  }: {
    readonly code: ProblemCode;
    readonly detail: string;
    readonly afterSeconds: number | null;
    readonly now: Date;
  },
): boolean {
  const definition = findProvider(hubPath.exec(request.url)?.[1] ?? '');
  if (!definition?.refuseHub) return false;
  const kind = kindOf(code);
  // Our routes and their document are no business of a hub; and its log is no place for an IBAN that somebody sent.
  const told = kind === 'unknown-action' ? 'There is no such operation of a bank at this address' : redactText(detail);
  const refusal = new BankRefusal(kind, told);
  const { httpStatus, body } = definition.refuseHub(inboundRequest(request, ''), refusal, now);
  if (afterSeconds !== null) void reply.header('retry-after', String(afterSeconds));
  sendToHub(reply, httpStatus, body);
  return true;
}

function kindOf(code: ProblemCode): BankRefusalKind {
  if (code === 'rate_limited') return 'too-many';
  const { status } = problemKinds[code];
  return status === 404 ? 'unknown-action' : status >= 500 ? 'internal' : 'malformed';
}

/** A request as the provider reads it. */
export function inboundRequest({ method, headers, rawBody }: FastifyRequest, action: string) {
  // A header that comes twice says nothing.
  const single = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]);
  return { method, action, headers: Object.fromEntries(single), rawBody: rawBody ?? Buffer.alloc(0) };
}

export function sendToHub(reply: FastifyReply, httpStatus: number, body: unknown): void {
  void reply
    .status(httpStatus)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body));
}

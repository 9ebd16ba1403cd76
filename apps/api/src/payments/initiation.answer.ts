import { HttpStatus } from '@nestjs/common';
import { type InitiatedPayment, Refusal } from '@tributary/banking';
import type { FastifyReply } from 'fastify';

/**
 * Says in status and headers what became of an initiation: 201 where the bank has the order, 202 where nobody knows yet.
 * @param collection path of the payments of this kind
 * @throws Refusal `payment_rejected` where the bank refused it
 */
export function sayInitiated({ payment, replayed }: InitiatedPayment, collection: string, reply: FastifyReply): void {
  const href = `${collection}/${payment.id}`;
  if (replayed) void reply.header('idempotent-replayed', 'true');
  if (payment.status === 'rejected') {
    throw new Refusal(
      'payment_rejected',
      `The bank refused the payment (${payment.isoReason ?? payment.upstreamStatus ?? 'no reason given'}). ` +
        `It is kept as ${payment.id}; a corrected one needs a new key.`,
      { nextAction: { type: 'read', href } },
    );
  }
  void reply.status(payment.status === 'unknown' ? HttpStatus.ACCEPTED : HttpStatus.CREATED);
  void reply.header('location', href);
}

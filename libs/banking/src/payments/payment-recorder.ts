import { Inject, Injectable } from '@nestjs/common';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import { DataSource, type EntityManager } from 'typeorm';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import type { PaymentChange } from './observe.js';
import { PaymentWriter, type PlannedChange } from './payment-writer.js';

/** More than the writers of one payment that can meet: a webhook, a poll, a callback, an answer and a person. */
const attempts = 8;

/**
 * Applies one observation to one payment, however many others are at it: read, observe, write if the version still
 * holds, else again from the row as it is now.
 */
@Injectable()
export class PaymentRecorder {
  constructor(
    private readonly database: DataSource,
    private readonly writer: PaymentWriter,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns the payment as it is after the change */
  async record(paymentId: string, change: (payment: Payment) => PlannedChange): Promise<Payment> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const payment = await this.database.getRepository(PaymentEntity).findOneByOrFail({ id: paymentId });
      const planned = change(payment);
      const lost = await this.writer.write([planned], this.clock.now());
      if (lost.length === 0) {
        this.alert(planned);
        return this.database.getRepository(PaymentEntity).findOneByOrFail({ id: paymentId });
      }
    }
    throw new Error(`payment ${paymentId} kept changing while it was written`);
  }

  /** Many changes at once, from rows already read; the few that lost a race are done over one by one. */
  async recordAll(
    changes: readonly (PlannedChange & { readonly again: (payment: Payment) => PlannedChange })[],
  ): Promise<void> {
    const lost = new Set(await this.writeAll(changes));
    for (const change of changes) {
      if (lost.has(change)) await this.recordAlone(change.before.id, change.again);
      else this.alert(change);
    }
  }

  /** A batch that the database refuses for one of its rows is done one by one. */
  private async writeAll(changes: readonly PlannedChange[]): Promise<readonly PlannedChange[]> {
    try {
      return await this.writer.write(changes, this.clock.now());
    } catch (error) {
      this.logger.error({ event: 'payment.batch-refused', count: changes.length, err: error }, 'writing one by one');
      return changes;
    }
  }

  private async recordAlone(paymentId: string, change: (payment: Payment) => PlannedChange): Promise<void> {
    try {
      await this.record(paymentId, change);
    } catch (error) {
      this.logger.error({ event: 'payment.write-failed', paymentId, err: error }, 'what a bank said was not written');
    }
  }

  /** Inside the caller's transaction, for a payment that the caller just wrote. */
  async recordWith(manager: EntityManager, change: PlannedChange): Promise<void> {
    const lost = await this.writer.writeWith(manager, [change], this.clock.now());
    if (lost.length > 0) throw new Error(`payment ${change.before.id} changed under its own transaction`);
    this.alert(change);
  }

  private alert({ alert, after }: PaymentChange): void {
    if (alert === null) return;
    this.logger.error({ event: 'payment.conflict', paymentId: after.id, connectionId: after.connectionId }, alert);
  }
}

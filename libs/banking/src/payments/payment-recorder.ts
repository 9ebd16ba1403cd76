import { Inject, Injectable } from '@nestjs/common';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import { errorCode } from '@tributary/platform';
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
      const { written, lost } = await this.writeOne(payment, planned);
      if (!lost) {
        this.alert(written);
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

  private async writeOne(payment: Payment, planned: PlannedChange): Promise<{ written: PlannedChange; lost: boolean }> {
    try {
      return { written: planned, lost: (await this.writer.write([planned], this.clock.now())).length > 0 };
    } catch (error) {
      if (!isReferenceTaken(error)) throw error;
      const written = withoutReference(payment, planned);
      return { written, lost: (await this.writer.write([written], this.clock.now())).length > 0 };
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

/** The upstream gave two payments one name: a unique index of the table says so. */
function isReferenceTaken(error: unknown): boolean {
  return errorCode(error) === '23505' && error instanceof Error && error.message.includes('payments_reference');
}

/** The payment is at the upstream, but nothing that is said under that name may settle it. */
function withoutReference(payment: Payment, planned: PlannedChange): PlannedChange {
  const entries = planned.entries.map((entry) => ({ ...entry, applied: false, why: 'reference-taken' as const }));
  const after = { ...payment, sendState: 'sent' as const, sendLeaseUntil: null, polls: payment.polls + 1 };
  return {
    before: payment,
    after,
    entries,
    events: [],
    alert: 'the upstream gave this payment the name of another one',
  };
}

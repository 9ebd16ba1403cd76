import { Inject, Injectable } from '@nestjs/common';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import { errorCode } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import { observeTakenReference, type PaymentChange } from './observe.js';
import { PaymentWriter, type PlannedChange } from './payment-writer.js';

/** More than the writers of one payment that can meet: a webhook, a poll, a callback, an answer and a person. */
const attempts = 8;

interface WrittenChange {
  readonly written: PlannedChange;
  readonly lost: boolean;
  /** Absent where only the next poll was planned. */
  readonly after: Payment | undefined;
}

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

  /**
   * @param known the row where the caller has just read it: its version guards the write like that of any other
   * @returns the payment as it is after the change
   */
  async record(paymentId: string, change: (payment: Payment) => PlannedChange, known?: Payment): Promise<Payment> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const payment = attempt === 0 && known ? known : await this.read(paymentId);
      const { written, lost, after } = await this.writeOne(payment, change(payment));
      if (!lost) {
        this.alert(written);
        return after ?? (await this.read(paymentId));
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

  private async writeOne(payment: Payment, planned: PlannedChange): Promise<WrittenChange> {
    try {
      return await this.written(planned);
    } catch (error) {
      if (!isReferenceTaken(error)) throw error;
      return this.written(observeTakenReference(payment, planned.entries[0] ?? null));
    }
  }

  private async written(change: PlannedChange): Promise<WrittenChange> {
    const { lost, written } = await this.writer.write([change], this.clock.now());
    return { written: change, lost: lost.length > 0, after: written.get(change.before.id) };
  }

  private read(id: string): Promise<Payment> {
    return this.database.getRepository(PaymentEntity).findOneByOrFail({ id });
  }

  /** A batch that the database refuses for one of its rows is done one by one. */
  private async writeAll(changes: readonly PlannedChange[]): Promise<readonly PlannedChange[]> {
    try {
      return (await this.writer.write(changes, this.clock.now())).lost;
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
      // Not at once: the bank would be asked for ever, as fast as it answers.
      await this.writer.putOff(paymentId);
    }
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

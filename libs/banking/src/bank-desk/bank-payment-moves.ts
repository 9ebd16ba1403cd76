import { Injectable } from '@nestjs/common';
import { isFinal, type IsoPaymentStatus, mayAnnounce } from '@tributary/domain';
import {
  type BankPayment,
  BankPaymentEntity,
  type BankPaymentStatus,
  BankPaymentStatusEntity,
} from '@tributary/persistence';
import type { EntityManager } from 'typeorm';
import { addEvent } from '../events/outbox.js';
import { addReport } from './bank-reports.js';

/** A step of a payment, and who made it. */
export interface BankPaymentMove {
  readonly next: IsoPaymentStatus;
  readonly source: BankPaymentStatus['source'];
  readonly reason?: string | null | undefined;
  /** What changes together with the status. */
  readonly with?: Partial<Pick<BankPayment, 'psuId' | 'debtorReference' | 'confirmedAt'>>;
}

/** The one place where a payment of the bank changes its status: row, history, event and the hub's news together. */
@Injectable()
export class BankPaymentMoves {
  /** Writes the first status, which the hub has from our answer. */
  async begin(manager: EntityManager, payment: BankPayment): Promise<void> {
    await manager.getRepository(BankPaymentEntity).insert(payment);
    await this.note(manager, payment, 'hub');
  }

  /**
   * Makes a legal move; the caller holds the row's lock.
   * @throws Error for an illegal one: callers ask `mayAnnounce` first
   */
  async move(manager: EntityManager, payment: BankPayment, step: BankPaymentMove): Promise<BankPayment> {
    const { isoStatus: status, beforePending, kind } = payment;
    if (!mayAnnounce({ status, beforePending, bulk: kind === 'bulk' }, step.next)) {
      throw new Error(`illegal move from ${status} to ${step.next}`);
    }
    const moved: BankPayment = {
      ...payment,
      ...step.with,
      isoStatus: step.next,
      beforePending: step.next === 'PDNG' ? status : null,
      reason: step.reason ?? null,
      final: isFinal(step.next),
      version: payment.version + 1,
      updatedAt: new Date(),
    };
    const { isoStatus, psuId, debtorReference, confirmedAt, reason, final, version, updatedAt } = moved;
    await manager.getRepository(BankPaymentEntity).update(
      { id: payment.id },
      {
        isoStatus,
        beforePending: moved.beforePending,
        psuId,
        debtorReference,
        confirmedAt,
        reason,
        final,
        version,
        updatedAt,
      },
    );
    await this.note(manager, moved, step.source);
    await addReport(manager, {
      connectionId: payment.connectionId,
      appId: payment.appId,
      kind: 'paymentStatus',
      subject: payment.id,
      payload: { reference: payment.reference, status: isoStatus },
    });
    return moved;
  }

  private async note(manager: EntityManager, payment: BankPayment, source: BankPaymentStatus['source']): Promise<void> {
    const { id: paymentId, appId, isoStatus, reason, version } = payment;
    await manager
      .getRepository(BankPaymentStatusEntity)
      .insert({ paymentId, appId, at: payment.updatedAt, isoStatus, source, reason });
    const type = version === 1 ? 'bank.payment.received' : 'bank.payment.statusChanged';
    const data = { paymentId, isoStatus, reason, final: payment.final };
    await addEvent(manager, { appId, type, subjectId: paymentId, sequence: version, data });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type IsoPaymentStatus, mayAnnounce } from '@tributary/domain';
import {
  type BankAccount,
  BankAccountEntity,
  type BankPayment,
  BankPaymentEntity,
  type BankPaymentStatus,
  BankPaymentStatusEntity,
  type BankToken,
  BankTokenEntity,
} from '@tributary/persistence';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { addEvent } from '../events/outbox.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock } from '../tokens.js';
import { BankPaymentMoves } from './bank-payment-moves.js';
import { BankPerformance } from './bank-performance.js';
import { pays } from './bank-payment-intake.js';
import { type Agreed, Desks } from './desks.js';
import { HeldAccounts } from './held-accounts.js';

/** What can be said of a payment before its customer confirmed it: that it waits, or that it is over. */
const beforeConfirmation: ReadonlySet<IsoPaymentStatus> = new Set(['ACTC', 'PATC', 'PDNG', 'RJCT', 'CANC']);

/** Payments that TPPs asked the bank for: decided by its customers, executed by the app, reported to the hub. */
@Injectable()
export class BankPaymentsService {
  constructor(
    private readonly database: DataSource,
    private readonly moves: BankPaymentMoves,
    private readonly accounts: HeldAccounts,
    private readonly performance: BankPerformance,
    private readonly desks: Desks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Oldest first; key of a row: its id. */
  list(
    appId: string,
    filter: { readonly isoStatus?: string | undefined; readonly confirmed?: boolean | undefined },
    { limit, after }: PageRequest,
  ): Promise<BankPayment[]> {
    const query = this.database
      .getRepository(BankPaymentEntity)
      .createQueryBuilder('payment')
      .where('payment.appId = :appId', { appId })
      .orderBy('payment.id')
      .limit(limit + 1);
    if (after !== null) query.andWhere('payment.id > :after', { after });
    if (filter.isoStatus !== undefined) query.andWhere('payment.isoStatus = :isoStatus', filter);
    if (filter.confirmed !== undefined) {
      query.andWhere(`payment.confirmedAt IS ${filter.confirmed ? 'NOT NULL' : 'NULL'}`);
    }
    return query.getMany();
  }

  /** @throws Refusal `not_found` */
  async get(
    appId: string,
    id: string,
  ): Promise<{ readonly payment: BankPayment; readonly history: readonly BankPaymentStatus[] }> {
    const payment = await this.database.getRepository(BankPaymentEntity).findOneBy({ appId, id });
    if (!payment) throw notFound();
    const history = await this.database
      .getRepository(BankPaymentStatusEntity)
      .find({ where: { paymentId: id }, order: { sequence: 'ASC' } });
    return { payment, history };
  }

  /**
   * How the execution goes, as the app says. The same status again changes nothing and tells nobody.
   * @throws Refusal `not_found`, `conflict` for a move that a bank may not announce: then nothing is sent
   */
  report(appId: string, id: string, next: IsoPaymentStatus, reason: string | undefined): Promise<BankPayment> {
    return this.locked(appId, id, async (manager, payment) => {
      const { isoStatus: status, beforePending, kind } = payment;
      if (status === next) return payment;
      if (!mayAnnounce({ status, beforePending, bulk: kind === 'bulk' }, next)) {
        throw illegal(`${next} cannot follow ${status}${kind === 'bulk' ? '' : ' of a payment that is no bulk'}.`);
      }
      if (payment.confirmedAt === null && !beforeConfirmation.has(next)) {
        throw illegal(`The customer has not confirmed the payment: ${next} would say that it is accepted.`);
      }
      return this.moves.move(manager, payment, { next, source: 'app', reason });
    });
  }

  /**
   * The customer confirms: now it counts against what can be spent, and the app may execute it. A bank whose funds do not
   * suffice any more declines instead.
   * @param debtorReference where the TPP left the choice to the customer
   * @throws Refusal `not_found`, `conflict`, `invalid_request`
   */
  confirm(
    appId: string,
    id: string,
    { psuId, debtorReference, source }: { psuId: string; debtorReference?: string | undefined; source: 'psu' | 'app' },
  ): Promise<BankPayment> {
    return this.locked(appId, id, async (manager, payment, { fundsBalance, endStatuses }) => {
      this.checkUndecided(payment);
      const account = await this.payer(manager, payment, psuId, debtorReference);
      const known = { psuId, debtorReference: account.reference };
      const available = await this.accounts.available(manager, account, fundsBalance);
      if (available !== null && available < payment.amountMinor) {
        return this.moves.move(manager, payment, {
          next: endStatuses.declined,
          source: 'desk',
          reason: 'Insufficient funds',
          with: known,
        });
      }
      const confirmed = await this.moves.move(manager, payment, {
        // Funds were checked only where they are known here.
        next: available === null ? 'ACCP' : 'ACFC',
        source,
        with: { ...known, confirmedAt: this.clock.now() },
      });
      await this.performance.decided(manager, 'payment', confirmed);
      await addEvent(manager, {
        appId,
        type: 'bank.payment.requested',
        subjectId: id,
        sequence: confirmed.version,
        data: { paymentId: id, kind: payment.kind, debtorReference: account.reference, psuId },
      });
      return confirmed;
    });
  }

  /** The customer says no, in time. @throws Refusal `not_found`, `conflict` */
  refuse(appId: string, id: string, source: 'psu' | 'app'): Promise<BankPayment> {
    return this.locked(appId, id, (manager, payment, { endStatuses }) => {
      this.checkUndecided(payment);
      return this.moves.move(manager, payment, {
        next: endStatuses.refused,
        source,
        reason: 'Refused by the customer',
      });
    });
  }

  /** Ends payments that nobody confirmed in time; they stay due while their connection cannot be opened. @returns how many */
  async expireDue(limit: number): Promise<number> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT DISTINCT connection_id AS id FROM bank_payments
       WHERE confirmed_at IS NULL AND NOT final AND link_expires_at <= now()`,
    );
    const agreed = await this.desks.agreedByConnection(rows.map(({ id }) => id));
    if (agreed.size === 0) return 0;
    return this.database.transaction(async (manager) => {
      const due = await manager
        .getRepository(BankPaymentEntity)
        .createQueryBuilder('payment')
        .where('payment.confirmedAt IS NULL AND NOT payment.final AND payment.linkExpiresAt <= now()')
        .andWhere({ connectionId: In([...agreed.keys()]) })
        .orderBy('payment.linkExpiresAt')
        .limit(limit)
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getMany();
      for (const payment of due) {
        const next = agreed.get(payment.connectionId)?.endStatuses.expired;
        if (next === undefined) continue;
        await this.moves.move(manager, payment, { next, source: 'desk', reason: 'Not confirmed in time' });
      }
      return due.length;
    });
  }

  /** The consent behind them was revoked: payments that their customer has not confirmed yet are declined. */
  async declineUnconfirmed(
    manager: EntityManager,
    { id: tokenId }: Pick<BankToken, 'id'>,
    agreed: Agreed,
  ): Promise<void> {
    const open = await manager.getRepository(BankPaymentEntity).find({
      where: { tokenId, confirmedAt: IsNull(), final: false },
      lock: { mode: 'pessimistic_write' },
    });
    const step = { next: agreed.endStatuses.declined, source: 'desk', reason: 'The consent was revoked' } as const;
    for (const payment of open) await this.moves.move(manager, payment, step);
  }

  /** Accounts from which this customer may pay it. */
  async payersOf(payment: BankPayment, psuId: string): Promise<readonly BankAccount[]> {
    return this.payers(this.database.manager, payment, psuId);
  }

  private async payers(manager: EntityManager, payment: BankPayment, psuId: string): Promise<readonly BankAccount[]> {
    const { appId, tokenId, debtorReference, scheme } = payment;
    const token =
      tokenId === null ? null : await manager.getRepository(BankTokenEntity).findOneByOrFail({ id: tokenId });
    if (token && token.psuId !== psuId) return [];
    const own = await this.accounts.ofCustomer(manager, appId, psuId);
    return own.filter(
      (account) =>
        pays(account, scheme, payment) &&
        (debtorReference === null || account.reference === debtorReference) &&
        (!token || token.accountReferences.includes(account.reference)),
    );
  }

  /** Locked: of two payments that are confirmed at once the second sees what the first took. */
  private async payer(
    manager: EntityManager,
    payment: BankPayment,
    psuId: string,
    chosen: string | undefined,
  ): Promise<BankAccount> {
    const payers = await this.payers(manager, payment, psuId);
    const wanted = chosen ?? payment.debtorReference;
    if (wanted === null && payers.length > 1) {
      throw new Refusal(
        'invalid_request',
        'The TPP left the account open, and several can pay it: say which one does.',
        {
          errors: [
            { pointer: '/accountReference', code: 'required', message: 'must be given: several accounts can pay' },
          ],
        },
      );
    }
    const account = wanted === null ? payers[0] : payers.find(({ reference }) => reference === wanted);
    if (account) {
      const { appId, reference } = account;
      return manager
        .getRepository(BankAccountEntity)
        .findOneOrFail({ where: { appId, reference }, lock: { mode: 'pessimistic_write' } });
    }
    throw new Refusal('invalid_request', 'This customer has no such account that can pay it.', {
      errors: [
        { pointer: '/accountReference', code: 'invalid', message: 'must be an account of the PSU that can pay' },
      ],
    });
  }

  private checkUndecided({ confirmedAt, final, linkExpiresAt }: BankPayment): void {
    if (confirmedAt !== null || final) throw new Refusal('conflict', 'The payment is decided already.');
    if (linkExpiresAt <= this.clock.now()) throw new Refusal('conflict', 'The time to confirm it is over.');
  }

  private async locked(
    appId: string,
    id: string,
    act: (manager: EntityManager, payment: BankPayment, agreed: Agreed) => Promise<BankPayment>,
  ): Promise<BankPayment> {
    const { payment: found } = await this.get(appId, id);
    const agreed = await this.desks.agreed(found);
    return this.database.transaction(async (manager) => {
      const payment = await manager
        .getRepository(BankPaymentEntity)
        .findOne({ where: { appId, id }, lock: { mode: 'pessimistic_write' } });
      if (!payment) throw notFound();
      return act(manager, payment, agreed);
    });
  }
}

function illegal(message: string): Refusal {
  return new Refusal('conflict', message, { errors: [{ pointer: '/status', code: 'invalid', message }] });
}

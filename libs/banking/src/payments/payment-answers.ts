import { Injectable } from '@nestjs/common';
import type { Payment } from '@tributary/persistence';
import { failpoint, Vault, type VaultPlace } from '@tributary/platform';
import type { AuthorisationSnapshot } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationRows, isOpen } from '../authorisations/authorisation-rows.js';
import { type AnyPaymentView, viewPayment } from './payment-view.js';
import { PaymentViews } from './payment-views.js';

/** The answer to a payment's first request, to be written with what it tells: an SCA that the upstream opened with the payment. */
export interface FirstAnswer {
  readonly view: AnyPaymentView;
  /** The view, sealed. */
  readonly envelope: string;
  /** When the payment was changed, as the view says. */
  readonly at: Date;
  readonly authorisationId: string;
  /** What was said about that SCA ({@link AuthorisationRows.words}). */
  readonly words: readonly unknown[];
}

/** The words with which the first request of a payment is answered: a repeated key hears the same, for ever. */
@Injectable()
export class PaymentAnswers {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly views: PaymentViews,
    private readonly authorisations: AuthorisationRows,
  ) {}

  /** null: nobody was answered yet. */
  kept(payment: Payment): AnyPaymentView | null {
    if (payment.answerEnvelope === null) return null;
    return this.vault.unsealJson<AnyPaymentView>(payment.answerEnvelope, place(payment));
  }

  /** Answers with the payment as it is, and keeps that. */
  async keep(payment: Payment): Promise<AnyPaymentView> {
    const view = await this.views.one(payment);
    await this.database.query('UPDATE payments SET answer_envelope = $2 WHERE id = $1 AND answer_envelope IS NULL', [
      payment.id,
      this.vault.sealJson(view, place(payment)),
    ]);
    failpoint('answer.kept');
    return view;
  }

  /**
   * The answer for a payment with this one SCA, where all that was said about it fits into its row.
   * @param payment as it will be
   */
  first(payment: Payment, said: AuthorisationSnapshot | undefined, at: Date): FirstAnswer | undefined {
    const { appId, authorisationId } = payment;
    if (authorisationId === null || !said || said.tokens || said.returnState !== undefined) return undefined;
    const open = isOpen(said);
    const sca = { id: authorisationId, subjectType: 'payment', open, nextStep: open ? said.nextStep : null } as const;
    const view = viewPayment({ ...payment, updatedAt: at }, [sca]);
    return {
      view,
      envelope: this.vault.sealJson(view, place(payment)),
      at,
      authorisationId,
      words: this.authorisations.words({ id: authorisationId, appId, disclosure: null }, said),
    };
  }
}

const place = ({ id, appId }: Payment): VaultPlace => ({
  appId,
  table: 'payments',
  row: id,
  column: 'answer_envelope',
});

import { Injectable } from '@nestjs/common';
import { awaitsPsu } from '@tributary/domain';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import type { CallContext } from '@tributary/providers';
import { DataSource } from 'typeorm';
import {
  AuthorisationsService,
  type AuthorisationView,
  type NewSca,
} from '../authorisations/authorisations.service.js';
import { otherSigner } from '../authorisations/subject.js';
import { inLiveBasket } from '../baskets/live-basket.js';
import { notFound, Refusal } from '../refusal.js';
import { HeldPayments } from './held-payments.js';
import { observeStep } from './observe.js';
import { PaymentRecorder } from './payment-recorder.js';

type Signed = 'payment' | 'cancellation';

/** Who authorises next, what, and how. */
export interface NewPaymentSca extends NewSca {
  /** Absent: the payment. */
  readonly subject?: Signed | undefined;
}

/** Further SCAs of a payment or of its cancellation: of the next signer where a company needs several, or of the same PSU once more. */
@Injectable()
export class PaymentSigners {
  constructor(
    private readonly database: DataSource,
    private readonly held: HeldPayments,
    private readonly recorder: PaymentRecorder,
    private readonly authorisations: AuthorisationsService,
  ) {}

  /**
   * Opens an SCA at the bank. Earlier open ones of the same signer end; those of other signers go on.
   * @throws Refusal `not_found`, `conflict`; ProviderError: then nothing has changed
   */
  async authorise(
    appId: string,
    id: string,
    { psu, scaPreference, subject = 'payment' }: NewPaymentSca,
    context: CallContext,
  ): Promise<AuthorisationView> {
    const payment = await this.database.getRepository(PaymentEntity).findOneBy({ id, appId });
    if (!payment) throw notFound();
    requireOpen(payment, subject);
    if ((await inLiveBasket(this.database.manager, [id])).length > 0) {
      throw new Refusal('conflict', 'The payment is in a signing basket: sign or dissolve that.');
    }
    const held = await this.held.hold(payment);
    const authorisationId = await this.authorisations.openAt(
      {
        subjectType: subject,
        subjectId: id,
        appId,
        connectionId: payment.connectionId,
        approach: scaPreference,
        signer: otherSigner(payment, psu),
      },
      { type: subject, payment: held },
      scaPreference ?? held.scaPreference,
      context,
    );
    const open = await this.authorisations.stepOpen('payment', id);
    const view = await this.authorisations.view(appId, authorisationId);
    const newest = subject === 'payment' ? { authorisationId } : { cancellationAuthorisationId: authorisationId };
    await this.recorder.record(id, (current) => {
      const change = observeStep(current, open);
      return { ...change, after: { ...change.after, ...newest } };
    });
    return view;
  }
}

/** @throws Refusal `conflict` where there is nothing that a PSU could authorise */
function requireOpen({ reference, final, isoStatus, state, cancellationAuthorisationId }: Payment, what: Signed): void {
  const open = what === 'payment' ? awaitsPsu(isoStatus) : cancellationAuthorisationId !== null;
  if (reference !== null && !final && open) return;
  if (what === 'cancellation' && !final) {
    throw new Refusal('conflict', 'No cancellation of the payment waits for an SCA: ask for one first.');
  }
  const why = reference === null ? 'The bank does not have the payment yet' : `The payment is ${state}`;
  throw new Refusal('conflict', `${why}: there is nothing to authorise.`);
}

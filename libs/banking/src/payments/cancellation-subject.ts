import { Injectable } from '@nestjs/common';
import type { ObservationSource } from '@tributary/domain';
import { type Payment, PaymentEntity } from '@tributary/persistence';
import type { AuthorisationSnapshot, CallContext } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import type { LoadedSubject, SubjectHandler } from '../authorisations/subject.js';
import { HeldPayments } from './held-payments.js';
import { observeStep } from './observe.js';
import { PaymentInquiry } from './payment-inquiry.js';
import { PaymentRecorder } from './payment-recorder.js';

/** What the SCA of a cancellation does to its payment: nothing by itself. The bank is asked, soon and then again. */
@Injectable()
export class CancellationSubject implements SubjectHandler {
  readonly type = 'cancellation';

  constructor(
    private readonly database: DataSource,
    private readonly held: HeldPayments,
    private readonly inquiry: PaymentInquiry,
    private readonly recorder: PaymentRecorder,
    authorisations: AuthorisationsService,
  ) {
    authorisations.register(this);
  }

  async load(subjectId: string): Promise<LoadedSubject> {
    const payment = await this.find(subjectId);
    const held = await this.held.hold(payment);
    return {
      subject: { type: 'cancellation', payment: held },
      scaPreference: held.scaPreference,
      redirectUri: payment.redirectUri,
      appState: payment.appState,
      returnedAs: 'paymentId',
    };
  }

  async moved(
    subjectId: string,
    { nextStep }: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void> {
    if (nextStep !== null && source !== 'callback') return;
    const payment = await this.inquiry.refresh(await this.find(subjectId), source, context);
    // Not cancelled yet: the payment's own schedule begins anew, since news is near.
    if (payment.final) return;
    await this.recorder.record(subjectId, (current) => {
      const change = observeStep(current, current.stepOpen);
      return { ...change, after: { ...change.after, polls: 0 } };
    });
  }

  async status(subjectId: string): Promise<string> {
    return (await this.find(subjectId)).state;
  }

  private find(id: string): Promise<Payment> {
    return this.database.getRepository(PaymentEntity).findOneByOrFail({ id });
  }
}

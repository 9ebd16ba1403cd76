import { Injectable } from '@nestjs/common';
import type { Payment } from '@tributary/persistence';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import { type AnyPaymentView, viewPayment } from './payment-view.js';

/** Payments with what their PSUs have to do next. */
@Injectable()
export class PaymentViews {
  constructor(private readonly authorisations: AuthorisationsService) {}

  async all(payments: readonly Payment[]): Promise<AnyPaymentView[]> {
    const found = await this.authorisations.ofSubjects(payments.map(({ id }) => id));
    return payments.map((payment) => viewPayment(payment, found.get(payment.id) ?? []));
  }

  async one(payment: Payment): Promise<AnyPaymentView> {
    const found = await this.authorisations.ofSubjects([payment.id]);
    return viewPayment(payment, found.get(payment.id) ?? []);
  }
}

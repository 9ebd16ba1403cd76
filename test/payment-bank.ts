import { type AnyOrder, formatMoney, isBulk, type IsoPaymentStatus, type PaymentDisclosure } from '@tributary/domain';
import {
  type Authorisation,
  type AuthorisationSnapshot,
  type BasketSnapshot,
  type CancellationSnapshot,
  type HeldPayment,
  type ItemSnapshot,
  type PaymentInitiation,
  type PaymentSnapshot,
  type Provider,
  ProviderError,
  type ProviderErrorKind,
  type Recovery,
} from '@tributary/providers';

/** What was asked about, by whom. */
interface Asked {
  readonly call: string;
  readonly subject: string;
  readonly psu: string;
}

/**
 * A bank for specs that pays: it holds what it was told, counts each order, and says next what the spec sets. Its SCA is
 * one challenge; the right code is 123456.
 */
export class PaymentBank {
  readonly asked: Asked[] = [];
  /** Orders that the bank took, by our id. */
  readonly taken: { readonly id: string; readonly order: AnyOrder; readonly explicitStart: boolean }[] = [];
  status: IsoPaymentStatus = 'RCVD';
  items: readonly ItemSnapshot[] | undefined;
  disclosure: PaymentDisclosure = {};
  recovery: Recovery = { by: 'none' };
  /** What the next calls fail with, by call; `after`: the bank did its part first. */
  readonly faults = new Map<
    string,
    { readonly kind: ProviderErrorKind; readonly code?: string; readonly after?: boolean }
  >();
  /** Whether a cancellation needs an SCA: its own, opened with the request or to be started. */
  cancellation: 'at-once' | 'silent' | 'opened' | 'to-start' = 'at-once';
  /** What each SCA does when its code is right, by type of subject. */
  onSigned: (type: string) => void = () => undefined;
  basketStatus: IsoPaymentStatus = 'RCVD';
  /** Awaited before each call is answered. */
  before: (call: string) => Promise<void> = () => Promise.resolve();
  /** Handed out with each answer about a payment. */
  continuation: { readonly link: string } | null = null;
  /** What came back with the calls. */
  readonly continuations: unknown[] = [];

  readonly provider: Provider = {
    institutions: { list: () => Promise.resolve([]) },
    close: () => Promise.resolve(),
    authorisation: this.authorisation(),
    payments: this.initiation(),
    bulkPayments: this.initiation(),
    baskets: {
      create: async (basket) => {
        await this.made('createBasket', basket.id, basket.psu.id);
        return this.basket();
      },
      read: async (basket) => {
        await this.made('readBasket', basket.id, basket.psu.id);
        return this.basket();
      },
      remove: (basket) => this.made('removeBasket', basket.id, basket.psu.id),
    },
  };

  count(call: string): number {
    return this.asked.filter((one) => one.call === call).length;
  }

  private initiation(): PaymentInitiation<AnyOrder> {
    const recovery = () => this.recovery;
    return {
      get recovery() {
        return recovery();
      },
      features: ['recurring', 'futureDated'],
      check: () => undefined,
      initiate: async (payment) => {
        const fault = this.faults.get('initiate');
        const known = this.taken.some(({ id }) => id === payment.id) && this.recovery.by === 'provider-key';
        const { id, order, explicitStart = false } = payment;
        if ((!fault || fault.after) && !known) this.taken.push({ id, order, explicitStart });
        await this.made('initiate', id, payment.psu.id);
        return this.snapshot(payment);
      },
      fetch: async (payment) => {
        this.continuations.push(payment.continuation);
        await this.made('fetch', payment.id, payment.psu.id);
        return this.snapshot(payment);
      },
      cancel: (payment) => this.cancel(payment),
      findByReference: (payment) =>
        Promise.resolve(this.taken.some(({ id }) => id === payment.id) ? this.snapshot(payment) : null),
    };
  }

  private async cancel(payment: HeldPayment<AnyOrder>): Promise<CancellationSnapshot> {
    const fault = this.faults.get('cancel');
    if (this.cancellation === 'at-once' || this.cancellation === 'silent') {
      if (!fault || fault.after) this.status = 'CANC';
    }
    await this.made('cancel', payment.id, payment.psu.id);
    switch (this.cancellation) {
      case 'at-once':
        return { payment: this.snapshot(payment), authorisationRequired: false };
      case 'silent':
        return { authorisationRequired: false };
      case 'opened':
        return { payment: this.snapshot(payment), authorisationRequired: true, authorisation: this.challenge() };
      case 'to-start':
        return { authorisationRequired: true, continuation: { link: 'cancellation' } };
    }
  }

  private authorisation(): Authorisation {
    const named = (subject: Parameters<Authorisation['start']>[0]): [string, string] => {
      switch (subject.type) {
        case 'consent':
          return [subject.type, subject.consent.psu.id];
        case 'payment':
        case 'cancellation':
          return [subject.type, subject.payment.psu.id];
        case 'basket':
          return [subject.type, subject.basket.psu.id];
      }
    };
    return {
      start: async (subject) => {
        await this.made('start', ...named(subject));
        return this.challenge();
      },
      answer: async (subject, _held, answer) => {
        await this.made('answer', ...named(subject));
        if (answer.type !== 'challenge' || answer.code !== '123456') throw failure('psu-credentials');
        this.onSigned(subject.type);
        return this.sca('finalised', null);
      },
      complete: () => Promise.resolve(this.sca('finalised', null)),
      status: () => Promise.resolve(this.challenge()),
    };
  }

  private challenge(): AuthorisationSnapshot {
    return this.sca('started', { type: 'challenge', isRetry: false, prompt: 'code' });
  }

  private sca(scaStatus: 'started' | 'finalised', nextStep: AuthorisationSnapshot['nextStep']): AuthorisationSnapshot {
    const approach = 'embedded';
    const upstreamStatus = scaStatus;
    return {
      reference: `sca-${this.count('start')}`,
      approach,
      scaStatus,
      upstreamStatus,
      nextStep,
      continuation: {},
      observedAt: new Date(),
    };
  }

  private snapshot({ id, order }: HeldPayment<AnyOrder>): PaymentSnapshot {
    const { status, items, disclosure, continuation } = this;
    return {
      ...disclosure,
      reference: `ref-${id}`,
      status,
      upstreamStatus: status,
      amount: order.amount,
      items: isBulk(order) ? items : undefined,
      continuation,
      observedAt: new Date(),
      raw: { transactionStatus: status, sum: formatMoney(order.amount) },
    };
  }

  private basket(): BasketSnapshot {
    const status = this.basketStatus;
    return { reference: 'basket-1', status, upstreamStatus: status, continuation: null, observedAt: new Date() };
  }

  private async made(call: string, subject: string, psu: string): Promise<void> {
    this.asked.push({ call, subject, psu });
    await this.before(call);
    const fault = this.faults.get(call);
    if (!fault) return;
    this.faults.delete(call);
    await Promise.reject(failure(fault.kind, fault.code));
  }
}

function failure(kind: ProviderErrorKind, code?: string): ProviderError {
  return new ProviderError({
    kind,
    provider: 'spec',
    operation: 'spec',
    message: 'as the spec wants it',
    ...(code !== undefined && { upstream: { httpStatus: 400, code } }),
  });
}

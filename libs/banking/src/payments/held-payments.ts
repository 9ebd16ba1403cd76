import { Injectable } from '@nestjs/common';
import type { AnyOrder } from '@tributary/domain';
import { ConsentEntity, type Payment } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import type { Continuation, HeldConsent, HeldPayment } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { HeldConsents } from '../consents/held-consents.js';
import { Grants } from '../upstreams/grants.js';
import { Routes } from '../upstreams/routes.js';
import { orderOf } from './stored-order.js';

/** Turns stored payments into what a provider is asked with. */
@Injectable()
export class HeldPayments {
  constructor(
    private readonly routes: Routes,
    private readonly consents: HeldConsents,
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly grants: Grants,
  ) {}

  async hold(payment: Payment): Promise<HeldPayment<AnyOrder>> {
    return {
      id: payment.id,
      reference: payment.reference,
      institutionReference: await this.routes.reference(payment.institutionId, payment.connectionId),
      psu: { id: payment.psuId, corporateId: payment.psuCorporateId ?? undefined },
      order: orderOf(payment),
      scaPreference: payment.scaPreference ?? undefined,
      explicitStart: payment.signInBasket,
      continuation: this.continuation(payment),
      tokens: this.grants.store(payment.id, payment.appId),
      consent: await this.consent(payment),
    };
  }

  /** Seals what a provider wants back with the next call. */
  seal(payment: Pick<Payment, 'id' | 'appId'>, continuation: Continuation | null): string | null {
    return continuation && this.vault.sealJson(continuation, place(payment));
  }

  /**
   * The envelope to keep after a call: a new one only where the provider gave something new, and nobody else wrote one
   * since the call was made with the old one.
   * @param asked the payment as the provider was asked about it
   */
  continued(current: Payment, asked: Payment, continuation: Continuation | null): string | null {
    const { continuationEnvelope } = current;
    if (continuation === null || continuationEnvelope !== asked.continuationEnvelope) return continuationEnvelope;
    const same = JSON.stringify(this.continuation(asked)) === JSON.stringify(continuation);
    return same ? continuationEnvelope : this.seal(current, continuation);
  }

  private async consent({ consentId }: Payment): Promise<HeldConsent | undefined> {
    if (consentId === null) return undefined;
    const consent = await this.database.getRepository(ConsentEntity).findOneByOrFail({ id: consentId });
    return this.consents.hold(consent);
  }

  private continuation(payment: Payment): Continuation | null {
    return payment.continuationEnvelope === null
      ? null
      : this.vault.unsealJson<Continuation>(payment.continuationEnvelope, place(payment));
  }
}

const place = ({ id, appId }: Pick<Payment, 'id' | 'appId'>) => ({
  appId,
  table: 'payments',
  row: id,
  column: 'continuation_envelope',
});

import { Injectable } from '@nestjs/common';
import type { AnyOrder, ObservationSource } from '@tributary/domain';
import { ConsentEntity, type Payment } from '@tributary/persistence';
import { failpoint, Vault } from '@tributary/platform';
import type { Continuation, HeldConsent, HeldPayment, PaymentSnapshot } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { HeldConsents } from '../consents/held-consents.js';
import { Grants } from '../upstreams/grants.js';
import { Routes } from '../upstreams/routes.js';
import { observe, type PaymentChange } from './observe.js';
import { orderOf } from './stored-order.js';

/** Turns stored payments into what a provider is asked with. */
@Injectable()
export class HeldPayments {
  private readonly opened = new WeakMap<Payment, Continuation>();

  constructor(
    private readonly routes: Routes,
    private readonly consents: HeldConsents,
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly grants: Grants,
  ) {}

  /** @param tokensEnvelope the payment's tokens where they were read together with it; null: it has none */
  async hold(payment: Payment, tokensEnvelope?: string | null): Promise<HeldPayment<AnyOrder>> {
    return {
      id: payment.id,
      reference: payment.reference,
      institutionReference: await this.routes.reference(payment.institutionId, payment.connectionId),
      psu: { id: payment.psuId, corporateId: payment.psuCorporateId ?? undefined },
      order: orderOf(payment),
      scaPreference: payment.scaPreference ?? undefined,
      explicitStart: payment.signInBasket,
      continuation: this.continuation(payment),
      tokens: this.grants.store(payment.id, payment.appId, tokensEnvelope),
      consent: await this.consent(payment),
      writeAhead: this.writeAhead(payment),
    };
  }

  /**
   * The reducer, and what the provider wants back with its next call. What a snapshot leaves behind is kept only where the
   * snapshot itself is believed: a check that found a contradiction must find it again.
   * @param asked the payment as the provider was asked about it, where it may have changed since
   */
  observe(
    payment: Payment,
    snapshot: PaymentSnapshot,
    source: ObservationSource,
    latencyMs: number | null = null,
    asked: Payment = payment,
  ): PaymentChange {
    const change = observe(payment, snapshot, source, latencyMs);
    if (change.alert !== null && payment.reference !== null) return change;
    const superseded = payment.continuationEnvelope !== asked.continuationEnvelope;
    const { continuation } = snapshot;
    return {
      ...change,
      after: {
        ...change.after,
        continuationEnvelope: superseded ? payment.continuationEnvelope : this.keep(payment, continuation),
      },
    };
  }

  /** The envelope of what a provider wants back with its next call; the same content keeps its envelope. */
  keep(payment: Payment, continuation: Continuation | null): string | null {
    if (continuation === null) return payment.continuationEnvelope;
    if (JSON.stringify(this.continuation(payment)) === JSON.stringify(continuation))
      return payment.continuationEnvelope;
    return this.vault.sealJson(continuation, place(payment));
  }

  /** One of those that hold the same continuation gets to replace it; the database decides which. */
  private writeAhead(payment: Payment): (continuation: Continuation) => Promise<boolean> {
    let before = payment.continuationEnvelope;
    return async (continuation) => {
      const after = this.vault.sealJson(continuation, place(payment));
      const [, written] = await this.database.query<[unknown, number]>(
        `UPDATE payments SET continuation_envelope = $3, version = version + 1, updated_at = now()
         WHERE id = $1 AND continuation_envelope IS NOT DISTINCT FROM $2 AND NOT final`,
        [payment.id, before, after],
      );
      if (written === 0) return false;
      before = after;
      failpoint('order.committed');
      return true;
    };
  }

  private async consent({ consentId }: Payment): Promise<HeldConsent | undefined> {
    if (consentId === null) return undefined;
    const consent = await this.database.getRepository(ConsentEntity).findOneByOrFail({ id: consentId });
    return this.consents.hold(consent);
  }

  /** Opened once for a row as it was read: to ask with it, and to see whether the answer left another one behind. */
  private continuation(payment: Payment): Continuation | null {
    if (payment.continuationEnvelope === null) return null;
    const known = this.opened.get(payment);
    if (known) return known;
    const opened = this.vault.unsealJson<Continuation>(payment.continuationEnvelope, place(payment));
    this.opened.set(payment, opened);
    return opened;
  }
}

const place = ({ id, appId }: Pick<Payment, 'id' | 'appId'>) => ({
  appId,
  table: 'payments',
  row: id,
  column: 'continuation_envelope',
});

import { Injectable } from '@nestjs/common';
import type { PaymentOrder } from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import type { Continuation, HeldPayment } from '@tributary/providers';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { Grants } from '../upstreams/grants.js';

/** The order as the app gave it, with its amount. */
export function orderOf(payment: Payment): PaymentOrder {
  return { ...payment.order, amount: { minor: payment.amountMinor, currency: payment.currency } };
}

/** Turns stored payments into what a provider is asked with. */
@Injectable()
export class HeldPayments {
  /** How a connection calls an institution; it does not change while the route exists. */
  private readonly references = new LRUCache<string, string>({ max: 10_000 });

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly grants: Grants,
  ) {}

  async hold(payment: Payment): Promise<HeldPayment> {
    return {
      id: payment.id,
      reference: payment.reference,
      institutionReference: await this.institutionReference(payment),
      psu: { id: payment.psuId, corporateId: payment.psuCorporateId ?? undefined },
      order: orderOf(payment),
      scaPreference: payment.scaPreference ?? undefined,
      continuation: this.continuation(payment),
      tokens: this.grants.store(payment.id, payment.appId),
    };
  }

  /** Seals what a provider wants back with the next call. */
  seal(payment: Pick<Payment, 'id' | 'appId'>, continuation: Continuation | null): string | null {
    return continuation && this.vault.sealJson(continuation, place(payment));
  }

  private continuation(payment: Payment): Continuation | null {
    return payment.continuationEnvelope === null
      ? null
      : this.vault.unsealJson<Continuation>(payment.continuationEnvelope, place(payment));
  }

  private async institutionReference({ institutionId, connectionId }: Payment): Promise<string> {
    const key = `${institutionId}|${connectionId}`;
    const known = this.references.get(key);
    if (known !== undefined) return known;
    const [row] = await this.database.query<{ reference: string }[]>(
      'SELECT reference FROM institution_routes WHERE institution_id = $1 AND connection_id = $2',
      [institutionId, connectionId],
    );
    if (!row) throw new Error(`no route from ${connectionId} to ${institutionId}`);
    this.references.set(key, row.reference);
    return row.reference;
  }
}

const place = ({ id, appId }: Pick<Payment, 'id' | 'appId'>) => ({
  appId,
  table: 'payments',
  row: id,
  column: 'continuation_envelope',
});

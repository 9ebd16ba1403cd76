import { Injectable } from '@nestjs/common';
import { entityReader, type Payment, PaymentEntity, runStatement, type Statement } from '@tributary/persistence';
import { newId, sha256Hex } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { hoursToFinish, type OpenedAuthorisation } from '../authorisations/authorisations.service.js';
import { Callbacks, minutesToReturn } from '../authorisations/callbacks.js';
import { Refusal } from '../refusal.js';
import { kindOf, named, type NewPayment } from './new-payment.js';
import { storedOrder } from './stored-order.js';

/** The key of one money operation: the first request with it makes the payment, every other one hears of it. */
export interface IdempotencyClaim {
  readonly appId: string;
  readonly operation: string;
  readonly key: string;
  readonly requestHash: string;
}

/** A payment that nobody has answered for yet is believed to be in the hands of a live process for this long. */
const makingSeconds = 60;

/** One statement, and so one transaction: the payment, where its key is new, and what its PSU's authorisation needs. */
const inserting: Statement = {
  name: 'payment-intent',
  text: `
    WITH intent AS (
      INSERT INTO payments
        (id, app_id, kind, operation, idempotency_key, request_hash, institution_id, connection_id, provider, psu_id,
         psu_corporate_id, consent_id, "order", items, amount_minor, currency, sca_preference, redirect_uri, app_state,
         sign_in_basket, authorisation_id, send_state, send_lease_until, send_attempts, step_open, state, final,
         next_poll_at, polls, version, created_at, updated_at)
      SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14::jsonb, $15::bigint, $16, $17, $18, $19,
             $20::boolean, $21, 'created', now() + $22 * interval '1 second', 0, false, 'created', false, NULL, 0, 1, now(), now()
      FROM apps WHERE id = $2 AND $18 = ANY(redirect_uris)
      ON CONFLICT (app_id, operation, idempotency_key) DO NOTHING
      RETURNING *),
    sca AS (
      INSERT INTO authorisations
        (id, app_id, connection_id, subject_type, subject_id, approach, sca_status, upstream_status, open, polls,
         next_poll_at, expires_at, version, created_at, updated_at)
      SELECT authorisation_id, app_id, connection_id, 'payment', id, coalesce(sca_preference, 'redirect'), 'received', '', true,
             0, now() + $23 * interval '1 hour', now() + $23 * interval '1 hour', 1, now(), now()
      FROM intent),
    way_back AS (
      INSERT INTO callbacks (state_hash, app_id, connection_id, provider, authorisation_id, expires_at)
      SELECT $24, app_id, connection_id, provider, authorisation_id, now() + $25 * interval '1 minute' FROM intent)
    SELECT * FROM intent`,
};

/**
 * The intent on disk. The payment's row is its own idempotency record: inserted first, UNIQUE per app, operation and
 * key, and committed before anything leaves us, so that no two requests with one key can both go on.
 */
@Injectable()
export class PaymentIntents {
  private readonly paymentOf: (row: Readonly<Record<string, unknown>>) => Payment;

  constructor(
    private readonly database: DataSource,
    private readonly callbacks: Callbacks,
  ) {
    this.paymentOf = entityReader(database, PaymentEntity);
  }

  /** The payment that a key already stands for; null for a new key. */
  async find(claim: IdempotencyClaim): Promise<Payment | null> {
    const payment = await this.database
      .getRepository(PaymentEntity)
      .findOneBy({ appId: claim.appId, operation: claim.operation, idempotencyKey: claim.key });
    if (payment && payment.requestHash !== claim.requestHash) {
      throw new Refusal(
        'idempotency_mismatch',
        'This Idempotency-Key belongs to a request with another body. Use a new key for a new payment.',
      );
    }
    return payment;
  }

  /** Whether a process has the payment in hand: its lease runs, and it has not answered yet. */
  async isBeingMade(payment: Payment): Promise<boolean> {
    if (payment.answerEnvelope !== null) return false;
    const [row] = await this.database.query<{ alive: boolean }[]>(
      `SELECT send_lease_until > now() AS alive FROM payments WHERE id = $1`,
      [payment.id],
    );
    return row?.alive ?? false;
  }

  /** The process that had the payment in hand gave up before anything was sent: the same key may go on at once. */
  async release(paymentId: string): Promise<void> {
    await this.database.query(`UPDATE payments SET send_lease_until = NULL WHERE id = $1 AND send_state = 'created'`, [
      paymentId,
    ]);
  }

  /**
   * Commits the intent, its authorisation and the PSU's way back.
   * @returns null where another request with the same key was first, or the redirect URI is not one of the app's
   */
  async insert(
    claim: IdempotencyClaim,
    request: NewPayment,
    route: { readonly connectionId: string; readonly provider: string },
  ): Promise<{ payment: Payment; opened: OpenedAuthorisation } | null> {
    const id = newId(idPrefix[kindOf(request)]);
    const authorisationId = newId('aut');
    const { kind, order, items, amountMinor, currency } = storedOrder(named(request.order, id));
    const { target: callback, stateHash } = this.callbacks.make(route.provider);
    const [row] = await runStatement<Readonly<Record<string, unknown>>>(this.database, inserting, [
      id,
      claim.appId,
      kind,
      claim.operation,
      claim.key,
      claim.requestHash,
      request.institutionId,
      route.connectionId,
      route.provider,
      request.psu.id,
      request.psu.corporateId ?? null,
      request.consentId ?? null,
      JSON.stringify(order),
      items && JSON.stringify(items),
      amountMinor.toString(),
      currency,
      request.scaPreference ?? null,
      request.redirectUri,
      request.state ?? null,
      request.signInBasket ?? false,
      authorisationId,
      makingSeconds,
      hoursToFinish,
      stateHash,
      minutesToReturn,
    ]);
    return row ? { payment: this.paymentOf(row), opened: { authorisationId, callback } } : null;
  }
}

/** How the ids of each kind begin. */
export const idPrefix = { single: 'pay', bulk: 'blk' } as const;

/** Hash of a request's meaning: equal ones give equal hashes whatever their key order. */
export function requestHash(body: unknown): string {
  return sha256Hex(JSON.stringify(sortKeys(body)));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  // Money counts minor units; JSON has no bigint.
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)]));
}

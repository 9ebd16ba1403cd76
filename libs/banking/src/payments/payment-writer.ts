import { paymentPollDelay } from '@tributary/domain';
import type { Payment } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { addEvents } from '../events/outbox.js';
import type { PaymentChange } from './observe.js';

/** A change, and when to ask about the payment next where the usual schedule does not fit. */
export interface PlannedChange extends PaymentChange {
  /** Milliseconds; absent: the payment's own schedule. */
  readonly pollInMs?: number | undefined;
}

/**
 * Writes changes set-wise: one update from `unnest`, guarded by each row's version, then the timeline and the events of
 * the rows that were really written, all in one transaction. A change that lost the race is handed back, never forced.
 */
@Injectable()
export class PaymentWriter {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
  ) {}

  /** @returns the payments whose version had moved: read again, observe again */
  async write(changes: readonly PlannedChange[], now: Date): Promise<readonly PlannedChange[]> {
    if (changes.length === 0) return [];
    return this.database.transaction((manager) => this.writeWith(manager, changes, now));
  }

  /** The same inside the caller's transaction. */
  async writeWith(
    manager: EntityManager,
    changes: readonly PlannedChange[],
    now: Date,
  ): Promise<readonly PlannedChange[]> {
    const [moved, quiet] = partition(changes, (change) => change.entries.length > 0 || rowChanged(change));
    await this.reschedule(manager, quiet, now);
    if (moved.length === 0) return [];
    const written = await this.update(manager, moved, now);
    const won = moved.filter((change) => written.has(change.before.id));
    await this.addEntries(manager, won);
    await addEvents(
      manager,
      won.flatMap((change) => change.events),
    );
    return moved.filter((change) => !written.has(change.before.id));
  }

  /** A poll that found nothing new: only the next one is planned. Whoever changed the row meanwhile planned it too. */
  private async reschedule(manager: EntityManager, changes: readonly PlannedChange[], now: Date): Promise<void> {
    if (changes.length === 0) return;
    await manager.query(
      `UPDATE payments AS payment SET polls = next.polls, next_poll_at = now() + next.delay * interval '1 millisecond'
       FROM unnest($1::text[], $2::int[], $3::int[], $4::float8[]) AS next(id, version, polls, delay)
       WHERE payment.id = next.id AND payment.version = next.version`,
      [
        changes.map(({ before }) => before.id),
        changes.map(({ before }) => before.version),
        changes.map(({ after }) => after.polls),
        changes.map((change) => delayOf(change, now)),
      ],
    );
  }

  private async update(
    manager: EntityManager,
    changes: readonly PlannedChange[],
    now: Date,
  ): Promise<ReadonlySet<string>> {
    const after = changes.map((change) => change.after);
    const [rows] = await manager.query<[{ id: string }[], number]>(
      `UPDATE payments AS payment
       SET send_state = next.send_state, send_attempts = next.send_attempts, send_lease_until = next.send_lease_until,
           sent_at = next.sent_at, reference = next.reference, iso_status = next.iso_status,
           iso_reason = next.iso_reason, upstream_status = next.upstream_status, step_open = next.step_open,
           state = next.state, final = next.final, authorisation_id = next.authorisation_id,
           cancellation_authorisation_id = next.cancellation_authorisation_id,
           item_statuses = coalesce(next.item_statuses, payment.item_statuses),
           disclosure = coalesce(next.disclosure, payment.disclosure),
           continuation_envelope = next.continuation_envelope, polls = next.polls,
           next_poll_at = now() + next.delay * interval '1 millisecond',
           version = payment.version + 1, updated_at = now()
       FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::timestamptz[], $6::timestamptz[], $7::text[],
                   $8::text[], $9::text[], $10::text[], $11::bool[], $12::text[], $13::bool[], $14::text[], $15::text[],
                   $16::int[], $17::float8[], $18::text[], $19::jsonb[], $20::jsonb[])
         AS next(id, version, send_state, send_attempts, send_lease_until, sent_at, reference, iso_status, iso_reason,
                 upstream_status, step_open, state, final, authorisation_id, continuation_envelope, polls, delay,
                 cancellation_authorisation_id, item_statuses, disclosure)
       WHERE payment.id = next.id AND payment.version = next.version
       RETURNING payment.id`,
      [
        after.map((payment) => payment.id),
        changes.map(({ before }) => before.version),
        after.map((payment) => payment.sendState),
        after.map((payment) => payment.sendAttempts),
        after.map((payment) => payment.sendLeaseUntil),
        after.map((payment) => payment.sentAt),
        after.map((payment) => payment.reference),
        after.map((payment) => payment.isoStatus),
        after.map((payment) => payment.isoReason),
        after.map((payment) => payment.upstreamStatus),
        after.map((payment) => payment.stepOpen),
        after.map((payment) => payment.state),
        after.map((payment) => payment.final),
        after.map((payment) => payment.authorisationId),
        after.map((payment) => payment.continuationEnvelope),
        after.map((payment) => payment.polls),
        changes.map((change) => delayOf(change, now)),
        after.map((payment) => payment.cancellationAuthorisationId),
        changes.map((change) => news(change, 'itemStatuses')),
        changes.map((change) => news(change, 'disclosure')),
      ],
    );
    return new Set(rows.map((row) => row.id));
  }

  private async addEntries(manager: EntityManager, changes: readonly PlannedChange[]): Promise<void> {
    const rows = changes.flatMap(({ after, entries }) => entries.map((entry) => ({ payment: after, entry })));
    if (rows.length === 0) return;
    await manager.query(
      `INSERT INTO payment_observations
         (payment_id, app_id, at, source, upstream_status, iso_status, applied, why, latency_ms, raw_envelope)
       SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bool[],
                            $8::text[], $9::int[], $10::text[])`,
      [
        rows.map(({ payment }) => payment.id),
        rows.map(({ payment }) => payment.appId),
        rows.map(({ entry }) => entry.at),
        rows.map(({ entry }) => entry.source),
        rows.map(({ entry }) => entry.upstreamStatus),
        rows.map(({ entry }) => entry.isoStatus),
        rows.map(({ entry }) => entry.applied),
        rows.map(({ entry }) => entry.why),
        rows.map(({ entry }) => entry.latencyMs),
        rows.map(({ payment, entry }) => this.sealRaw(payment, entry.raw)),
      ],
    );
  }

  private sealRaw(payment: Payment, raw: unknown): string | null {
    if (raw === null || raw === undefined) return null;
    return this.vault.sealJson(raw, {
      appId: payment.appId,
      table: 'payment_observations',
      row: payment.id,
      column: 'raw_envelope',
    });
  }
}

/** Milliseconds to the next poll; null ends polling (a final payment, or one whose fate only evidence can tell). */
function delayOf({ after, pollInMs }: PlannedChange, now: Date): number | null {
  // Never sent: there is nothing to ask about. Its authorisation lapses, and the payment with it.
  if (after.final || after.sendState === 'created') return null;
  if (pollInMs !== undefined) return pollInMs;
  const since = after.sentAt ?? after.createdAt;
  return paymentPollDelay(after.polls, now.getTime() - since.getTime());
}

/** JSON is only written where it changed. */
function news({ before, after }: PaymentChange, column: 'itemStatuses' | 'disclosure'): string | null {
  return before[column] === after[column] ? null : JSON.stringify(after[column]);
}

function rowChanged({ before, after }: PaymentChange): boolean {
  const columns = [
    'sendState',
    'sendAttempts',
    'reference',
    'isoStatus',
    'isoReason',
    'upstreamStatus',
    'stepOpen',
    'state',
    'authorisationId',
    'cancellationAuthorisationId',
    'continuationEnvelope',
    'itemStatuses',
    'disclosure',
  ] as const;
  return columns.some((column) => before[column] !== after[column]);
}

function partition<T>(all: readonly T[], fits: (one: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const one of all) (fits(one) ? yes : no).push(one);
  return [yes, no];
}

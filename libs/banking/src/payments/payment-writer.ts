import { Injectable } from '@nestjs/common';
import { paymentPollDelay } from '@tributary/domain';
import {
  entityReader,
  type Payment,
  PaymentEntity,
  runStatement,
  type Statement,
  unnested,
} from '@tributary/persistence';
import { newId, Vault } from '@tributary/platform';
import { DataSource } from 'typeorm';
import { saying } from '../authorisations/authorisation-rows.js';
import type { PaymentChange } from './observe.js';
import type { FirstAnswer } from './payment-answers.js';
import { WebhookTrustBook } from './webhook-trust-book.js';

/** A change, and when to ask about the payment next where the usual schedule does not fit. */
export interface PlannedChange extends PaymentChange {
  /** Milliseconds; absent: the payment's own schedule. */
  readonly pollInMs?: number | undefined;
  /** Written with the change, and only with it. A change that has one is written alone. */
  readonly answer?: FirstAnswer | undefined;
}

/** What became of changes. */
export interface WrittenChanges {
  /** Payments whose version had moved: read again, observe again. */
  readonly lost: readonly PlannedChange[];
  /** Rows as they are now, by id. One of which only the next poll was planned is not among them. */
  readonly written: ReadonlyMap<string, Payment>;
}

/** How long a payment waits that could not be written. */
const putOffSeconds = 90;

/**
 * A poll that found nothing new: only the next one is planned, and the version stays. Not everybody who raises it plans a
 * poll (what a provider writes ahead, a payment gone stale): one that moved meanwhile is lost like any other.
 */
const replanning: Statement = {
  name: 'payment-replan',
  text: `UPDATE payments AS payment SET polls = next.polls, next_poll_at = now() + next.delay * interval '1 millisecond'
         FROM unnest($1::text[], $2::int[], $3::int[], $4::float8[]) AS next(id, version, polls, delay)
         WHERE payment.id = next.id AND payment.version = next.version
         RETURNING payment.id`,
};

/** What a change brings to its row: name and type of each parameter, from the first on. */
const parameters = [
  ['id', 'text'],
  ['version', 'int'],
  ['send_state', 'text'],
  ['send_attempts', 'int'],
  ['send_lease_until', 'timestamptz'],
  ['sent_at', 'timestamptz'],
  ['reference', 'text'],
  ['iso_status', 'text'],
  ['iso_reason', 'text'],
  ['upstream_status', 'text'],
  ['step_open', 'bool'],
  ['state', 'text'],
  ['final', 'bool'],
  ['authorisation_id', 'text'],
  ['continuation_envelope', 'text'],
  ['polls', 'int'],
  ['delay', 'float8'],
  ['cancellation_authorisation_id', 'text'],
  ['item_statuses', 'jsonb'],
  ['disclosure', 'jsonb'],
] as const;
const names = parameters.map(([column]) => column).join(', ');
const severalRows = `unnest(${parameters.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')}) AS next(${names})`;
/** Of one row PostgreSQL keeps the plan; of arrays, whose length it sees, it makes another for every run. */
const oneRow = `(SELECT ${parameters.map(([, type], index) => `$${index + 1}::${type}`).join(', ')}) AS next(${names})`;

/**
 * The rows whose version still holds, and the timeline and events of these, in one statement and so in one transaction.
 * @param next the rows as they are to be
 * @param more what else the update assigns, and does
 */
const writing = (
  name: string,
  next: string,
  more: { readonly assigned: string; readonly done: string } = { assigned: 'updated_at = now()', done: '' },
): Statement => ({
  name,
  text: `WITH written AS (
           UPDATE payments AS payment
           SET send_state = next.send_state, send_attempts = next.send_attempts,
               send_lease_until = next.send_lease_until, sent_at = next.sent_at, reference = next.reference,
               iso_status = next.iso_status, iso_reason = next.iso_reason, upstream_status = next.upstream_status,
               step_open = next.step_open, state = next.state, final = next.final,
               authorisation_id = next.authorisation_id,
               cancellation_authorisation_id = next.cancellation_authorisation_id,
               item_statuses = coalesce(next.item_statuses, payment.item_statuses),
               disclosure = coalesce(next.disclosure, payment.disclosure),
               continuation_envelope = next.continuation_envelope,
               polls = next.polls, next_poll_at = now() + next.delay * interval '1 millisecond',
               stale_stage = CASE WHEN next.iso_status IS DISTINCT FROM payment.iso_status OR next.state <> payment.state
                             THEN 0 ELSE payment.stale_stage END,
               version = payment.version + 1, ${more.assigned}
           FROM ${next}
           WHERE payment.id = next.id AND payment.version = next.version
           RETURNING payment.*),
         entries AS (
           INSERT INTO payment_observations
             (payment_id, app_id, at, source, upstream_status, iso_status, applied, why, latency_ms, raw_envelope)
           SELECT written.id, written.app_id, entry.at, entry.source, entry.upstream_status, entry.iso_status,
                  entry.applied, entry.why, entry.latency_ms, entry.raw_envelope
           FROM ${unnested(`$21::text[], $22::timestamptz[], $23::text[], $24::text[], $25::text[], $26::bool[], $27::text[],
             $28::int[], $29::text[]`)} WITH ORDINALITY
             AS entry(payment_id, at, source, upstream_status, iso_status, applied, why, latency_ms, raw_envelope, place)
           JOIN written ON written.id = entry.payment_id
           ORDER BY entry.place),
         events AS (
           INSERT INTO outbox (id, app_id, type, subject_id, sequence, data, created_at)
           SELECT event.id, written.app_id, event.type, written.id, event.sequence, event.data, now()
           FROM ${unnested('$30::text[], $31::text[], $32::text[], $33::int[], $34::jsonb[]')}
             AS event(id, subject_id, type, sequence, data)
           JOIN written ON written.id = event.subject_id)
           ${more.done}
         SELECT * FROM written`,
});
const writingMany = writing('payment-write', severalRows);
const writingOne = writing('payment-write-one', oneRow);
/** With the answer that its app gets, and what the upstream said about its SCA in the same breath. */
const writingAnswer = writing('payment-write-answer', oneRow, {
  assigned: 'updated_at = $35::timestamptz, answer_envelope = coalesce(payment.answer_envelope, $36)',
  done: `, sca AS (
           UPDATE authorisations SET ${saying(38)} WHERE id = $37 AND open AND EXISTS (SELECT FROM written))`,
});

/**
 * Writes changes set-wise: one update from `unnest`, guarded by each row's version, together with the timeline and the
 * events of the rows that were really written. A change that lost the race is handed back, never forced.
 */
@Injectable()
export class PaymentWriter {
  private readonly paymentOf: (row: Readonly<Record<string, unknown>>) => Payment;

  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly trust: WebhookTrustBook,
  ) {
    this.paymentOf = entityReader(database, PaymentEntity);
  }

  async write(changes: readonly PlannedChange[], now: Date): Promise<WrittenChanges> {
    const [moved, quiet] = partition(changes, (change) => change.entries.length > 0 || rowChanged(change));
    const delay = await this.delays(now);
    const planned = await this.replan(quiet, delay);
    const written = await this.update(moved, delay);
    await this.trust.note(moved.filter((change) => written.has(change.before.id)));
    return { written, lost: changes.filter(({ before: { id } }) => !written.has(id) && !planned.has(id)) };
  }

  /** A due payment of which nothing can be written is due again a while later. */
  async putOff(paymentId: string): Promise<void> {
    await this.database.query(
      `UPDATE payments SET next_poll_at = now() + $2 * interval '1 second' WHERE id = $1 AND next_poll_at <= now()`,
      [paymentId, putOffSeconds],
    );
  }

  /** @returns the ids of those whose version still held */
  private async replan(changes: readonly PlannedChange[], delay: Delay): Promise<ReadonlySet<string>> {
    if (changes.length === 0) return new Set();
    const rows = await runStatement<{ readonly id: string }>(this.database, replanning, [
      changes.map(({ before }) => before.id),
      changes.map(({ before }) => before.version),
      changes.map(({ after }) => after.polls),
      changes.map(delay),
    ]);
    return new Set(rows.map(({ id }) => id));
  }

  private async delays(now: Date): Promise<Delay> {
    const stretchOf = await this.trust.stretchOf();
    return (change) => delayOf(change, now, stretchOf(change.after.connectionId));
  }

  private async update(changes: readonly PlannedChange[], delay: Delay): Promise<ReadonlyMap<string, Payment>> {
    if (changes.length === 0) return new Map();
    const after = changes.map((change) => change.after);
    const entries = changes.flatMap((change) => change.entries.map((entry) => ({ payment: change.after, entry })));
    const events = changes.flatMap((change) => change.events);
    const rowValues = [
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
      changes.map(delay),
      after.map((payment) => payment.cancellationAuthorisationId),
      changes.map((change) => news(change, 'itemStatuses')),
      changes.map((change) => news(change, 'disclosure')),
    ];
    const alone = changes.length === 1;
    const answer = alone ? changes[0]?.answer : undefined;
    const statement = answer ? writingAnswer : alone ? writingOne : writingMany;
    const rows = await runStatement<Readonly<Record<string, unknown>>>(this.database, statement, [
      ...(alone ? rowValues.map(([value]) => value) : rowValues),
      entries.map(({ payment }) => payment.id),
      entries.map(({ entry }) => entry.at),
      entries.map(({ entry }) => entry.source),
      entries.map(({ entry }) => entry.upstreamStatus),
      entries.map(({ entry }) => entry.isoStatus),
      entries.map(({ entry }) => entry.applied),
      entries.map(({ entry }) => entry.why),
      entries.map(({ entry }) => entry.latencyMs),
      entries.map(({ payment, entry }) => this.sealRaw(payment, entry.raw)),
      events.map(() => newId('evt')),
      events.map((event) => event.subjectId),
      events.map((event) => event.type),
      events.map((event) => event.sequence),
      events.map((event) => JSON.stringify(event.data)),
      ...(answer ? [answer.at, answer.envelope, answer.authorisationId, ...answer.words] : []),
    ]);
    return new Map(rows.map(this.paymentOf).map((payment) => [payment.id, payment]));
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

/** Milliseconds to the next poll. */
type Delay = (change: PlannedChange) => number | null;

/** Milliseconds to the next poll; null ends polling (a final payment, or one whose fate only evidence can tell). */
function delayOf({ after, pollInMs }: PlannedChange, now: Date, stretch: number): number | null {
  // Never sent: there is nothing to ask about. Its authorisation lapses, and the payment with it.
  if (after.final || after.sendState === 'created') return null;
  if (pollInMs !== undefined) return pollInMs;
  const since = after.sentAt ?? after.createdAt;
  return paymentPollDelay(after.polls, now.getTime() - since.getTime(), stretch);
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

import { Inject, Injectable } from '@nestjs/common';
import {
  type OutboxEvent,
  OutboxEventEntity,
  type WebhookEndpoint,
  WebhookEndpointEntity,
} from '@tributary/persistence';
import { failpoint } from '@tributary/platform';
import { DataSource, In } from 'typeorm';
import { LOGGER, type Logger } from '../tokens.js';
import { pauseAfterFailures, waitAfterAttempt } from './delivery-schedule.js';
import { type SentWebhook, WebhookSender } from './webhook-sender.js';

/** Longer than one attempt: whoever dies in the middle of one loses it to the next process after that. */
const leaseSeconds = 60;
/** Events that are on their way to one endpoint at once. */
const inFlight = 8;

/**
 * Sends what is due to one endpoint at a time, so that a dead endpoint delays nobody else: it is left alone for longer
 * and longer, while each delivery keeps its own schedule. At least once: a receiver tells repetitions by `webhook-id`.
 */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly database: DataSource,
    private readonly sender: WebhookSender,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Endpoints to which something is due. */
  async dueEndpoints(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT endpoint.id FROM webhook_endpoints AS endpoint
       WHERE endpoint.enabled AND (endpoint.resume_at IS NULL OR endpoint.resume_at <= now())
         AND EXISTS (SELECT FROM webhook_deliveries AS delivery
                     WHERE delivery.endpoint_id = endpoint.id AND delivery.next_attempt_at <= now())`,
    );
    return rows.map(({ id }) => id);
  }

  /** Sends what is due to one endpoint until nothing is, or until it fails. */
  async deliverDue(endpointId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const endpoint = await this.database
        .getRepository(WebhookEndpointEntity)
        .findOneBy({ id: endpointId, enabled: true });
      if (!endpoint) return;
      // One that failed lately is asked with one event whether it is back.
      const events = await this.claim(endpointId, endpoint.failuresInRow > 0 ? 1 : inFlight);
      if (events.length === 0) return;
      const sent = await Promise.all(
        events.map(async ({ event, attempts }) => {
          const outcome = await this.sender.send(endpoint, event);
          failpoint('delivery.sent');
          await this.record(endpoint, event, attempts, outcome);
          return outcome;
        }),
      );
      if (!(await this.goesOn(endpoint, sent))) return;
    }
  }

  private async claim(endpointId: string, most: number): Promise<{ event: OutboxEvent; attempts: number }[]> {
    const [claimed] = await this.database.query<[{ event_id: string; attempts: number }[], number]>(
      // Materialized: a subquery that a join runs again would lock, and so claim, further rows each time.
      `WITH due AS MATERIALIZED (
         SELECT event_id FROM webhook_deliveries
         WHERE endpoint_id = $1 AND next_attempt_at <= now()
         ORDER BY next_attempt_at, event_id LIMIT $2 FOR UPDATE SKIP LOCKED)
       UPDATE webhook_deliveries AS delivery
       SET attempts = attempts + 1, next_attempt_at = now() + $3 * interval '1 second'
       FROM due
       WHERE delivery.endpoint_id = $1 AND delivery.event_id = due.event_id
       RETURNING delivery.event_id, delivery.attempts`,
      [endpointId, most, leaseSeconds],
    );
    const attempts = new Map(claimed.map((row) => [row.event_id, row.attempts]));
    const events = await this.database.getRepository(OutboxEventEntity).find({
      where: { id: In([...attempts.keys()]) },
      order: { id: 'ASC' },
    });
    return events.map((event) => ({ event, attempts: attempts.get(event.id) ?? 1 }));
  }

  private async record(
    endpoint: WebhookEndpoint,
    event: OutboxEvent,
    attempts: number,
    { httpStatus, fault, durationMs }: SentWebhook,
  ): Promise<void> {
    const wait = fault === null ? null : waitAfterAttempt(attempts, Math.random());
    await this.database.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO webhook_attempts (endpoint_id, event_id, app_id, at, http_status, fault, duration_ms)
         VALUES ($1, $2, $3, now(), $4, $5, $6)`,
        [endpoint.id, event.id, endpoint.appId, httpStatus, fault, durationMs],
      );
      // A delivery that was asked for again meanwhile keeps its new place in time.
      await manager.query(
        `UPDATE webhook_deliveries SET
           status = CASE WHEN $4::boolean THEN 'delivered' WHEN next.at IS NULL THEN 'failed' ELSE 'pending' END,
           next_attempt_at = next.at
         FROM (SELECT CASE WHEN now() + $5 * interval '1 millisecond' < give_up_at
                           THEN now() + $5 * interval '1 millisecond' END AS at
               FROM webhook_deliveries WHERE endpoint_id = $1 AND event_id = $2) AS next
         WHERE endpoint_id = $1 AND event_id = $2 AND attempts = $3`,
        [endpoint.id, event.id, attempts, fault === null, wait],
      );
    });
  }

  /** What the outcomes mean for the endpoint as a whole; false: leave it alone for now. */
  private async goesOn(endpoint: WebhookEndpoint, sent: readonly SentWebhook[]): Promise<boolean> {
    if (sent.some(({ httpStatus }) => httpStatus === 410)) {
      await this.database.query(
        `UPDATE webhook_endpoints SET enabled = false, disabled_because = 'It answered 410 Gone.', updated_at = now()
         WHERE id = $1`,
        [endpoint.id],
      );
      this.logger.warn({ event: 'webhook.disabled', endpointId: endpoint.id }, 'a webhook endpoint answered 410');
      return false;
    }
    const failed = sent.some(({ fault }) => fault !== null);
    if (!failed && endpoint.failuresInRow === 0) return true;
    const failures = failed ? endpoint.failuresInRow + 1 : 0;
    await this.database.query(
      `UPDATE webhook_endpoints SET failures_in_row = $2,
         resume_at = CASE WHEN $2 > 0 THEN now() + $3 * interval '1 millisecond' END WHERE id = $1`,
      [endpoint.id, failures, pauseAfterFailures(failures)],
    );
    return !failed;
  }
}

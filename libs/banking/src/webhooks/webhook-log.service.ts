import { Injectable } from '@nestjs/common';
import {
  OutboxEventEntity,
  type WebhookAttempt,
  WebhookAttemptEntity,
  type WebhookDelivery,
  WebhookDeliveryEntity,
} from '@tributary/persistence';
import { DataSource } from 'typeorm';
import { notFound } from '../refusal.js';

/** How an event fared at one endpoint. */
export interface LoggedDelivery {
  readonly delivery: WebhookDelivery;
  /** Oldest first. */
  readonly attempts: readonly WebhookAttempt[];
}

/** What became of sending an event, and sending it again. */
@Injectable()
export class WebhookLogService {
  constructor(private readonly database: DataSource) {}

  /** @throws Refusal `not_found` */
  async deliveries(appId: string, eventId: string): Promise<readonly LoggedDelivery[]> {
    await this.expectEvent(appId, eventId);
    const [deliveries, attempts] = await Promise.all([
      this.database
        .getRepository(WebhookDeliveryEntity)
        .find({ where: { appId, eventId }, order: { endpointId: 'ASC' } }),
      this.database.getRepository(WebhookAttemptEntity).find({ where: { appId, eventId }, order: { sequence: 'ASC' } }),
    ]);
    return deliveries.map((delivery) => ({
      delivery,
      attempts: attempts.filter(({ endpointId }) => endpointId === delivery.endpointId),
    }));
  }

  /**
   * Sends an event once more to every endpoint that takes its type today.
   * @returns to how many
   * @throws Refusal `not_found`
   */
  async redeliver(appId: string, eventId: string): Promise<number> {
    await this.expectEvent(appId, eventId);
    const rows = await this.database.query<unknown[]>(
      `INSERT INTO webhook_deliveries
         (endpoint_id, event_id, app_id, status, attempts, next_attempt_at, give_up_at, created_at)
       SELECT endpoint.id, event.id, $2, 'pending', 0, now(), now() + interval '3 days', now()
       FROM outbox AS event JOIN webhook_endpoints AS endpoint
         ON endpoint.app_id = event.app_id AND (endpoint.types IS NULL OR event.type = ANY (endpoint.types))
       WHERE event.id = $1 AND event.app_id = $2 AND endpoint.enabled
       ON CONFLICT (endpoint_id, event_id) DO UPDATE
         SET status = 'pending', attempts = 0, next_attempt_at = now(), give_up_at = excluded.give_up_at
       RETURNING endpoint_id`,
      [eventId, appId],
    );
    return rows.length;
  }

  private async expectEvent(appId: string, id: string): Promise<void> {
    if (!(await this.database.getRepository(OutboxEventEntity).existsBy({ id, appId }))) throw notFound();
  }
}

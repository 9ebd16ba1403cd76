import { Inject, Injectable } from '@nestjs/common';
import { type WebhookEndpoint, WebhookEndpointEntity } from '@tributary/persistence';
import { isPublicAddress, newId } from '@tributary/platform';
import { isIP } from 'node:net';
import { DataSource, MoreThan } from 'typeorm';
import { addEvent } from '../events/outbox.js';
import type { PageRequest } from '../page.js';
import { notFound, Refusal } from '../refusal.js';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** What an app says about an endpoint of its own. */
export interface EndpointWish {
  readonly url: string;
  readonly description: string | null;
  /** null: events of all types. */
  readonly types: readonly string[] | null;
  readonly enabled: boolean;
}

/** The one time that a secret is seen. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

/** Each of them is sent each event. */
const mostEndpoints = 20;

/** Where an app wants its events sent. */
@Injectable()
export class WebhookEndpointsService {
  constructor(
    private readonly database: DataSource,
    private readonly secrets: WebhookSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws Refusal `invalid_request` for a URL that is refused; `conflict` when the app has too many */
  async create(appId: string, { types, ...wish }: EndpointWish): Promise<EndpointWithSecret> {
    this.checkUrl(wish.url);
    return this.database.transaction(async (manager) => {
      // Two at once must not both see the last free place.
      await manager.query('SELECT 1 FROM apps WHERE id = $1 FOR UPDATE', [appId]);
      if ((await manager.getRepository(WebhookEndpointEntity).countBy({ appId })) >= mostEndpoints) {
        throw new Refusal('conflict', `The app has ${mostEndpoints} webhook endpoints: delete one of them first.`);
      }
      const now = this.clock.now();
      const id = newId('whk');
      const { secret, envelope } = this.secrets.create({ id, appId });
      const endpoint: WebhookEndpoint = {
        ...wish,
        id,
        appId,
        types: types && [...types],
        secretsEnvelope: envelope,
        disabledBecause: null,
        failuresInRow: 0,
        resumeAt: null,
        createdAt: now,
        updatedAt: now,
      };
      await manager.getRepository(WebhookEndpointEntity).insert(endpoint);
      return { endpoint, secret };
    });
  }

  /** Oldest first; key of a row: its id. */
  list(appId: string, { limit, after }: PageRequest): Promise<WebhookEndpoint[]> {
    return this.database.getRepository(WebhookEndpointEntity).find({
      where: { appId, ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
  }

  /** @throws Refusal `not_found` */
  async get(appId: string, id: string): Promise<WebhookEndpoint> {
    const endpoint = await this.database.getRepository(WebhookEndpointEntity).findOneBy({ id, appId });
    if (!endpoint) throw notFound();
    return endpoint;
  }

  /** Enabling one takes up what is still to be sent. @throws Refusal `not_found`, `invalid_request` */
  async change(appId: string, id: string, wish: Partial<EndpointWish>): Promise<WebhookEndpoint> {
    const { types, ...plain } = wish;
    if (plain.url !== undefined) this.checkUrl(plain.url);
    const { affected } = await this.database.getRepository(WebhookEndpointEntity).update(
      { id, appId },
      {
        ...plain,
        ...(types !== undefined && { types: types && [...types] }),
        ...(plain.enabled === true && { disabledBecause: null, failuresInRow: 0, resumeAt: null }),
        updatedAt: this.clock.now(),
      },
    );
    if (affected === 0) throw notFound();
    return this.get(appId, id);
  }

  /** With all that was to be sent to it, and its log. @throws Refusal `not_found` */
  async remove(appId: string, id: string): Promise<void> {
    const { affected } = await this.database.getRepository(WebhookEndpointEntity).delete({ id, appId });
    if (affected === 0) throw notFound();
  }

  /** A new secret; the present one signs as well for `overlapSeconds`. @throws Refusal `not_found` */
  rotateSecret(appId: string, id: string, overlapSeconds: number): Promise<EndpointWithSecret> {
    return this.database.transaction(async (manager) => {
      const endpoints = manager.getRepository(WebhookEndpointEntity);
      const endpoint = await endpoints.findOne({ where: { id, appId }, lock: { mode: 'pessimistic_write' } });
      if (!endpoint) throw notFound();
      const { secret, envelope } = this.secrets.rotate(endpoint, overlapSeconds);
      const updatedAt = this.clock.now();
      await endpoints.update({ id }, { secretsEnvelope: envelope, updatedAt });
      return { endpoint: { ...endpoint, secretsEnvelope: envelope, updatedAt }, secret };
    });
  }

  /**
   * Sends the events since an instant once more, in their order.
   * @returns how many
   * @throws Refusal `not_found`
   */
  async replay(appId: string, id: string, since: Date): Promise<number> {
    const { types } = await this.get(appId, id);
    const rows = await this.database.query<unknown[]>(
      `INSERT INTO webhook_deliveries
         (endpoint_id, event_id, app_id, status, attempts, next_attempt_at, give_up_at, created_at)
       SELECT $1, event.id, $2, 'pending', 0, now(), now() + interval '3 days', now() FROM outbox AS event
       WHERE event.app_id = $2 AND event.created_at >= $3 AND ($4::text[] IS NULL OR event.type = ANY ($4::text[]))
       ON CONFLICT (endpoint_id, event_id) DO UPDATE
         SET status = 'pending', attempts = 0, next_attempt_at = now(), give_up_at = excluded.give_up_at
       RETURNING event_id`,
      [id, appId, since, types],
    );
    return rows.length;
  }

  /** An event `webhook.test` that goes to this endpoint only. @returns its id. @throws Refusal `not_found` */
  test(appId: string, id: string): Promise<string> {
    return this.database.transaction(async (manager) => {
      if (!(await manager.getRepository(WebhookEndpointEntity).existsBy({ id, appId }))) throw notFound();
      const event = { appId, type: 'webhook.test', subjectId: id, sequence: 1, data: { endpointId: id } };
      const eventId = await addEvent(manager, event);
      await manager.query('DELETE FROM webhook_deliveries WHERE event_id = $1 AND endpoint_id <> $2', [eventId, id]);
      await manager.query(
        `INSERT INTO webhook_deliveries
           (endpoint_id, event_id, app_id, status, attempts, next_attempt_at, give_up_at, created_at)
         VALUES ($1, $2, $3, 'pending', 0, now(), now() + interval '3 days', now()) ON CONFLICT DO NOTHING`,
        [id, eventId, appId],
      );
      return eventId;
    });
  }

  /** The addresses behind a name are checked at each connect; what is plainly wrong is said here. */
  private checkUrl(url: string): void {
    const { protocol, hostname } = new URL(url);
    if (this.settings.webhookAllowPrivate) return;
    const host = hostname.replace(/^\[|\]$/g, '');
    const why =
      protocol !== 'https:'
        ? 'must be an https URL'
        : host === 'localhost' || (isIP(host) !== 0 && !isPublicAddress(host))
          ? 'must be an address of the public internet'
          : null;
    if (why === null) return;
    throw new Refusal('invalid_request', `url ${why}.`, {
      errors: [{ pointer: '/url', code: 'url_refused', message: `url ${why}` }],
    });
  }
}

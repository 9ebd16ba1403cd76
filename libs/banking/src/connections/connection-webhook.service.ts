import { Inject, Injectable } from '@nestjs/common';
import type { CallContext, WebhookSubscription, WebhookSubscriptions } from '@tributary/providers';
import { notFound, Refusal } from '../refusal.js';
import { SETTINGS, type Settings } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { ConnectionsService } from './connections.service.js';

/** Where an upstream calls us about a connection, where that is set over its interface. */
@Injectable()
export class ConnectionWebhookService {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly upstreams: UpstreamsService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws Refusal `not_found` (also where there is none), `capability_unsupported`; ProviderError */
  async read(connectionId: string, context: CallContext): Promise<WebhookSubscription> {
    const found = await (await this.subscriptions(connectionId)).subscriptions.read(context);
    if (found) return found;
    throw notFound();
  }

  /**
   * Has the upstream call us from now on. The address names the connection: several of them can have one account upstream.
   * @throws Refusal `not_found`, `capability_unsupported`, `invalid_request`; ProviderError
   */
  async put(
    connectionId: string,
    events: readonly string[] | undefined,
    context: CallContext,
  ): Promise<WebhookSubscription> {
    const { provider, subscriptions } = await this.subscriptions(connectionId);
    const unknown = events?.findIndex((event) => !subscriptions.events.includes(event)) ?? -1;
    if (unknown >= 0) {
      const message = `must be one of ${subscriptions.events.join(', ')}`;
      throw new Refusal('invalid_request', 'The upstream has no such event, or we have no use for it.', {
        errors: [{ pointer: `/events/${unknown}`, code: 'enum', message }],
      });
    }
    const url = `${this.settings.publicUrl}/webhooks/${provider}/${connectionId}`;
    return subscriptions.put({ url, events }, context);
  }

  /** @throws Refusal `not_found`, `capability_unsupported`; ProviderError */
  async remove(connectionId: string, context: CallContext): Promise<void> {
    await (await this.subscriptions(connectionId)).subscriptions.remove(context);
  }

  private async subscriptions(
    connectionId: string,
  ): Promise<{ readonly provider: string; readonly subscriptions: WebhookSubscriptions }> {
    const { connection } = await this.connections.get(connectionId);
    const { webhookSubscriptions } = await this.upstreams.provider(connectionId);
    if (webhookSubscriptions) return { provider: connection.provider, subscriptions: webhookSubscriptions };
    throw new Refusal(
      'capability_unsupported',
      "This upstream's webhooks are not set over its interface: see its documentation.",
    );
  }
}

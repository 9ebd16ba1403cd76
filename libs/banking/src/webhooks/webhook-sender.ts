import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { OutboxEvent, WebhookEndpoint } from '@tributary/persistence';
import { errorCode, publicConnect } from '@tributary/platform';
import { Agent, request } from 'undici';
import { CLOCK, type Clock, SETTINGS, type Settings } from '../tokens.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** From connecting to the last byte of the answer. */
const patienceMs = 15_000;
/** An answer is not read beyond this; only its status counts. */
const answerBytes = 65_536;

/** What came of sending an event once. */
export interface SentWebhook {
  readonly httpStatus: number | null;
  /** null: the endpoint has it. */
  readonly fault: string | null;
  readonly durationMs: number;
}

/**
 * Sends one event to one endpoint, once, as Standard Webhooks 1.0.0 says. 2xx is success and nothing else is: redirects
 * are not followed. Addresses that are not public are refused at connect time, since anybody may register any name.
 */
@Injectable()
export class WebhookSender implements OnModuleDestroy {
  private readonly agent: Agent;

  constructor(
    private readonly secrets: WebhookSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.agent = new Agent({
      connect: publicConnect(settings.webhookAllowPrivate, 10_000),
      // No most connections of a host: endpoints of many apps can be there, and one that hangs would hold those of the others. Each
      // endpoint has few events on their way (`WebhookDeliveries`), none waits for a connection, so patience begins with the sending.
      pipelining: 1,
      keepAliveTimeout: 10_000,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.close();
  }

  async send(endpoint: WebhookEndpoint, event: OutboxEvent): Promise<SentWebhook> {
    const at = this.clock.now();
    const body = JSON.stringify({
      type: event.type,
      timestamp: event.createdAt.toISOString(),
      data: { subjectId: event.subjectId, sequence: event.sequence, ...event.data },
    });
    const began = performance.now();
    const ended = (httpStatus: number | null, fault: string | null): SentWebhook => ({
      httpStatus,
      fault,
      durationMs: Math.round(performance.now() - began),
    });
    try {
      const { statusCode, body: answer } = await request(endpoint.url, {
        method: 'POST',
        dispatcher: this.agent,
        signal: AbortSignal.timeout(patienceMs),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Tributary-Webhooks/1',
          'webhook-id': event.id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': this.secrets.sign(endpoint, event.id, at, body),
        },
        body,
      });
      await answer.dump({ limit: answerBytes });
      return ended(statusCode, statusCode >= 200 && statusCode < 300 ? null : `answered ${statusCode}`);
    } catch (error) {
      return ended(null, faultOf(error));
    }
  }
}

const faults: Readonly<Record<string, string>> = {
  EPRIVATE: 'the host has no public address',
  ENOTFOUND: 'the host name cannot be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** Our words: a system's own may name addresses inside. */
function faultOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer within 15 seconds';
  const code = errorCode(error) ?? '';
  return (
    faults[code] ?? (/CERT|SSL|TLS|ALTNAME/.test(code) ? 'its TLS certificate is not valid' : 'it cannot be reached')
  );
}

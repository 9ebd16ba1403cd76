import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  AuthorisationsService,
  BankReportsService,
  InboxService,
  LOGGER,
  type Logger,
  PaymentPolling,
  WebhookDeliveries,
} from '@tributary/banking';
import { RepeatedFault } from '@tributary/platform';
import { type QueueName, Queues } from '@tributary/queues';

const everyMs = 1_000;
const housekeepingEveryMs = 60_000;

/**
 * Rings for whatever PostgreSQL says is due. A plain timer in every worker, not a scheduled job: a queue that lost all
 * its jobs, or its whole server, has lost nothing that the next sweep does not ring for again.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private nextHousekeeping = 0;
  private stopped = false;
  private readonly faults: RepeatedFault;

  constructor(
    private readonly queues: Queues,
    private readonly payments: PaymentPolling,
    private readonly authorisations: AuthorisationsService,
    private readonly inbox: InboxService,
    private readonly bankReports: BankReportsService,
    private readonly webhooks: WebhookDeliveries,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.faults = new RepeatedFault((error, repeated) => {
      logger.warn({ event: 'sweep.failed', err: error, repeated }, 'the sweep failed and is tried again in a second');
    });
  }

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.sweep().finally(() => this.schedule(everyMs));
    }, delayMs);
  }

  private async sweep(): Promise<void> {
    try {
      await Promise.all([
        this.ringAll('payment-status', await this.payments.dueConnections()),
        this.ringAll('authorisation-status', await this.authorisations.dueConnections()),
        this.ringAll('inbox', await this.inbox.dueConnections()),
        this.ringAll('bank-reports', await this.bankReports.dueConnections()),
        this.ringEndpoints(await this.webhooks.dueEndpoints()),
      ]);
      if (performance.now() >= this.nextHousekeeping) {
        await this.queues.ring('housekeeping', 'all', {});
        this.nextHousekeeping = performance.now() + housekeepingEveryMs;
      }
    } catch (error) {
      this.faults.came(error);
    }
  }

  private async ringAll(
    queue: Exclude<QueueName, 'housekeeping' | 'webhooks'>,
    connectionIds: readonly string[],
  ): Promise<void> {
    await Promise.all(connectionIds.map((connectionId) => this.queues.ring(queue, connectionId, { connectionId })));
  }

  private async ringEndpoints(endpointIds: readonly string[]): Promise<void> {
    await Promise.all(endpointIds.map((endpointId) => this.queues.ring('webhooks', endpointId, { endpointId })));
  }
}

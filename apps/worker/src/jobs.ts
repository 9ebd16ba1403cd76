import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, type Logger, METRICS, type Metrics, WebhookDeliveries } from '@tributary/banking';
import { type QueueName, Queues } from '@tributary/queues';
import { AuthorisationStatusJob } from './authorisation-status.job.js';
import { BankReportsJob } from './bank-reports.job.js';
import { HousekeepingJob } from './housekeeping.job.js';
import { InboxJob } from './inbox.job.js';
import { PaymentStatusJob } from './payment-status.job.js';

/**
 * Lanes for connections. A lane is a promise, not a thread: there are so many that even a hundred banks which all hang
 * leave one for the next.
 */
const lanes = 256;

/** Which job works on which queue. */
@Injectable()
export class Jobs implements OnApplicationBootstrap {
  constructor(
    private readonly queues: Queues,
    private readonly paymentStatus: PaymentStatusJob,
    private readonly authorisationStatus: AuthorisationStatusJob,
    private readonly inbox: InboxJob,
    private readonly bankReports: BankReportsJob,
    private readonly webhooks: WebhookDeliveries,
    private readonly housekeeping: HousekeepingJob,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.work(
      'payment-status',
      ({ connectionId }, signal) => this.measured('payment-status', () => this.paymentStatus.run(connectionId, signal)),
      lanes,
    );
    this.queues.work(
      'authorisation-status',
      ({ connectionId }, signal) =>
        this.measured('authorisation-status', () => this.authorisationStatus.run(connectionId, signal)),
      lanes,
    );
    this.queues.work(
      'inbox',
      ({ connectionId }, signal) => this.measured('inbox', () => this.inbox.run(connectionId, signal)),
      lanes,
    );
    this.queues.work(
      'bank-reports',
      ({ connectionId }, signal) => this.measured('bank-reports', () => this.bankReports.run(connectionId, signal)),
      lanes,
    );
    this.queues.work(
      'webhooks',
      ({ endpointId }, signal) => this.measured('webhooks', () => this.webhooks.deliverDue(endpointId, signal)),
      lanes,
    );
    this.queues.work('housekeeping', () => this.measured('housekeeping', () => this.housekeeping.run()), 1);
  }

  private async measured(queue: QueueName, run: () => Promise<void>): Promise<void> {
    const end = this.metrics.jobs.startTimer({ queue, job: queue });
    try {
      await run();
      end({ outcome: 'completed' });
    } catch (error) {
      end({ outcome: 'failed' });
      this.logger.error({ event: 'job.failed', queue, err: error }, 'a job failed; the sweeper rings again');
      throw error;
    }
  }
}

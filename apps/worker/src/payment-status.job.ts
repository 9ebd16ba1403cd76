import { Inject, Injectable } from '@nestjs/common';
import {
  LOGGER,
  type Logger,
  PaymentPolling,
  type PollingLease,
  type PollRetry,
  runPipeline,
} from '@tributary/banking';
import { retryAfterError, retryPolicy } from './retry-policy.js';
import { unattendedCall } from './unattended-call.js';

/** Requests to one bank at once. */
const inFlight = 200;
/** Payments per claim and per write. */
const batch = 200;
const flushMs = 50;
/** How often a job whose last answers are slow to come looks for payments that have become due. */
const claimAgainMs = 1_000;
/** A job ends after this time at the latest and is rung for again: nothing holds a connection's lane for ever. */
const budgetMs = 60_000;

/** Follows the due payments of one connection: claims them in batches, asks the bank, writes back set-wise. */
@Injectable()
export class PaymentStatusJob {
  constructor(
    private readonly polling: PaymentPolling,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async run(connectionId: string, signal: AbortSignal): Promise<void> {
    const lease = await this.polling.lease(connectionId);
    if (!lease) return;
    try {
      await this.follow(lease, signal);
    } finally {
      await lease.end();
    }
  }

  private async follow(lease: PollingLease, signal: AbortSignal): Promise<void> {
    const context = unattendedCall();
    await runPipeline({
      claim: (limit) => lease.claim(limit),
      work: async (claimed) => {
        const outcome = await this.polling.ask(claimed, this.retry, context);
        // Written already: it may be due again within this run.
        if (outcome === null) lease.letGo([claimed.payment]);
        return outcome;
      },
      write: async (outcomes) => {
        await this.polling.record(outcomes);
        lease.letGo(outcomes.map(({ payment }) => payment));
      },
      inFlight,
      batch,
      flushMs,
      claimAgainMs,
      budgetMs,
      signal: AbortSignal.any([signal, lease.lost]),
    });
  }

  private readonly retry: PollRetry = (error, payment, now) => {
    const { kind, facts } = error;
    const report = {
      event: 'payment.poll-failed',
      kind,
      paymentId: payment.id,
      connectionId: payment.connectionId,
      httpStatus: facts.upstream?.httpStatus,
      upstreamCode: facts.upstream?.code,
    };
    if (retryPolicy[kind].alert) this.logger.error(report, facts.message);
    else this.logger.debug(report, facts.message);
    return retryAfterError(error, payment, now);
  };
}

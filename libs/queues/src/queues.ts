import { type BackendOptions, type JobQueue, type JobWorker, openBackend, type QueueBackend } from './backend.js';
import type { QueueName, QueuePayloads } from './queue-names.js';

/**
 * The queues of one process. Left out on purpose: retries by the queue. A job never throws for an upstream's fault; what
 * is to be done again has a due time in PostgreSQL, and the sweeper rings for it.
 */
export class Queues {
  private readonly queues = new Map<QueueName, JobQueue>();
  private readonly workers: JobWorker[] = [];
  private readonly stopping = new AbortController();

  private constructor(private readonly backend: QueueBackend) {}

  static async open(options: BackendOptions): Promise<Queues> {
    return new Queues(await openBackend(options));
  }

  /** What holds the jobs. */
  get kind(): QueueBackend['kind'] {
    return this.backend.kind;
  }

  /**
   * Rings for one thing. While a job with the same `key` waits or runs, ringing again does nothing; afterwards it rings
   * again (a finished job is not kept: a retained one would swallow the next ring).
   */
  async ring<Name extends QueueName>(name: Name, key: string, payload: QueuePayloads[Name]): Promise<void> {
    await this.queue(name).add(name, payload, {
      deduplication: { id: key },
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  /**
   * Works on a queue until `close`.
   * @param run gets a signal that fires when this process is asked to stop
   * @param concurrency jobs of this queue that run at once in this process
   */
  work<Name extends QueueName>(
    name: Name,
    run: (payload: QueuePayloads[Name], signal: AbortSignal) => Promise<void>,
    concurrency: number,
  ): void {
    this.workers.push(
      this.backend.worker(
        name,
        (payload, signal) => run(payload as QueuePayloads[Name], AbortSignal.any([signal, this.stopping.signal])),
        concurrency,
      ),
    );
  }

  /** Resolves when the server that holds the jobs answers. */
  ping(): Promise<void> {
    return this.backend.ping();
  }

  /** What makes that server unfit for jobs, one sentence each that says what to do; empty: nothing. */
  faults(): Promise<readonly string[]> {
    return this.backend.faults();
  }

  /** Jobs of a queue by state, for metrics. */
  counts(name: QueueName): Promise<Readonly<Record<string, number>>> {
    return this.queue(name).getJobCounts();
  }

  /** Asks running jobs to end, waits for them, lets go of the server. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.backend.disconnect();
  }

  private queue(name: QueueName): JobQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const queue = this.backend.queue(name);
    this.queues.set(name, queue);
    return queue;
  }
}

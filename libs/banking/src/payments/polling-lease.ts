import { randomUUID } from 'node:crypto';
import { entityReader, type Payment, PaymentEntity, runStatement, type Statement } from '@tributary/persistence';
import { failpoint } from '@tributary/platform';
import type { DataSource } from 'typeorm';

/** How long a worker that is silent is believed alive. It says so far more often, and with every claim. */
const leaseSeconds = 30;
const renewEveryMs = 5_000;

/** A payment that nobody else asks about for now. */
export interface ClaimedPayment {
  readonly payment: Payment;
  /** Its tokens, read together with it, sealed. */
  readonly tokensEnvelope: string | null;
  /** When, by the database's clock: what leases and instants of the row are compared with. */
  readonly claimedAt: Date;
}

interface ClaimedRow extends Readonly<Record<string, unknown>> {
  readonly tokens_envelope: string | null;
  readonly claimed_at: Date;
}

const taking: Statement = {
  name: 'polling-lease-take',
  text: `INSERT INTO polling_leases AS lease (connection_id, holder, until)
         VALUES ($1, $2, now() + $3 * interval '1 second')
         ON CONFLICT (connection_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE lease.until <= now() RETURNING connection_id`,
};

const renewing: Statement = {
  name: 'polling-lease-renew',
  text: `UPDATE polling_leases SET until = now() + $3 * interval '1 second'
         WHERE connection_id = $1 AND holder = $2 RETURNING connection_id`,
};

/** Renews the lease; without it, there is nothing to claim. */
const claiming: Statement = {
  name: 'payment-claim',
  text: `WITH lease AS (${renewing.text}),
         due AS MATERIALIZED (
           SELECT payment.* FROM payments AS payment
           WHERE payment.connection_id = $1 AND payment.next_poll_at <= now()
             AND payment.id NOT IN (SELECT unnest($4::text[]))
           ORDER BY payment.next_poll_at LIMIT $5)
         SELECT due.*, "grant".tokens_envelope, now() AS claimed_at
         FROM lease JOIN due ON due.connection_id = lease.connection_id
         LEFT JOIN grants AS "grant" ON "grant".subject_id = due.id AND "grant".app_id = due.app_id`,
};

const ending: Statement = {
  name: 'polling-lease-end',
  text: 'DELETE FROM polling_leases WHERE connection_id = $1 AND holder = $2',
};

/**
 * The right to follow the payments of one connection. One run of one worker has it at a time, so that no two ever hold
 * the same payment; a dead worker's lease ends by itself, by the database's clock, and what was due is due. A claim
 * therefore writes nothing to the payments: what this run holds, it knows.
 */
export class PollingLease {
  private readonly holder = randomUUID();
  private readonly held = new Set<string>();
  private readonly ended = new AbortController();
  private readonly paymentOf: (row: Readonly<Record<string, unknown>>) => Payment;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly database: DataSource,
    private readonly connectionId: string,
  ) {
    this.paymentOf = entityReader(database, PaymentEntity);
  }

  /** @returns null while another run has it */
  static async take(database: DataSource, connectionId: string): Promise<PollingLease | null> {
    const lease = new PollingLease(database, connectionId);
    if (!(await lease.say(taking, leaseSeconds))) return null;
    lease.timer = setInterval(() => void lease.renew(), renewEveryMs).unref();
    return lease;
  }

  /** Fires when another run has taken over: this one was silent for longer than the lease. */
  get lost(): AbortSignal {
    return this.ended.signal;
  }

  /** Claims up to `limit` due payments that this run does not hold yet; none, once the lease is lost. */
  async claim(limit: number): Promise<ClaimedPayment[]> {
    const rows = await runStatement<ClaimedRow>(this.database, claiming, [
      this.connectionId,
      this.holder,
      leaseSeconds,
      [...this.held],
      limit,
    ]);
    if (rows.length > 0) failpoint('poll.claimed');
    return rows.map((row) => {
      const payment = this.paymentOf(row);
      this.held.add(payment.id);
      return { payment, tokensEnvelope: row.tokens_envelope, claimedAt: row.claimed_at };
    });
  }

  /** These payments are planned anew: they may be claimed when they are due again. */
  letGo(payments: readonly Payment[]): void {
    for (const { id } of payments) this.held.delete(id);
  }

  /** Lets another run have it. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.say(ending);
  }

  private async renew(): Promise<void> {
    try {
      if (!(await this.say(renewing, leaseSeconds))) this.ended.abort();
    } catch {
      // The database is away: the next renewal, or the next claim, tells whether the lease still stands.
    }
  }

  private async say(statement: Statement, ...more: readonly number[]): Promise<boolean> {
    const rows = await runStatement(this.database, statement, [this.connectionId, this.holder, ...more]);
    return rows.length > 0;
  }
}

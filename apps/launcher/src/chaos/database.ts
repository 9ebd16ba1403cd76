import { Pool } from 'pg';

/** A look into the database of the installation, and the hand that turns its hours into seconds. */
export class ChaosDatabase {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 5_000 });
    // It is killed under us, on purpose.
    this.pool.on('error', () => undefined);
  }

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, [...values])).rows as Row[];
  }

  /**
   * Ids of payments that were on their way to the bank when api or database died, and whose answer nobody has noted since. Workers
   * send no new ones.
   */
  async sendingAt(diedAt: Date): Promise<string[]> {
    return this.ids(`SELECT id FROM payments WHERE send_state = 'sending' AND sent_at <= $1`, [diedAt]);
  }

  /**
   * Ids of payments about which a further order may have been on its way when anybody died: each is written down before it
   * leaves, and takes no longer than the longest time-out.
   */
  async orderingAt(diedAt: Date): Promise<string[]> {
    return this.ids(
      `SELECT id FROM payments
       WHERE send_state = 'sent' AND NOT final AND updated_at > $1::timestamptz - interval '10 seconds'`,
      [diedAt],
    );
  }

  /**
   * The api died at that instant: what it had in hand is nobody's, without waiting for the leases that say so. A lease
   * that a living process took later ends later, and stays.
   */
  async endLeasesOf(diedAt: Date): Promise<void> {
    await this.query(
      `UPDATE payments SET send_lease_until = now()
       WHERE send_state IN ('created', 'sending', 'sent') AND send_lease_until > now()
         AND send_lease_until <= $1::timestamptz + interval '60 seconds'`,
      [diedAt],
    );
    await this.query(
      `UPDATE authorisations SET answering_until = now()
       WHERE answering_until > now() AND answering_until <= $1::timestamptz + interval '120 seconds'`,
      [diedAt],
    );
    await this.query(
      `UPDATE authorisations SET next_poll_at = now()
       WHERE open AND next_poll_at > now() AND next_poll_at <= $1::timestamptz + interval '120 seconds'`,
      [diedAt],
    );
  }

  /** Waits that hurt nobody when they are short: the next poll of a payment, the next try of a delivery. */
  async hurry(seconds: number): Promise<void> {
    await this.query(
      `UPDATE payments SET next_poll_at = next_poll_at - $1 * interval '1 second'
                      WHERE next_poll_at > now()`,
      [seconds],
    );
    await this.query(`UPDATE polling_leases SET until = until - $1 * interval '1 second'`, [seconds]);
    await this.query(
      `UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at - $1 * interval '1 second'
                      WHERE next_attempt_at > now()`,
      [seconds],
    );
    await this.query(
      `UPDATE bank_reports SET next_attempt_at = next_attempt_at - $1 * interval '1 second'
                      WHERE next_attempt_at > now()`,
      [seconds],
    );
    await this.query(`UPDATE webhook_endpoints SET resume_at = resume_at - $1 * interval '1 second'`, [seconds]);
  }

  /** All other waits too. Only while nobody dies and no bank is slow: then every lease left is one of a dead process. */
  async hurryLeases(seconds: number): Promise<void> {
    await this.hurry(seconds);
    await this.query(`UPDATE payments SET send_lease_until = send_lease_until - $1 * interval '1 second'`, [seconds]);
    await this.query(
      `UPDATE authorisations SET next_poll_at = next_poll_at - $1 * interval '1 second',
                                 answering_until = answering_until - $1 * interval '1 second' WHERE open`,
      [seconds],
    );
    await this.query(
      `UPDATE authorisations SET next_poll_at = next_poll_at - $1 * interval '1 second' WHERE NOT open`,
      [seconds],
    );
  }

  /** Time passes for payments whose bank is asked after a while. Only when it has done whatever it may have been late with. */
  async hurryLookUps(seconds: number): Promise<void> {
    await this.query(
      `UPDATE payments SET sent_at = sent_at - $1 * interval '1 second' WHERE send_state IN ('sending', 'unknown')`,
      [seconds],
    );
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async ids(text: string, values: readonly unknown[]): Promise<string[]> {
    return (await this.query<{ id: string }>(text, values)).map(({ id }) => id);
  }
}

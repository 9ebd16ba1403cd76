import { Pool } from 'pg';
import type { FailedSending, UnnotedSending, WrittenOrder } from './interruption.js';

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

  /** How many there are. */
  async payments(): Promise<number> {
    const [row] = await this.query<{ count: number }>('SELECT count(*)::int AS count FROM payments');
    return row?.count ?? 0;
  }

  /** Sendings without a note of how they went; only when no sender has one in hand any more. */
  unnotedSendings(): Promise<UnnotedSending[]> {
    return this.query<UnnotedSending>(
      `SELECT id, sent_at AS "sentAt",
              (SELECT count(*) > 1 FROM authorisations
               WHERE subject_type = 'payment' AND subject_id = payments.id) AS prepared
       FROM payments
       WHERE send_state = 'sending' OR (send_state = 'unknown' AND upstream_status = 'no answer')`,
    );
  }

  /** Ids of payments whose sender noted that no answer came, after as long as we wait for one; only before `hurryUnknown`. */
  async waitedInVain(timeoutSeconds: number): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      `SELECT DISTINCT payment.id FROM payments AS payment JOIN payment_observations AS entry ON entry.payment_id = payment.id
       WHERE payment.send_state = 'unknown' AND entry.source = 'initiation' AND entry.iso_status IS NULL
         AND entry.at >= payment.sent_at + $1 * interval '1 second'`,
      [timeoutSeconds],
    );
    return rows.map(({ id }) => id);
  }

  /** Sendings to these institutions whose sender noted an error of theirs; only before `hurryUnknown`. */
  failedSendings(institutionIds: readonly string[]): Promise<FailedSending[]> {
    return this.query<FailedSending>(
      `SELECT payment.id, payment.sent_at AS "sentAt", min(entry.at) AS "notedAt"
       FROM payments AS payment JOIN payment_observations AS entry ON entry.payment_id = payment.id
       WHERE payment.send_state = 'unknown' AND payment.institution_id = ANY($1)
         AND entry.source = 'initiation' AND entry.iso_status IS NULL
       GROUP BY payment.id`,
      [institutionIds],
    );
  }

  /**
   * Payments about which a further order may be on its way: the note that is written before it leaves is there, and nobody has
   * said yet that its outcome is unknown.
   */
  writtenOrders(): Promise<WrittenOrder[]> {
    return this.query<WrittenOrder>(
      `SELECT id, updated_at AS "updatedAt" FROM payments
       WHERE send_state = 'sent' AND NOT final AND state <> 'unknown' AND continuation_envelope IS NOT NULL`,
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

  /**
   * Waits that hurt nobody when they are short: the next poll of a payment, the next try of a delivery. The leases of polling runs
   * become shorter too, those of living ones as well: another run then asks about the same payments, and versions of rows decide.
   */
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

  /**
   * All other waits too, once nobody dies any more. Most leases left are of dead processes; a living one whose lease ends early still
   * writes down what it hears, for its own sending, unless there is better.
   */
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

  /**
   * Time passes for payments whose outcome is unknown: their bank is looked at after a while, or told again, more and more seldom. Only
   * when it has done whatever it may have been late with.
   */
  async hurryUnknown(seconds: number): Promise<void> {
    await this.query(
      `UPDATE payments SET sent_at = sent_at - $1 * interval '1 second', next_poll_at = least(next_poll_at, now())
       WHERE send_state IN ('sending', 'unknown')`,
      [seconds],
    );
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

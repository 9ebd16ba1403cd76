import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PaymentChange } from './observe.js';

/**
 * How far the webhooks of a connection are trusted, as data. Each one that tells about a payment raises the trust by a part
 * of what is missing; each piece of news that we had to ask for (the webhook was late, or never came) lowers it at once
 * by much more. Where it is high we ask less often; where webhooks stop, one poll that finds news brings the usual pace
 * back, and every payment of the connection is asked about soon.
 */
export const webhookTrust = {
  gained: 0.1,
  kept: 0.5,
  /** From here on we wait `stretch` times longer between polls. */
  reliableFrom: 0.8,
  stretch: 4,
  /** Seconds over which the payments that were put off are spread when webhooks stop. */
  catchUpSeconds: 30,
} as const;

/** What a process remembers of the table before it looks again. */
const knownForMs = 5_000;

/** Keeps, per connection, how far webhooks tell us what happens. */
@Injectable()
export class WebhookTrustBook {
  private stretches: ReadonlyMap<string, number> = new Map();
  private readAt = -Infinity;

  constructor(private readonly database: DataSource) {}

  /** How many times longer than usual polls of a connection wait. */
  async stretchOf(): Promise<(connectionId: string) => number> {
    if (performance.now() - this.readAt > knownForMs) {
      const rows = await this.database.query<{ connection_id: string }[]>(
        'SELECT connection_id FROM webhook_trust WHERE trust >= $1',
        [webhookTrust.reliableFrom],
      );
      this.stretches = new Map(rows.map(({ connection_id }) => [connection_id, webhookTrust.stretch]));
      this.readAt = performance.now();
    }
    const { stretches } = this;
    return (connectionId) => stretches.get(connectionId) ?? 1;
  }

  /** Takes note of who told what, after it was written. */
  async note(written: readonly PaymentChange[]): Promise<void> {
    for (const [connectionId, { told, missed }] of tally(written)) {
      const [row] = await this.database.query<{ before: number; after: number }[]>(
        `WITH held AS (SELECT trust FROM webhook_trust WHERE connection_id = $1)
         INSERT INTO webhook_trust AS book (connection_id, trust, updated_at)
         SELECT $1, (1 - (1 - $2::float8) ^ $4::int) * $3::float8 ^ $5::int, now()
         WHERE $4 > 0 OR EXISTS (SELECT FROM held)
         ON CONFLICT (connection_id) DO UPDATE
         SET trust = (1 - (1 - book.trust) * (1 - $2::float8) ^ $4::int) * $3::float8 ^ $5::int, updated_at = now()
         RETURNING coalesce((SELECT trust FROM held), 0) AS before, book.trust AS after`,
        [connectionId, webhookTrust.gained, webhookTrust.kept, told, Math.min(missed, 20)],
      );
      if (row && row.before >= webhookTrust.reliableFrom && row.after < webhookTrust.reliableFrom) {
        this.readAt = -Infinity;
        await this.catchUp(connectionId);
      }
    }
  }

  /** Webhooks have stopped: what was put off is asked about soon, spread a little. */
  private async catchUp(connectionId: string): Promise<void> {
    await this.database.query(
      `UPDATE payments SET next_poll_at = least(next_poll_at, now() + random() * $2 * interval '1 second')
       WHERE connection_id = $1 AND next_poll_at > now() AND reference IS NOT NULL`,
      [connectionId, webhookTrust.catchUpSeconds],
    );
  }
}

/** Per connection: webhooks that told something, and news that we had to ask for. */
function tally(changes: readonly PaymentChange[]): ReadonlyMap<string, { told: number; missed: number }> {
  const counts = new Map<string, { told: number; missed: number }>();
  for (const { after, entries, before } of changes) {
    for (const { source, applied } of entries) {
      const told = source === 'webhook' ? 1 : 0;
      // The first word of a bank comes with our own first question.
      const missed = source === 'poll' && applied && before.isoStatus !== null ? 1 : 0;
      if (told + missed === 0) continue;
      const count = counts.get(after.connectionId) ?? { told: 0, missed: 0 };
      counts.set(after.connectionId, { told: count.told + told, missed: count.missed + missed });
    }
  }
  return counts;
}

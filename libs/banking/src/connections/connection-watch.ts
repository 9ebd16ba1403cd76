import { Inject, Injectable } from '@nestjs/common';
import { forEveryTenant } from '@tributary/persistence';
import type { UpstreamCall } from '@tributary/providers';
import { DataSource } from 'typeorm';
import { addEvents } from '../events/outbox.js';
import { LOGGER, type Logger } from '../tokens.js';

/** So many calls in a row without the upstream doing its part. */
const failuresInRow = 10;

interface Watched {
  failures: number;
  /** As this process has said it last; `undefined`: not yet. */
  degraded: boolean | undefined;
}

/**
 * Tells apps when a bank that they use stops and starts to answer: `connection.degraded` and `connection.recovered`, once
 * each, whichever process saw it first.
 */
@Injectable()
export class ConnectionWatch {
  private readonly watched = new Map<string, Watched>();

  constructor(
    private readonly database: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  see({ connectionId, ok }: Pick<UpstreamCall, 'connectionId' | 'ok'>): void {
    const watched = this.watched.get(connectionId) ?? { failures: 0, degraded: undefined };
    this.watched.set(connectionId, watched);
    watched.failures = ok ? 0 : watched.failures + 1;
    // Its first answer after a start may end what another process has seen begin.
    const degraded = ok ? false : watched.failures >= failuresInRow ? true : watched.degraded;
    if (degraded === watched.degraded || degraded === undefined) return;
    watched.degraded = degraded;
    forEveryTenant(this.database, () => this.tell(connectionId, degraded)).catch((error: unknown) => {
      watched.degraded = undefined;
      this.logger.warn({ err: error, connectionId }, 'the state of a connection could not be told');
    });
  }

  /** Whoever changes the row tells; all others find it changed. */
  private async tell(connectionId: string, degraded: boolean): Promise<void> {
    await this.database.transaction(async (manager) => {
      const [changed] = await manager.query<[{ provider: string; seconds: number }[], number]>(
        `UPDATE connections AS connection SET degraded_at = CASE WHEN $2::boolean THEN now() END
         FROM (SELECT id, degraded_at FROM connections WHERE id = $1 FOR UPDATE) AS before
         WHERE connection.id = before.id AND (before.degraded_at IS NULL) = $2::boolean
         RETURNING connection.provider, extract(epoch FROM now())::int AS seconds`,
        [connectionId, degraded],
      );
      const [row] = changed;
      if (!row) return;
      const apps = await manager.query<{ app_id: string; institution_id: string }[]>(
        `SELECT DISTINCT app_id, institution_id FROM consents WHERE connection_id = $1 AND status = 'authorised'
         UNION SELECT DISTINCT app_id, institution_id FROM payments WHERE connection_id = $1 AND NOT final`,
        [connectionId],
      );
      await addEvents(
        manager,
        apps.map(({ app_id: appId, institution_id: institutionId }) => ({
          appId,
          type: degraded ? 'connection.degraded' : 'connection.recovered',
          subjectId: connectionId,
          // A connection has no version that counts this; its seconds grow as well.
          sequence: row.seconds,
          data: { connectionId, institutionId, provider: row.provider },
        })),
      );
      this.logger.warn({ event: degraded ? 'connection.degraded' : 'connection.recovered', connectionId });
    });
  }
}

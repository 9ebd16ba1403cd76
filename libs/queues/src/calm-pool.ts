import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** Between two tries of the same loop to get a connection that there is none of. */
const pauseMs = 250;

type Handed = Parameters<InstanceType<typeof pg.Pool>['connect']>[0];

/**
 * A pool that is slow to say that there is no connection. The loops of BullMQ pause after a refused connection only; a
 * PostgreSQL that starts or recovers (SQLSTATE 57P03) is asked again at once, hundreds of times in a second.
 */
export class CalmPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(handed: Handed): void;
  override connect(handed?: Handed): Promise<pg.PoolClient> | void {
    if (handed) return super.connect(handed);
    return super.connect().catch(async (error: unknown) => {
      await pause(pauseMs);
      throw error;
    });
  }
}

import { type BackendFactory, PostgresConnection, type PostgresConnectionOptions, PostgresQueueBackend } from 'bullmq';

/**
 * Its tables are there: whoever opens the queues makes them first. BullMQ looks at them again for each queue and worker and
 * keeps what it saw for good; a database that goes down just then leaves a worker that fails as fast as it can, for ever.
 */
class PreparedConnection extends PostgresConnection {
  override waitUntilReady(): Promise<void> {
    return Promise.resolve();
  }
}

/** BullMQ on a PostgreSQL whose tables are up to date (`runMigrations`). */
export const createPreparedBackend: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (
  name,
  options,
  { withBlockingConnection = false } = {},
) =>
  new PostgresQueueBackend(
    new PreparedConnection(options.connection),
    name,
    options,
    true,
    withBlockingConnection ? name : undefined,
  );

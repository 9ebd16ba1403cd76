import { isNativeError } from 'node:util/types';
import pg from 'pg';
import { currentCaller, type Tenant } from './tenancy.js';

type Handed = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

interface Told {
  readonly tenant: Tenant;
  readonly actor: string;
}

/** What a connection was told last: it is told again only when that changes. */
const lastTold = new WeakMap<pg.PoolClient, Told>();

async function tell(client: pg.PoolClient, { tenant, actor }: Told): Promise<void> {
  const last = lastTold.get(client);
  if (last?.tenant === tenant && last.actor === actor) return;
  lastTold.delete(client);
  await client.query({
    name: 'caller',
    text: `SELECT set_config('tributary.tenant', $1, false), set_config('tributary.actor', $2, false)`,
    values: [tenant, actor],
  });
  lastTold.set(client, { tenant, actor });
}

/**
 * A pool class whose connections know for whom they work (see `tenancy.ts`).
 *
 * @param outside for whom, and by whom, is what runs outside of any `withTenant`.
 */
export function tenantPool(outside: Told): typeof pg.Pool {
  return class TenantPool extends pg.Pool {
    constructor(options?: pg.PoolConfig) {
      super(options);
      // A connection that dies while somebody holds it, between two statements, must not end the whole process; its
      // next statement fails.
      this.on('connect', (client) => client.on('error', () => undefined));
    }

    override connect(): Promise<pg.PoolClient>;
    override connect(handed: Handed): void;
    override connect(handed?: Handed): Promise<pg.PoolClient> | void {
      // Read now: a connection that has to be waited for is handed out in the context of whoever gives it back.
      const { tenant, actor = outside.actor } = currentCaller() ?? outside;
      const told = tellOnce(super.connect(), { tenant, actor });
      if (!handed) return told;
      void handOver(told, handed);
    }
  };
}

async function tellOnce(connecting: Promise<pg.PoolClient>, caller: Told): Promise<pg.PoolClient> {
  const client = await connecting;
  try {
    await tell(client, caller);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function handOver(told: Promise<pg.PoolClient>, handed: Handed): Promise<void> {
  let client: pg.PoolClient;
  try {
    client = await told;
  } catch (error) {
    handed(isNativeError(error) ? error : new Error(String(error)), undefined, () => undefined);
    return;
  }
  handed(undefined, client, (release) => client.release(release === true || release instanceof Error));
}

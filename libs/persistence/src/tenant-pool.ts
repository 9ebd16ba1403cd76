import pg from 'pg';
import { currentTenant, type Tenant } from './tenancy.js';

type Handed = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

/** Which tenant a connection was told last: it is told again only when that changes. */
const toldTenants = new WeakMap<pg.PoolClient, Tenant>();

async function tell(client: pg.PoolClient, tenant: Tenant): Promise<void> {
  if (toldTenants.get(client) === tenant) return;
  toldTenants.delete(client);
  await client.query({
    name: 'tenant',
    text: `SELECT set_config('tributary.tenant', $1, false)`,
    values: [tenant],
  });
  toldTenants.set(client, tenant);
}

/**
 * A pool class whose connections know for whom they work (see `tenancy.ts`).
 *
 * @param outside the tenant of what runs outside of any `withTenant`.
 */
export function tenantPool(outside: Tenant): typeof pg.Pool {
  return class TenantPool extends pg.Pool {
    override connect(): Promise<pg.PoolClient>;
    override connect(handed: Handed): void;
    override connect(handed?: Handed): Promise<pg.PoolClient> | void {
      // Read now: a connection that has to be waited for is handed out in the context of whoever gives it back.
      const told = tellOnce(super.connect(), currentTenant() ?? outside);
      if (!handed) return told;
      void handOver(told, handed);
    }
  };
}

async function tellOnce(connecting: Promise<pg.PoolClient>, tenant: Tenant): Promise<pg.PoolClient> {
  const client = await connecting;
  try {
    await tell(client, tenant);
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
    handed(error instanceof Error ? error : new Error(String(error)), undefined, () => undefined);
    return;
  }
  handed(undefined, client, (release) => client.release(release === true || release instanceof Error));
}

import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Whose rows may be seen. Every table with an owner has a row-security policy that compares `app_id` with the tenant of
 * the connection, so that a statement which forgets its `WHERE app_id = ...` gives nothing away. The pool tells each
 * connection the tenant when it hands it out, before any statement of a transaction.
 */
export type Tenant = string;

/** Rows of every app: for what works for all of them (polling, hubs, administrators), and says so. */
export const everyTenant: Tenant = '*';

/** Nobody's rows. */
export const noTenant: Tenant = '';

/** For whom statements run, and who started them. */
export interface Caller {
  tenant: Tenant;
  /** Goes into the audit log: a client id, a public route, a process. Absent: the process. */
  actor?: string | undefined;
}

const current = new AsyncLocalStorage<Caller>();

/** For whom what is running runs; `undefined` outside of any `withTenant`. */
export function currentCaller(): Readonly<Caller> | undefined {
  return current.getStore();
}

/** Runs `work`, and all that it starts, for one tenant. The actor stays who it was. */
export function withTenant<Result>(tenant: Tenant, work: () => Result): Result {
  return current.run({ tenant, actor: current.getStore()?.actor }, work);
}

/**
 * From here on, what runs inside the nearest `withTenant` runs for `tenant` and is put down to `actor`: for a server that
 * opens a request before it knows who asks.
 *
 * @throws Error outside of any `withTenant`, where it would be without effect.
 */
export function becomeTenant(tenant: Tenant, actor: string): void {
  const store = current.getStore();
  if (!store) throw new Error('becomeTenant needs a withTenant around it');
  store.tenant = tenant;
  store.actor = actor;
}

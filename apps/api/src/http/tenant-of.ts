import type { Scope } from '@tributary/banking';
import { everyTenant, type Tenant } from '@tributary/persistence';

/**
 * Whose rows a request may see: those of all apps only on routes that nobody but administrators may call. A route that
 * apps may call too shows an administrator no more than an app.
 *
 * @param scopes those that the route lets in
 */
export function tenantOf(scopes: readonly Scope[], appId: string): Tenant {
  return scopes.length > 0 && scopes.every((scope) => scope === 'admin') ? everyTenant : appId;
}

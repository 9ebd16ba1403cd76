import { Injectable } from '@nestjs/common';
import { type InstitutionRoute, runStatement, type Statement } from '@tributary/persistence';
import type { Capability } from '@tributary/providers';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { notFound, Refusal } from '../refusal.js';

/** How an institution is reached. */
export interface Route {
  readonly connectionId: string;
  readonly provider: string;
  /** The upstream's name of the bank. */
  readonly reference: string;
  readonly capabilities: readonly string[];
  /** Longest consent in days; null where the bank does not say. */
  readonly maxConsentDays: number | null;
}

export interface RouteWish {
  /** Provider id; absent: any. */
  readonly provider?: string | undefined;
  /** What the route must be able to do, all of it. */
  readonly capabilities: readonly Capability[];
}

type RouteRow = Pick<InstitutionRoute, 'provider' | 'reference' | 'capabilities' | 'status'> & {
  connection_id: string;
  max_consent_days: number | null;
};

const liveRoutes: Statement = {
  name: 'routes-live',
  text: `
    SELECT route.connection_id, route.provider, route.reference, route.capabilities, route.status, route.max_consent_days
    FROM institution_routes AS route JOIN connections AS connection ON connection.id = route.connection_id
    WHERE route.institution_id = $1 AND route.live AND connection.deleted_at IS NULL
    ORDER BY array_position(ARRAY['available', 'degraded'], route.status) NULLS LAST, connection.created_at, connection.id`,
};

/** Chooses the connection through which an institution is asked. */
@Injectable()
export class Routes {
  private readonly references = new LRUCache<string, Promise<string>>({ max: 10_000 });

  constructor(private readonly database: DataSource) {}

  /**
   * The best route that can do it: an available one before a degraded one, then in a fixed order, so that equal
   * requests take the same way.
   * @throws Refusal `not_found` (no such institution), `no_route`, `capability_unsupported`
   */
  async choose(institutionId: string, { provider, capabilities }: RouteWish): Promise<Route> {
    const routes = await this.live(institutionId);
    const wished = provider === undefined ? routes : routes.filter((route) => route.provider === provider);
    if (wished.length === 0) {
      throw new Refusal('no_route', 'No connection reaches this institution. See `routes` of the institution.', {
        errors: [pointTo(provider, 'no_route', 'no connection of this provider reaches the institution')],
      });
    }
    const able = wished.find((route) => capabilities.every((capability) => route.capabilities.includes(capability)));
    if (!able) {
      // Named by what none of them has, or else by what no one has together with the others.
      const missing = capabilities.find((one) => wished.every((route) => !route.capabilities.includes(one)));
      const capability = missing ?? capabilities.join(' with ');
      throw new Refusal('capability_unsupported', `No route to this institution can do \`${capability}\`.`, {
        errors: [pointTo(provider, 'capability_unsupported', `no route has the capability ${capability}`)],
      });
    }
    return {
      connectionId: able.connection_id,
      provider: able.provider,
      reference: able.reference,
      capabilities: able.capabilities,
      maxConsentDays: able.max_consent_days,
    };
  }

  /** How a connection calls an institution. It stays the same as long as the connection does. */
  reference(institutionId: string, connectionId: string): Promise<string> {
    const key = `${institutionId} ${connectionId}`;
    const known = this.references.get(key);
    if (known) return known;
    // Whoever comes while it is being read waits for the same reading: the first polls of a worker come by the hundred.
    const reference = this.readReference(institutionId, connectionId);
    this.references.set(key, reference);
    reference.catch(() => this.references.delete(key));
    return reference;
  }

  private async readReference(institutionId: string, connectionId: string): Promise<string> {
    const [row] = await this.database.query<{ reference: string }[]>(
      'SELECT reference FROM institution_routes WHERE institution_id = $1 AND connection_id = $2',
      [institutionId, connectionId],
    );
    if (!row) throw new Refusal('no_route', 'The route to this institution is gone. Make a new consent.');
    return row.reference;
  }

  private async live(institutionId: string): Promise<RouteRow[]> {
    const rows = await runStatement<RouteRow>(this.database, liveRoutes, [institutionId]);
    if (rows.length > 0) return rows;
    const known = await this.database.query<unknown[]>('SELECT 1 FROM institutions WHERE id = $1', [institutionId]);
    if (known.length === 0) throw notFound();
    return rows;
  }
}

const pointTo = (provider: string | undefined, code: string, message: string) => ({
  pointer: provider === undefined ? '/institutionId' : '/provider',
  code,
  message,
});

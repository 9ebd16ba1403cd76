import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import { type CallContext, capabilitiesOf, type InstitutionSnapshot, ProviderError } from '@tributary/providers';
import { DataSource, type EntityManager } from 'typeorm';
import { Refusal } from '../refusal.js';
import { CLOCK, type Clock, LOGGER, type Logger } from '../tokens.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';

/** Keeps which connection reaches which bank. */
@Injectable()
export class InstitutionRoutes {
  constructor(
    private readonly database: DataSource,
    private readonly upstreams: UpstreamsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Asks the upstream for its banks and keeps them; routes to banks that it no longer names stay, but are not live.
   * @returns how many banks; null when the upstream failed (then nothing changes)
   */
  async discover({ id, provider: providerId, version }: Connection, context: CallContext): Promise<number | null> {
    try {
      const provider = await this.upstreams.provider(id);
      const found = await provider.institutions.list(context);
      await this.keep({ id, version, provider: providerId }, found, [...capabilitiesOf(provider)]);
      return found.length;
    } catch (error) {
      // A Refusal: the connection was deleted meanwhile.
      if (!(error instanceof ProviderError || error instanceof Refusal)) throw error;
      this.logger.warn({ err: error, connectionId: id, provider: providerId }, 'the banks could not be listed');
      return null;
    }
  }

  /** Live routes by connection. */
  async counts(connectionIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ connection_id: string; count: number }[]>(
      `SELECT connection_id, count(*)::int AS count FROM institution_routes
       WHERE live AND connection_id = ANY($1) GROUP BY connection_id`,
      [connectionIds],
    );
    return new Map(rows.map((row) => [row.connection_id, row.count]));
  }

  /** Nothing new goes over this connection. */
  async retire(manager: EntityManager, connectionId: string): Promise<void> {
    await manager.query('UPDATE institution_routes SET live = false WHERE connection_id = $1', [connectionId]);
  }

  private async keep(
    { id: connectionId, provider, version }: Pick<Connection, 'id' | 'provider' | 'version'>,
    found: readonly InstitutionSnapshot[],
    capabilities: readonly string[],
  ): Promise<void> {
    const byIdentity = new Map(found.map((bank) => [identityOf(connectionId, bank), bank]));
    const identities = [...byIdentity.keys()].sort();
    await this.database.transaction(async (manager) => {
      // Locked first, as everybody does who changes a connection: routes of a deleted one must not come back to life.
      const current = await manager.query<unknown[]>(
        'SELECT 1 FROM connections WHERE id = $1 AND version = $2 AND deleted_at IS NULL FOR UPDATE',
        [connectionId, version],
      );
      if (current.length === 0) return;
      const ids = await this.institutions(manager, identities, byIdentity);
      await this.retire(manager, connectionId);
      for (const identity of identities) {
        const bank = byIdentity.get(identity);
        if (!bank) continue;
        await manager.query(
          `INSERT INTO institution_routes (institution_id, connection_id, provider, reference, capabilities,
             sca_approaches, payment_schemes, max_consent_days, status, live)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)
           ON CONFLICT (institution_id, connection_id) DO UPDATE SET reference = excluded.reference,
             capabilities = excluded.capabilities, sca_approaches = excluded.sca_approaches,
             payment_schemes = excluded.payment_schemes, max_consent_days = excluded.max_consent_days,
             status = excluded.status, live = true`,
          [
            ids.get(identity),
            connectionId,
            provider,
            bank.reference,
            capabilities,
            bank.scaApproaches,
            bank.paymentSchemes,
            bank.maxConsentDays,
            bank.status,
          ],
        );
      }
    });
  }

  /** Ids of the banks, new ones made. Names and logos follow what the upstream says last. */
  private async institutions(
    manager: EntityManager,
    identities: readonly string[],
    banks: ReadonlyMap<string, InstitutionSnapshot>,
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ id: string; identity: string }[]>(
      `INSERT INTO institutions (id, identity, name, bic, country, logo_url, created_at)
       SELECT id, identity, name, bic, country, logo_url, $7
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         AS bank(id, identity, name, bic, country, logo_url)
       ON CONFLICT (identity) DO UPDATE
       SET name = excluded.name, logo_url = coalesce(excluded.logo_url, institutions.logo_url)
       RETURNING id, identity`,
      [
        identities.map(() => newId('ins')),
        identities,
        identities.map((identity) => banks.get(identity)?.name),
        identities.map((identity) => banks.get(identity)?.bic ?? null),
        identities.map((identity) => banks.get(identity)?.country),
        identities.map((identity) => banks.get(identity)?.logoUrl ?? null),
        this.clock.now(),
      ],
    );
    return new Map(rows.map((row) => [row.identity, row.id]));
  }
}

/**
 * What makes two upstreams' banks the same one: BIC (ISO 9362, whose branch XXX is the head office) and country; a bank
 * without a BIC is known by its connection only.
 */
export function identityOf(connectionId: string, { bic, country, reference }: InstitutionSnapshot): string {
  if (bic === undefined) return `connection:${connectionId}:${reference}`;
  return `bic:${bic.toUpperCase().replace(/^(.{8})XXX$/, '$1')}:${country}`;
}

import { Inject, Injectable } from '@nestjs/common';
import { type Connection, ConnectionEntity } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import { type CallContext, capabilitiesOf, type InstitutionSnapshot, ProviderError } from '@tributary/providers';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
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

  /**
   * Asks again where a list is old, for upstreams that say when theirs is. Of several processes one asks.
   * @returns how many were asked
   */
  async refreshDue(context: CallContext): Promise<number> {
    let asked = 0;
    const connections = await this.database.getRepository(ConnectionEntity).findBy({ deletedAt: IsNull() });
    for (const connection of connections) {
      const seconds = await this.upstreams.provider(connection.id).then(
        ({ institutions }) => institutions.refreshSeconds,
        () => undefined,
      );
      if (seconds === undefined || !(await this.claimRefresh(connection.id, seconds))) continue;
      await this.discover(connection, context);
      asked += 1;
    }
    return asked;
  }

  /** The upstream says that something about its banks changed. */
  async refresh(connectionId: string, context: CallContext): Promise<void> {
    const connection = await this.database
      .getRepository(ConnectionEntity)
      .findOneBy({ id: connectionId, deletedAt: IsNull() });
    if (connection && (await this.claimRefresh(connectionId, 5))) await this.discover(connection, context);
  }

  private async claimRefresh(connectionId: string, seconds: number): Promise<boolean> {
    const [, claimed] = await this.database.query<[unknown, number]>(
      `UPDATE connections SET banks_listed_at = now()
       WHERE id = $1 AND deleted_at IS NULL
         AND (banks_listed_at IS NULL OR banks_listed_at < now() - $2 * interval '1 second')`,
      [connectionId, seconds],
    );
    return claimed === 1;
  }

  private async keep(
    { id: connectionId, provider, version }: Pick<Connection, 'id' | 'provider' | 'version'>,
    found: readonly InstitutionSnapshot[],
    capabilities: readonly string[],
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      // Locked first, as everybody does who changes a connection: routes of a deleted one must not come back to life.
      const [, current] = await manager.query<[unknown, number]>(
        'UPDATE connections SET banks_listed_at = now() WHERE id = $1 AND version = $2 AND deleted_at IS NULL',
        [connectionId, version],
      );
      if (current === 0) return;
      const banks = apart(connectionId, found, await this.referencesHeld(manager, connectionId));
      const identities = [...banks.keys()].sort();
      const ids = await this.institutions(manager, identities, banks);
      const rows = identities.flatMap((identity) => {
        const [id, bank] = [ids.get(identity), banks.get(identity)];
        return id === undefined || bank === undefined ? [] : [routeRow(id, bank, capabilities)];
      });
      await this.retire(manager, connectionId);
      // One statement, however many banks there are; JSON, since lists of lists are no arrays of PostgreSQL.
      await manager.query(
        `INSERT INTO institution_routes (institution_id, connection_id, provider, reference, capabilities,
           sca_approaches, payment_schemes, max_consent_days, status, services, required_fields, maintenance, live)
         SELECT institution_id, $1, $2, reference, capabilities, sca_approaches, payment_schemes, max_consent_days,
                status, services, required_fields, maintenance, true
         FROM jsonb_to_recordset($3::jsonb) AS bank(institution_id text, reference text, capabilities text[],
           sca_approaches text[], payment_schemes text[], max_consent_days integer, status text, services jsonb,
           required_fields jsonb, maintenance jsonb)
         ON CONFLICT (institution_id, connection_id) DO UPDATE SET reference = excluded.reference,
           capabilities = excluded.capabilities, sca_approaches = excluded.sca_approaches,
           payment_schemes = excluded.payment_schemes, max_consent_days = excluded.max_consent_days,
           status = excluded.status, services = excluded.services, required_fields = excluded.required_fields,
           maintenance = excluded.maintenance, live = true`,
        [connectionId, provider, JSON.stringify(rows)],
      );
    });
  }

  /** Under which identity a connection already calls a bank so. */
  private async referencesHeld(manager: EntityManager, connectionId: string): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ identity: string; reference: string }[]>(
      `SELECT bank.identity, route.reference FROM institution_routes AS route
       JOIN institutions AS bank ON bank.id = route.institution_id WHERE route.connection_id = $1`,
      [connectionId],
    );
    return new Map(rows.map(({ identity, reference }) => [identity, reference]));
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

/** A row of `institution_routes` as the statement reads it. */
function routeRow(institutionId: string, bank: InstitutionSnapshot, capabilities: readonly string[]): object {
  const own: readonly string[] = bank.capabilities ?? capabilities;
  return {
    institution_id: institutionId,
    reference: bank.reference,
    capabilities: capabilities.filter((capability) => own.includes(capability)),
    sca_approaches: bank.scaApproaches,
    payment_schemes: bank.paymentSchemes,
    max_consent_days: bank.maxConsentDays,
    status: bank.status,
    services: bank.services ?? null,
    required_fields: bank.requiredFields ?? null,
    maintenance: bank.maintenance ?? null,
  };
}

/**
 * The banks of a connection by identity. Of several that share a BIC (a bank's brands, or its private and its business side)
 * one keeps it, the one that had it before if there is one; the others are known by their own names.
 */
export function apart(
  connectionId: string,
  found: readonly InstitutionSnapshot[],
  held: ReadonlyMap<string, string>,
): ReadonlyMap<string, InstitutionSnapshot> {
  const banks = new Map<string, InstitutionSnapshot>();
  const before = (bank: InstitutionSnapshot): number =>
    held.get(identityOf(connectionId, bank)) === bank.reference ? 0 : 1;
  const ordered = found.toSorted((one, two) => before(one) - before(two) || (one.reference < two.reference ? -1 : 1));
  for (const bank of ordered) {
    const identity = identityOf(connectionId, bank);
    banks.set(banks.has(identity) ? identityOf(connectionId, { ...bank, bic: undefined }) : identity, bank);
  }
  return banks;
}

/**
 * What makes two upstreams' banks the same one: BIC (ISO 9362, whose branch XXX is the head office) and country; a bank
 * without a BIC is known by its connection and country only.
 */
export function identityOf(connectionId: string, { bic, country, reference }: InstitutionSnapshot): string {
  if (bic === undefined) return `connection:${connectionId}:${reference}:${country}`;
  return `bic:${bic.toUpperCase().replace(/^(.{8})XXX$/, '$1')}:${country}`;
}

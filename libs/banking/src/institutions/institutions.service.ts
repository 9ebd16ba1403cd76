import { Injectable } from '@nestjs/common';
import type { Institution, InstitutionRoute } from '@tributary/persistence';
import { InstitutionEntity, InstitutionRouteEntity } from '@tributary/persistence';
import { DataSource, In } from 'typeorm';
import type { PageRequest } from '../page.js';
import { notFound } from '../refusal.js';

export interface InstitutionFilter {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  /** Part of the name, or the beginning of the BIC; case does not matter. */
  readonly query?: string | undefined;
  readonly provider?: string | undefined;
  readonly capability?: string | undefined;
}

/** A bank and the ways to reach it. */
export interface InstitutionWithRoutes {
  readonly institution: Institution;
  readonly routes: readonly InstitutionRoute[];
}

/** The banks that this installation reaches. They are the same for every app. */
@Injectable()
export class InstitutionsService {
  constructor(private readonly database: DataSource) {}

  /** Banks with a live route that fits, in the order in which they became known; key of a row: its id. */
  async list(filter: InstitutionFilter, { limit, after }: PageRequest): Promise<readonly InstitutionWithRoutes[]> {
    const { country = null, query = null, provider = null, capability = null } = filter;
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT bank.id FROM institutions AS bank
       WHERE ($1::text IS NULL OR bank.id > $1) AND ($2::text IS NULL OR bank.country = $2)
         AND ($3::text IS NULL OR position(lower($3) IN lower(bank.name)) > 0 OR starts_with(bank.bic, upper($3)))
         AND EXISTS (SELECT 1 FROM institution_routes AS route WHERE route.institution_id = bank.id AND route.live
                     AND ($4::text IS NULL OR route.provider = $4)
                     AND ($5::text IS NULL OR $5 = ANY(route.capabilities)))
       ORDER BY bank.id LIMIT $6`,
      [after, country, query, provider, capability, limit + 1],
    );
    return this.read(rows.map(({ id }) => id));
  }

  /** Also a bank that no route reaches any more: consents and payments may name it. @throws Refusal `not_found` */
  async get(id: string): Promise<InstitutionWithRoutes> {
    const [found] = await this.read([id]);
    if (found) return found;
    throw notFound();
  }

  private async read(ids: readonly string[]): Promise<readonly InstitutionWithRoutes[]> {
    if (ids.length === 0) return [];
    const [institutions, routes] = await Promise.all([
      this.database.getRepository(InstitutionEntity).find({ where: { id: In([...ids]) }, order: { id: 'ASC' } }),
      this.database.getRepository(InstitutionRouteEntity).find({
        where: { institutionId: In([...ids]), live: true },
        order: { provider: 'ASC', connectionId: 'ASC' },
      }),
    ]);
    return institutions.map((institution) => ({
      institution,
      routes: routes.filter(({ institutionId }) => institutionId === institution.id),
    }));
  }
}

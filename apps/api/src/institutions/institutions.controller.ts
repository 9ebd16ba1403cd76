import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { InstitutionsService, type InstitutionWithRoutes } from '@tributary/banking';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { ApiPage, idKey, type Page, pageOf, pageRequest } from '../http/page.dto.js';
import { InstitutionDto, InstitutionsQuery, RouteDto } from './institutions.dto.js';

@ApiTags('Institutions')
@Scopes('institutions')
@Controller('v1/institutions')
export class InstitutionsController {
  constructor(private readonly institutions: InstitutionsService) {}

  /**
   * List institutions
   * @remarks Banks that can be reached now. Filters add up.
   */
  @Get()
  @ApiPage(InstitutionDto, 'A page of institutions.')
  @ApiProblems('invalid_request')
  async list(@Query() query: InstitutionsQuery): Promise<Page<InstitutionDto>> {
    const institutions = await this.institutions.list(query, pageRequest(query, idKey('ins')));
    return pageOf(institutions, query.limit, ({ institution }) => institution.id, institutionView);
  }

  /**
   * Read an institution
   * @remarks With the ways to reach it.
   */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@IdParam('ins') id: string): Promise<InstitutionDto> {
    return institutionView(await this.institutions.get(id));
  }
}

function institutionView({ institution, routes }: InstitutionWithRoutes): InstitutionDto {
  const { id, name, bic, country, logoUrl } = institution;
  return { id, name, bic, country, ...(logoUrl !== null && { logoUrl }), routes: routes.map(routeView) };
}

function routeView(route: InstitutionWithRoutes['routes'][number]): RouteDto {
  const { provider, connectionId, capabilities, scaApproaches, paymentSchemes, maxConsentDays, status } = route;
  const { services, requiredFields, maintenance } = route;
  return {
    provider,
    connectionId,
    capabilities,
    scaApproaches,
    paymentSchemes,
    maxConsentDays,
    status,
    ...(services && { services }),
    ...(requiredFields && { requiredFields }),
    ...(maintenance && { maintenance }),
  };
}

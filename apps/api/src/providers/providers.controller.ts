import { Controller, Get, Param } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { notFound } from '@tributary/banking';
import {
  capabilitiesOfDefinition,
  findProvider,
  providerDefinitions,
  type RegisteredProvider,
} from '@tributary/providers';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, type Page } from '../http/page.dto.js';
import { ProviderDto } from './providers.dto.js';

@ApiTags('Providers')
@Scopes('admin')
@Controller('v1/providers')
export class ProvidersController {
  /**
   * List providers
   * @remarks The upstreams that this installation speaks, with what they can do and which settings a connection needs.
   */
  @Get()
  @ApiPage(ProviderDto, 'The catalogue.')
  list(): Page<ProviderDto> {
    return { data: providerDefinitions.map(providerView), page: { nextCursor: null, hasMore: false } };
  }

  /**
   * Read a provider
   * @remarks One upstream of the catalogue.
   */
  @Get(':id')
  @ApiParam({ name: 'id', schema: { type: 'string', example: 'xs2a' } })
  @ApiProblems('not_found')
  get(@Param('id') id: string): ProviderDto {
    const definition = findProvider(id);
    if (!definition) throw notFound();
    return providerView(definition);
  }
}

function providerView(definition: RegisteredProvider): ProviderDto {
  const { id, label, settings, statuses } = definition;
  return {
    id,
    label,
    capabilities: [...capabilitiesOfDefinition(definition)],
    settings,
    statuses: statuses.map(rowView),
  };
}

function rowView({ upstream, iso, note }: RegisteredProvider['statuses'][number]): ProviderDto['statuses'][number] {
  return { upstream, iso, ...(note !== undefined && { note }) };
}

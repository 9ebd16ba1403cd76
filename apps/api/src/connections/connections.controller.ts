import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ConnectionHealthReader, ConnectionsService, type ShownConnection } from '@tributary/banking';
import type { CallContext } from '@tributary/providers';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Trace } from '../http/call.decorator.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, PageQuery, pageRequest, idKey } from '../http/page.dto.js';
import { ChangeConnection, ConnectionDto, ConnectionHealthDto, CreateConnection } from './connections.dto.js';

@ApiTags('Connections')
@Scopes('admin')
@Controller('v1/connections')
export class ConnectionsController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly health: ConnectionHealthReader,
  ) {}

  /**
   * Create a connection
   * @remarks Our account at an upstream. Its settings are checked against the provider's schema, its secrets go into
   * the vault, and the banks that it reaches become institutions.
   */
  @Post()
  @Idempotent()
  @ApiProblems('invalid_request')
  async create(@Body() body: CreateConnection, @Trace() context: CallContext): Promise<ConnectionDto> {
    return connectionView(await this.connections.create(body, context));
  }

  /**
   * List connections
   * @remarks Oldest first, without deleted ones.
   */
  @Get()
  @ApiPage(ConnectionDto, 'A page of connections.')
  @ApiProblems('invalid_request')
  async list(@Query() query: PageQuery): Promise<Page<ConnectionDto>> {
    const connections = await this.connections.list(pageRequest(query, idKey('cnn')));
    return pageOf(connections, query.limit, ({ connection }) => connection.id, connectionView);
  }

  /**
   * Read a connection
   * @remarks Secrets are shown as `"***"`.
   */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@IdParam('cnn') id: string): Promise<ConnectionDto> {
    return connectionView(await this.connections.get(id));
  }

  /**
   * Change a connection
   * @remarks Every process uses the new settings within a second. The banks that it reaches are listed again.
   * Another app becomes the bank (`bankAppId`) only when every payment that the hub asked the first one for has ended.
   * Settings lose their group `bank` only when the hub has also been told of it.
   */
  @Patch(':id')
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  async change(
    @IdParam('cnn') id: string,
    @Body() body: ChangeConnection,
    @Trace() context: CallContext,
  ): Promise<ConnectionDto> {
    return connectionView(await this.connections.change(id, body, context));
  }

  /**
   * Delete a connection
   * @remarks Nothing new goes over it. What came over it stays readable.
   */
  @Delete(':id')
  @HttpCode(204)
  @ApiProblems('not_found', 'conflict')
  async remove(@IdParam('cnn') id: string): Promise<void> {
    await this.connections.remove(id);
  }

  /**
   * Read the health of a connection
   * @remarks How the upstream answered over the last 15 minutes, when our certificates end, and how often it may still be called.
   */
  @Get(':id/health')
  @ApiProblems('not_found')
  async readHealth(@IdParam('cnn') id: string): Promise<ConnectionHealthDto> {
    const health = await this.health.read(id);
    return {
      ...health,
      certificates: health.certificates.map((certificate) => ({ ...certificate })),
      quotas: health.quotas.map((quota) => ({ ...quota })),
    };
  }
}

function connectionView({ connection, settings, institutions }: ShownConnection): ConnectionDto {
  const { id, provider, name, environment, bankAppId, createdAt, updatedAt } = connection;
  return { id, provider, name, environment, settings, institutions, bankAppId, createdAt, updatedAt };
}

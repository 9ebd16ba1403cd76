import { Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { AppsService, type AppWithCredentials, notFound } from '@tributary/banking';
import type { AppCredential } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, PageQuery, pageRequest, idKey } from '../http/page.dto.js';
import { AppDto, CreateApp, CredentialDto, NewCredentialDto } from './apps.dto.js';

@ApiTags('Apps')
@Scopes('admin')
@Controller('v1/apps')
export class AppsController {
  constructor(private readonly apps: AppsService) {}

  /**
   * Create an app
   * @remarks An app is a tenant: what belongs to one is invisible to every other. Add a credential next.
   */
  @Post()
  @Idempotent()
  @ApiProblems('invalid_request')
  async create(@Body() body: CreateApp): Promise<AppDto> {
    return appView(await this.apps.create(body));
  }

  /**
   * List apps
   * @remarks All apps of this installation, oldest first.
   */
  @Get()
  @ApiPage(AppDto, 'A page of apps.')
  @ApiProblems('invalid_request')
  async list(@Query() query: PageQuery): Promise<Page<AppDto>> {
    const apps = await this.apps.list(pageRequest(query, idKey('app')));
    return pageOf(apps, query.limit, ({ app }) => app.id, appView);
  }

  /**
   * Read an app
   * @remarks With its live credentials, never with a secret.
   */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@IdParam('app') id: string): Promise<AppDto> {
    return appView(await this.apps.get(id));
  }

  /**
   * Add a credential
   * @remarks The secret is in this answer and nowhere else. An app has at most two live credentials: add the new one,
   * roll it out, delete the old one.
   */
  @Post(':id/credentials')
  @Idempotent()
  @Header('cache-control', 'no-store')
  @ApiProblems('not_found', 'conflict')
  async addCredential(@IdParam('app') id: string): Promise<NewCredentialDto> {
    const { credential, clientSecret } = await this.apps.addCredential(id);
    const { clientId, createdAt } = credentialView(credential);
    return { clientId, clientSecret, createdAt };
  }

  /**
   * Delete a credential
   * @remarks Its access tokens end within seconds.
   */
  @Delete(':id/credentials/:clientId')
  @HttpCode(204)
  @ApiParam({ name: 'clientId', schema: { type: 'string', example: 'client_01KAHX5V4Q0N6W2T8B7C9D3E5F' } })
  @ApiProblems('not_found')
  async deleteCredential(@IdParam('app') id: string, @Param('clientId') clientId: string): Promise<void> {
    if (!/^[\x21-\x7e]{1,200}$/.test(clientId)) throw notFound();
    await this.apps.revokeCredential(id, clientId);
  }
}

function appView({ app, credentials }: AppWithCredentials): AppDto {
  const { id, name, redirectUris, scopes, createdAt, updatedAt } = app;
  return { id, name, redirectUris, scopes, credentials: credentials.map(credentialView), createdAt, updatedAt };
}

function credentialView({ clientId, createdAt }: AppCredential): CredentialDto {
  return { clientId, createdAt };
}

import { Controller, Delete, Get, Header, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type EndpointWithSecret, WebhookEndpointsService } from '@tributary/banking';
import type { WebhookEndpoint } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Body, Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, type Page, pageOf, PageQuery, pageRequest, idKey } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import {
  ChangeWebhookEndpoint,
  CreateWebhookEndpoint,
  PlannedDeliveriesDto,
  ReplayWebhooks,
  RotateWebhookSecret,
  TestEventDto,
  WebhookEndpointDto,
  WebhookEndpointWithSecretDto,
} from './webhook-endpoints.dto.js';

const daySeconds = 86_400;

@ApiTags('Events')
@Scopes('webhooks')
@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpointsService) {}

  /**
   * Create a webhook endpoint
   * @remarks Events are POSTed to it as Standard Webhooks 1.0.0: verify `webhook-signature` with the secret of this
   * answer, tell repetitions by `webhook-id`, answer 2xx within 15 seconds. Anything else is tried again for three days;
   * 410 disables the endpoint.
   */
  @Post()
  @Idempotent()
  @Header('cache-control', 'no-store')
  @ApiProblems('invalid_request', 'conflict')
  async create(@AppId() appId: string, @Body() body: CreateWebhookEndpoint): Promise<WebhookEndpointWithSecretDto> {
    const { url, description = null, types = null, enabled = true } = body;
    return withSecret(await this.endpoints.create(appId, { url, description, types, enabled }));
  }

  /**
   * List webhook endpoints
   * @remarks Oldest first.
   */
  @Get()
  @ApiPage(WebhookEndpointDto, 'A page of webhook endpoints.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: PageQuery): Promise<Page<WebhookEndpointDto>> {
    const endpoints = await this.endpoints.list(appId, pageRequest(query, idKey('whk')));
    return pageOf(endpoints, query.limit, ({ id }) => id, view);
  }

  /**
   * Read a webhook endpoint
   * @remarks Also how it fares: failures in a row, and why it was disabled. Never its secret.
   */
  @Get(':id')
  @ApiProblems('not_found')
  async get(@AppId() appId: string, @IdParam('whk') id: string): Promise<WebhookEndpointDto> {
    return view(await this.endpoints.get(appId, id));
  }

  /**
   * Change a webhook endpoint
   * @remarks Enabling one that failed or was gone sends at once what had to wait.
   */
  @Patch(':id')
  @ApiProblems('invalid_request', 'not_found')
  async change(
    @AppId() appId: string,
    @IdParam('whk') id: string,
    @Body() body: ChangeWebhookEndpoint,
  ): Promise<WebhookEndpointDto> {
    return view(await this.endpoints.change(appId, id, body));
  }

  /**
   * Delete a webhook endpoint
   * @remarks What was to be sent to it is forgotten; the events stay readable.
   */
  @Delete(':id')
  @HttpCode(204)
  @ApiProblems('not_found')
  async remove(@AppId() appId: string, @IdParam('whk') id: string): Promise<void> {
    await this.endpoints.remove(appId, id);
  }

  /**
   * Rotate the secret of a webhook endpoint
   * @remarks For a while every event carries two signatures, so that the receiver can change over without a gap.
   */
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Idempotent()
  @Header('cache-control', 'no-store')
  @ApiProblems('invalid_request', 'not_found')
  async rotateSecret(
    @AppId() appId: string,
    @IdParam('whk') id: string,
    @Body() { overlapSeconds = daySeconds }: RotateWebhookSecret,
  ): Promise<WebhookEndpointWithSecretDto> {
    return withSecret(await this.endpoints.rotateSecret(appId, id, overlapSeconds));
  }

  /**
   * Replay events to a webhook endpoint
   * @remarks Every event since that instant is sent once more, with the `webhook-id` that it had.
   */
  @Post(':id/replay')
  @HttpCode(202)
  @Idempotent()
  @ApiProblems('invalid_request', 'not_found')
  async replay(
    @AppId() appId: string,
    @IdParam('whk') id: string,
    @Body() { since }: ReplayWebhooks,
  ): Promise<PlannedDeliveriesDto> {
    return { deliveries: await this.endpoints.replay(appId, id, new Date(since)) };
  }

  /**
   * Send a test event
   * @remarks An event `webhook.test` that goes to this endpoint only. Its deliveries tell what came of it.
   */
  @Post(':id/test')
  @HttpCode(202)
  @Idempotent()
  @ApiProblems('not_found')
  async test(@AppId() appId: string, @IdParam('whk') id: string): Promise<TestEventDto> {
    return { eventId: await this.endpoints.test(appId, id) };
  }
}

/** What is shown of an endpoint. */
function view(endpoint: WebhookEndpoint) {
  const { id, url, description, types, enabled, disabledBecause, failuresInRow, resumeAt } = endpoint;
  const { createdAt, updatedAt } = endpoint;
  return {
    id,
    url,
    ...(description !== null && { description }),
    types,
    enabled,
    ...(disabledBecause !== null && { disabledBecause }),
    failuresInRow,
    ...(resumeAt !== null && { resumeAt }),
    createdAt,
    updatedAt,
  };
}

function withSecret({ endpoint, secret }: EndpointWithSecret): WebhookEndpointWithSecretDto {
  return { ...view(endpoint), secret };
}

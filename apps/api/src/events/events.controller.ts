import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventsService, type LoggedDelivery, WebhookLogService } from '@tributary/banking';
import type { OutboxEvent } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { Idempotent } from '../http/idempotency.js';
import { ApiPage, cursorAt, type Page, pageOf, pageRequest, idKey } from '../http/page.dto.js';
import { Overseen } from '../http/overseen.js';
import { AppId } from '../http/principal.js';
import {
  PlannedDeliveriesDto,
  WebhookDeliveriesDto,
  type WebhookDeliveryDto,
} from '../webhook-endpoints/webhook-endpoints.dto.js';
import { EventDto, EventsQuery } from './events.dto.js';

@ApiTags('Events')
@Scopes('webhooks')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly log: WebhookLogService,
  ) {}

  /**
   * List events
   * @remarks What happened to the app's consents and payments, oldest first. Unlike in other lists, `nextCursor` is there
   * also when nothing follows yet: keep it, and read on from there to get only news.
   */
  @Get()
  @Overseen()
  @ApiPage(EventDto, 'A page of events.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: EventsQuery): Promise<Page<EventDto>> {
    const events = await this.events.list(appId, query, pageRequest(query, idKey('evt')));
    const page = pageOf(events, query.limit, cursorOf, eventView);
    // Also behind the last event: from there the app reads on when something has happened.
    const last = events.slice(0, query.limit).at(-1);
    const nextCursor = last ? cursorAt(cursorOf(last)) : (query.cursor ?? null);
    return { data: page.data, page: { nextCursor, hasMore: page.page.hasMore } };
  }

  /**
   * List the deliveries of an event
   * @remarks Every endpoint that it was or will be sent to, with all attempts.
   */
  @Get(':id/deliveries')
  @Overseen()
  @ApiProblems('not_found')
  async deliveries(@AppId() appId: string, @IdParam('evt') id: string): Promise<WebhookDeliveriesDto> {
    return { data: (await this.log.deliveries(appId, id)).map(deliveryView) };
  }

  /**
   * Redeliver an event
   * @remarks Sends it once more, at once, to every enabled endpoint that takes its type.
   */
  @Post(':id/redeliver')
  @HttpCode(202)
  @Idempotent()
  @ApiProblems('not_found')
  async redeliver(@AppId() appId: string, @IdParam('evt') id: string): Promise<PlannedDeliveriesDto> {
    return { deliveries: await this.log.redeliver(appId, id) };
  }
}

const cursorOf = ({ id }: OutboxEvent): string => id;

function eventView({ id, type, createdAt, subjectId, sequence, data }: OutboxEvent): EventDto {
  return { id, type, timestamp: createdAt, subjectId, sequence, data };
}

function deliveryView({ delivery, attempts }: LoggedDelivery): WebhookDeliveryDto {
  const { endpointId, status, nextAttemptAt } = delivery;
  return {
    endpointId,
    status,
    ...(nextAttemptAt !== null && { nextAttemptAt }),
    attempts: attempts.map(({ at, httpStatus, fault, durationMs }) => ({
      at,
      ...(httpStatus !== null && { httpStatus }),
      ...(fault !== null && { fault }),
      durationMs,
    })),
  };
}

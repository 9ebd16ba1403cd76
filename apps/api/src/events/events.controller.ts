import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventsService } from '@tributary/banking';
import type { OutboxEvent } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, cursorAt, type Page, pageOf, pageRequest } from '../http/page.dto.js';
import { AppId } from '../http/principal.js';
import { EventDto, EventsQuery } from './events.dto.js';

@ApiTags('Events')
@Scopes('webhooks')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /**
   * List events
   * @remarks What happened to the app's consents and payments, oldest first. Unlike in other lists, `nextCursor` is there
   * also when nothing follows yet: keep it, and read on from there to get only news.
   */
  @Get()
  @ApiPage(EventDto, 'A page of events.')
  @ApiProblems('invalid_request')
  async list(@AppId() appId: string, @Query() query: EventsQuery): Promise<Page<EventDto>> {
    const events = await this.events.list(appId, query.type, pageRequest(query));
    const page = pageOf(events, query.limit, cursorOf, eventView);
    // Also behind the last event: from there the app reads on when something has happened.
    const last = events.slice(0, query.limit).at(-1);
    const nextCursor = last ? cursorAt(cursorOf(last)) : (query.cursor ?? null);
    return { data: page.data, page: { nextCursor, hasMore: page.page.hasMore } };
  }
}

const cursorOf = ({ id }: OutboxEvent): string => id;

function eventView({ id, type, createdAt, subjectId, sequence, data }: OutboxEvent): EventDto {
  return { id, type, timestamp: createdAt, subjectId, sequence, data };
}

import { Injectable } from '@nestjs/common';
import { type OutboxEvent, OutboxEventEntity } from '@tributary/persistence';
import { DataSource, MoreThan } from 'typeorm';
import type { PageRequest } from '../page.js';

/** What happened to an app's consents and payments, for apps that read instead of being called. */
@Injectable()
export class EventsService {
  constructor(private readonly database: DataSource) {}

  /** Oldest first; key of a row: its id. Read on from the last one to get only news. */
  list(appId: string, type: string | undefined, { limit, after }: PageRequest): Promise<OutboxEvent[]> {
    return this.database.getRepository(OutboxEventEntity).find({
      where: { appId, ...(type !== undefined && { type }), ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
  }
}

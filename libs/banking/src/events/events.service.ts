import { Injectable } from '@nestjs/common';
import { type OutboxEvent, OutboxEventEntity } from '@tributary/persistence';
import { And, DataSource, LessThan, MoreThan } from 'typeorm';
import { encodeTime } from 'ulid';
import type { PageRequest } from '../page.js';

/** How far the clock of a process may be behind the database's. */
const clockSkewMs = 250;
const keptMs = 30 * 86_400_000;

/** Which events. */
export interface EventFilter {
  readonly type?: string | undefined;
  /** Of this consent, payment, ... only. */
  readonly subjectId?: string | undefined;
}

/** What happened to an app's consents and payments, for apps that read instead of being called. */
@Injectable()
export class EventsService {
  constructor(private readonly database: DataSource) {}

  /**
   * Oldest first; key of a row: its id. Read on from the last one to get only news.
   *
   * An event that is written right now may get a smaller id than one that is already there, and a reader who has gone
   * past it would never see it. So the list ends where the oldest transaction that is still writing began.
   */
  async list(appId: string, { type, subjectId }: EventFilter, { limit, after }: PageRequest): Promise<OutboxEvent[]> {
    const [row] = await this.database.query<{ settled: Date }[]>('SELECT oldest_writer_start() AS settled');
    const settled = (row?.settled.getTime() ?? 0) - clockSkewMs;
    const before = LessThan(`evt_${encodeTime(Math.max(0, settled), 10)}`);
    return this.database.getRepository(OutboxEventEntity).find({
      where: {
        appId,
        ...(type !== undefined && { type }),
        ...(subjectId !== undefined && { subjectId }),
        id: after === null ? before : And(before, MoreThan(after)),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
  }

  /** Deletes events after 30 days, with their deliveries, which have ended long before. @returns how many */
  async forgetOld(limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `WITH old AS MATERIALIZED (SELECT id FROM outbox WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
       DELETE FROM outbox USING old WHERE outbox.id = old.id`,
      [`evt_${encodeTime(Date.now() - keptMs, 10)}`, limit],
    );
    return count;
  }
}

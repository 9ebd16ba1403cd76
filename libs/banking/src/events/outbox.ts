import { newId } from '@tributary/platform';
import type { EntityManager } from 'typeorm';

/** Something that an app is told. `sequence` grows with each event of one subject; gaps mean nothing. */
export interface NewEvent {
  readonly appId: string;
  readonly type: string;
  readonly subjectId: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Writes events in the caller's transaction: an event is there if and only if its change is. */
export async function addEvents(manager: EntityManager, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await insert(manager, events);
}

/** One event in the caller's transaction. @returns its id */
export async function addEvent(manager: EntityManager, event: NewEvent): Promise<string> {
  const [id = ''] = await insert(manager, [event]);
  return id;
}

async function insert(manager: EntityManager, events: readonly NewEvent[]): Promise<readonly string[]> {
  const ids = events.map(() => newId('evt'));
  await manager.query(
    `INSERT INTO outbox (id, app_id, type, subject_id, sequence, data, created_at)
     SELECT id, app_id, type, subject_id, sequence, data, now()
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::jsonb[])
       AS event(id, app_id, type, subject_id, sequence, data)`,
    [
      ids,
      events.map((event) => event.appId),
      events.map((event) => event.type),
      events.map((event) => event.subjectId),
      events.map((event) => event.sequence),
      events.map((event) => JSON.stringify(event.data)),
    ],
  );
  return ids;
}

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
  if (events.length === 0) return;
  await manager.query(
    `INSERT INTO outbox (id, app_id, type, subject_id, sequence, data, created_at)
     SELECT id, app_id, type, subject_id, sequence, data, now()
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::jsonb[])
       AS event(id, app_id, type, subject_id, sequence, data)`,
    [
      events.map(() => newId('evt')),
      events.map((event) => event.appId),
      events.map((event) => event.type),
      events.map((event) => event.subjectId),
      events.map((event) => event.sequence),
      events.map((event) => JSON.stringify(event.data)),
    ],
  );
}

/** One event in the caller's transaction. */
export async function addEvent(manager: EntityManager, event: NewEvent): Promise<void> {
  await addEvents(manager, [event]);
}

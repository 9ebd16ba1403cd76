import { EntitySchema } from 'typeorm';
import { id, integer, refers } from '../column.js';

/** Calls without an answer, by connection and the second in which they began; few while the upstream lives. */
export interface ConnectionSilence {
  connectionId: string;
  second: Date;
  calls: number;
}

export const ConnectionSilenceEntity = new EntitySchema<ConnectionSilence>({
  name: 'ConnectionSilence',
  tableName: 'connection_silences',
  columns: { connectionId: id, second: { type: 'timestamptz', primary: true }, calls: integer },
  foreignKeys: [refers('connectionId', 'Connection')],
});

/** A UTC day of one activity over a connection. */
export interface ConnectionDay {
  connectionId: string;
  /** YYYY-MM-DD. */
  day: string;
  /** `call`: our requests to the upstream; others: steps at the interface that we offer over it. */
  activity: string;
  calls: number;
  errors: number;
  answered: number;
  /** Milliseconds of the answered ones, together. A decimal text: it may pass what a number holds. */
  answeredMs: string;
}

export const ConnectionDayEntity = new EntitySchema<ConnectionDay>({
  name: 'ConnectionDay',
  tableName: 'connection_days',
  columns: {
    connectionId: id,
    day: { type: 'date', primary: true },
    activity: id,
    calls: integer,
    errors: integer,
    answered: integer,
    answeredMs: { type: 'bigint' },
  },
  foreignKeys: [refers('connectionId', 'Connection')],
});

import { EntitySchema } from 'typeorm';
import {
  flag,
  id,
  instant,
  integer,
  optionalInstant,
  optionalInteger,
  optionalText,
  optionalTexts,
  refers,
  sequence,
  text,
} from '../column.js';

/** Where an app wants its events sent. */
export interface WebhookEndpoint {
  id: string;
  appId: string;
  url: string;
  description: string | null;
  /** Only events of these types; null: all. */
  types: string[] | null;
  /** The signing secrets, sealed: the present one, and during a rotation the one before. */
  secretsEnvelope: string;
  enabled: boolean;
  /** Why it was disabled by us; null when the app did it. */
  disabledBecause: string | null;
  /** Attempts that failed since the last one that went well, over all events. */
  failuresInRow: number;
  /** Nothing is sent before: it failed just now. */
  resumeAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const WebhookEndpointEntity = new EntitySchema<WebhookEndpoint>({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoints',
  columns: {
    id,
    appId: text,
    url: text,
    description: optionalText,
    types: optionalTexts,
    secretsEnvelope: text,
    enabled: flag,
    disabledBecause: optionalText,
    failuresInRow: integer,
    resumeAt: optionalInstant,
    createdAt: instant,
    updatedAt: instant,
  },
  indices: [{ name: 'webhook_endpoints_app', columns: ['appId', 'id'] }],
  foreignKeys: [refers('appId', 'App')],
});

/** One event on its way to one endpoint. Planned by a trigger on `outbox`. */
export interface WebhookDelivery {
  endpointId: string;
  eventId: string;
  appId: string;
  status: 'pending' | 'delivered' | 'failed';
  attempts: number;
  /** null when it is at its end. */
  nextAttemptAt: Date | null;
  giveUpAt: Date;
  createdAt: Date;
}

export const WebhookDeliveryEntity = new EntitySchema<WebhookDelivery>({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  columns: {
    endpointId: id,
    eventId: id,
    appId: text,
    status: text,
    attempts: integer,
    nextAttemptAt: optionalInstant,
    giveUpAt: instant,
    createdAt: instant,
  },
  indices: [
    {
      name: 'webhook_deliveries_due',
      columns: ['endpointId', 'nextAttemptAt'],
      where: '"next_attempt_at" IS NOT NULL',
    },
    { name: 'webhook_deliveries_event', columns: ['eventId'] },
  ],
  foreignKeys: [
    { ...refers('endpointId', 'WebhookEndpoint'), onDelete: 'CASCADE' },
    { ...refers('eventId', 'OutboxEvent'), onDelete: 'CASCADE' },
  ],
});

/** What came of sending an event to an endpoint once. */
export interface WebhookAttempt {
  sequence: number;
  endpointId: string;
  eventId: string;
  appId: string;
  at: Date;
  /** null when there was no answer. */
  httpStatus: number | null;
  /** Why it counts as failed; null when it went well. */
  fault: string | null;
  durationMs: number;
}

export const WebhookAttemptEntity = new EntitySchema<WebhookAttempt>({
  name: 'WebhookAttempt',
  tableName: 'webhook_attempts',
  columns: {
    sequence: { ...sequence, primary: true },
    endpointId: text,
    eventId: text,
    appId: text,
    at: instant,
    httpStatus: optionalInteger,
    fault: optionalText,
    durationMs: integer,
  },
  indices: [{ name: 'webhook_attempts_delivery', columns: ['eventId', 'endpointId', 'sequence'] }],
  foreignKeys: [
    {
      columnNames: ['endpointId', 'eventId'],
      target: 'WebhookDelivery',
      referencedColumnNames: ['endpointId', 'eventId'],
      onDelete: 'CASCADE',
    },
  ],
});

import { EntitySchema } from 'typeorm';
import { id, instant, refers } from '../column.js';

/** How far the webhooks of a connection are trusted to tell news before we ask: 0 to 1. */
export interface WebhookTrust {
  connectionId: string;
  trust: number;
  updatedAt: Date;
}

export const WebhookTrustEntity = new EntitySchema<WebhookTrust>({
  name: 'WebhookTrust',
  tableName: 'webhook_trust',
  columns: { connectionId: id, trust: { type: 'double precision' }, updatedAt: instant },
  foreignKeys: [refers('connectionId', 'Connection')],
});

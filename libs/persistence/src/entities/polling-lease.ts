import { EntitySchema } from 'typeorm';
import { id, instant, refers, text } from '../column.js';

/** Who follows the payments of a connection; nobody where there is no row, or its time is over. */
export interface PollingLease {
  connectionId: string;
  /** One run of one worker. */
  holder: string;
  until: Date;
}

export const PollingLeaseEntity = new EntitySchema<PollingLease>({
  name: 'PollingLease',
  tableName: 'polling_leases',
  columns: { connectionId: id, holder: text, until: instant },
  foreignKeys: [refers('connectionId', 'Connection')],
});

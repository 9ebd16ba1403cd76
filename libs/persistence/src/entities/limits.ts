import { EntitySchema } from 'typeorm';
import { id, integer } from '../column.js';

/** How often a caller asked within a minute, over all processes. */
export interface RateCount {
  /** Caller and class of route. */
  key: string;
  minute: Date;
  hits: number;
}

export const RateCountEntity = new EntitySchema<RateCount>({
  name: 'RateCount',
  tableName: 'rate_counts',
  columns: { key: id, minute: { type: 'timestamptz', primary: true }, hits: integer },
});

import { EntitySchema } from 'typeorm';
import { instant, json, optionalText, sequence, text } from '../column.js';

/** Who did what to which row, and when. Written by triggers; see the migration. */
export interface AuditEntry {
  sequence: number;
  /** Whose it is; `-` for what belongs to the installation. */
  appId: string;
  at: Date;
  /** A client id, a public route, a process, or for statements past all of these the database's user. */
  actor: string;
  /** `<table>.insert`, `.update` or `.delete`. */
  action: string;
  subjectId: string;
  /** An insert's values; of an update and a deletion `[before, after]` by column. */
  details: Record<string, unknown>;
  /** Place in the chain; null until it is sealed. */
  position: number | null;
  /** Over this entry and the one before it, hexadecimal SHA-256. */
  hash: string | null;
}

export const AuditEntryEntity = new EntitySchema<AuditEntry>({
  name: 'AuditEntry',
  tableName: 'audit_log',
  columns: {
    sequence: { ...sequence, primary: true },
    appId: text,
    at: instant,
    actor: text,
    action: text,
    subjectId: text,
    details: json,
    position: {
      type: 'bigint',
      nullable: true,
      transformer: {
        to: (value: number | null) => value,
        from: (value: string | null) => (value === null ? null : Number(value)),
      },
    },
    hash: optionalText,
  },
  uniques: [{ name: 'audit_log_position', columns: ['position'] }],
  indices: [
    { name: 'audit_log_subject', columns: ['subjectId', 'sequence'] },
    { name: 'audit_log_unsealed', columns: ['sequence'], where: 'position IS NULL' },
  ],
});

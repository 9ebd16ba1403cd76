import type { EntitySchemaColumnOptions, EntitySchemaOptions } from 'typeorm';

/** Column kinds used by the mappings, so that each reads as one word. */
export const text: EntitySchemaColumnOptions = { type: 'text' };
export const optionalText: EntitySchemaColumnOptions = { type: 'text', nullable: true };
export const id: EntitySchemaColumnOptions = { type: 'text', primary: true };
export const texts: EntitySchemaColumnOptions = { type: 'text', array: true };
export const optionalTexts: EntitySchemaColumnOptions = { type: 'text', array: true, nullable: true };
export const json: EntitySchemaColumnOptions = { type: 'jsonb' };
export const optionalJson: EntitySchemaColumnOptions = { type: 'jsonb', nullable: true };
export const integer: EntitySchemaColumnOptions = { type: 'integer' };
export const optionalInteger: EntitySchemaColumnOptions = { type: 'integer', nullable: true };
export const flag: EntitySchemaColumnOptions = { type: 'boolean' };
export const instant: EntitySchemaColumnOptions = { type: 'timestamptz' };
export const optionalInstant: EntitySchemaColumnOptions = { type: 'timestamptz', nullable: true };
/** A bank's date: YYYY-MM-DD, no zone. */
export const bankDate: EntitySchemaColumnOptions = { type: 'date' };
export const optionalBankDate: EntitySchemaColumnOptions = { type: 'date', nullable: true };

/** Minor units of money: a bigint on both sides, never a float. */
export const minorUnits: EntitySchemaColumnOptions = {
  type: 'bigint',
  transformer: { to: (value: bigint) => value.toString(), from: (value: string) => BigInt(value) },
};

/** Filled by the database: `nextval`, read back as a number. */
export const sequence: EntitySchemaColumnOptions = {
  type: 'bigint',
  generated: 'increment',
  transformer: { to: (value: number) => value, from: (value: string) => Number(value) },
};

/** A foreign key to the `id` of another entity. */
export function refers(
  column: string,
  target: string,
): NonNullable<EntitySchemaOptions<unknown>['foreignKeys']>[number] {
  return { columnNames: [column], target, referencedColumnNames: ['id'] };
}

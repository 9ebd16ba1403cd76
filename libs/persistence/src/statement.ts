import type { Pool } from 'pg';
import type { DataSource, EntitySchema, ObjectLiteral } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/**
 * The few statements that run with every request or poll, written by hand: prepared once per connection and run past
 * TypeORM's query runner, which costs more than the statement itself. Everything else goes through TypeORM.
 */
export interface Statement {
  /** Unique; one text per name, since a connection keeps the first text that it saw under a name. */
  readonly name: string;
  readonly text: string;
}

/** Runs a statement on a connection of the pool, outside any transaction. */
export async function runStatement<Row extends object>(
  database: DataSource,
  { name, text }: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  const pool: Pool = (database.driver as PostgresDriver).master;
  const { rows } = await pool.query<Row>({ name, text, values: [...values] });
  return rows;
}

/**
 * `unnest` of arrays that are parameters, in a statement that is planned once. PostgreSQL sees how long an array is that it is given
 * plainly, takes a plan for exactly that length to be worth making, and makes one for every run; planning costs more than running.
 * For statements whose plan is the same whatever the length.
 *
 * @param arrays as they stand in the text, separated by commas: `$1::text[], $2::int[]`
 */
export function unnested(arrays: string): string {
  return `unnest(${arrays
    .split(',')
    .map((array) => `(SELECT ${array.trim()})`)
    .join(', ')})`;
}

/**
 * Reads an entity out of what a hand-written statement gives: the columns of its table (`payment.*`), or where there is
 * one of it, `row_to_json(payment)`, which is one column instead of one per field and so what a driver is quick with.
 * JSON numbers do not hold every `bigint`: an entity with one is read from columns.
 */
export function entityReader<Entity extends ObjectLiteral>(
  database: DataSource,
  entity: EntitySchema<Entity>,
): (row: Readonly<Record<string, unknown>>) => Entity {
  const columns = database.getMetadata(entity).columns.map(({ propertyName, databaseName, type, transformer }) => {
    if (Array.isArray(transformer)) throw new Error(`${propertyName} has several transformers`);
    return { propertyName, databaseName, transformer, isInstant: type === 'timestamptz' };
  });
  const valueOf = (value: unknown, { propertyName, transformer, isInstant }: (typeof columns)[number]): unknown => {
    if (value === null) return null;
    if (transformer) {
      if (typeof value === 'number') throw new Error(`${propertyName} cannot be read out of JSON`);
      return transformer.from(value);
    }
    return isInstant && typeof value === 'string' ? new Date(value) : value;
  };
  return (row) => {
    const read: Record<string, unknown> = {};
    for (const column of columns) read[column.propertyName] = valueOf(row[column.databaseName], column);
    return read as Entity;
  };
}

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
 * Reads an entity out of `row_to_json(alias)`: one column instead of one per field, which is what a driver is quick with.
 * Only for entities without a `bigint`: JSON numbers do not hold all of them.
 */
export function entityOfJson<Entity extends ObjectLiteral>(
  database: DataSource,
  entity: EntitySchema<Entity>,
): (json: Readonly<Record<string, unknown>>) => Entity {
  const columns = database.getMetadata(entity).columns.map(({ propertyName, databaseName, type, transformer }) => {
    if (transformer !== undefined) throw new Error(`${propertyName} cannot be read out of JSON`);
    return { propertyName, databaseName, isInstant: type === 'timestamptz' };
  });
  return (json) => {
    const read: Record<string, unknown> = {};
    for (const { propertyName, databaseName, isInstant } of columns) {
      const value = json[databaseName];
      read[propertyName] = isInstant && typeof value === 'string' ? new Date(value) : value;
    }
    return read as Entity;
  };
}

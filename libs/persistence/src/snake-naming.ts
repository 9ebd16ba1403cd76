import { DefaultNamingStrategy, type NamingStrategyInterface, type Table } from 'typeorm';

/** camelCase in code, snake_case in the database. */
export class SnakeNaming extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }

  /** PostgreSQL's own name for it, so that a migration need not name every key. */
  override primaryKeyName(tableOrName: Table | string): string {
    return `${tableName(tableOrName)}_pkey`;
  }

  /** PostgreSQL's own name, as above. */
  override foreignKeyName(tableOrName: Table | string, columns: string[]): string {
    return `${tableName(tableOrName)}_${columns.join('_')}_fkey`;
  }
}

const tableName = (table: Table | string): string => (typeof table === 'string' ? table : table.name);

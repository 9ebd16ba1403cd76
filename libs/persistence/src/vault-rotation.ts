import { Vault, VaultError } from '@tributary/platform';
import type { DataSource, EntityMetadata } from 'typeorm';

/** What was done with one column of envelopes. */
export interface RotatedColumn {
  readonly column: string;
  readonly rewrapped: number;
  /** Envelopes that no key opens; they stay as they are. */
  readonly unreadable: number;
}

const batch = 500;

/**
 * Wraps every stored secret anew under the vault's first key. Safe under load, and safe to run again: an envelope is
 * replaced only where it is still the one that was read, and whoever reads meanwhile has both keys.
 */
export async function rotateVault(
  database: DataSource,
  vault: Vault,
  told: (column: RotatedColumn) => void,
): Promise<readonly RotatedColumn[]> {
  const rotated: RotatedColumn[] = [];
  for (const entity of database.entityMetadatas) {
    for (const { databaseName } of entity.columns) {
      if (!databaseName.endsWith('_envelope')) continue;
      const column = await rotateColumn(database, vault, entity, databaseName);
      rotated.push(column);
      told(column);
    }
  }
  return rotated;
}

/**
 * Walks through the table until one look at the whole of it finds nothing more: a row that somebody else changed meanwhile can
 * have moved to a place that the walk had passed.
 */
async function rotateColumn(
  database: DataSource,
  vault: Vault,
  entity: EntityMetadata,
  databaseName: string,
): Promise<RotatedColumn> {
  const column = `${entity.tableName}.${databaseName}`;
  const fresh = vault.sealedNow;
  for (let rewrapped = 0; ;) {
    const walked = await walkOnce(database, vault, entity, databaseName);
    rewrapped += walked.rewrapped;
    const [left] = await database.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM "${entity.tableName}"
       WHERE "${databaseName}" IS NOT NULL AND left("${databaseName}", $1) <> $2`,
      [fresh.length, fresh],
    );
    if ((left?.count ?? 0) <= walked.unreadable) return { column, rewrapped, unreadable: walked.unreadable };
  }
}

async function walkOnce(
  database: DataSource,
  vault: Vault,
  { tableName, primaryColumns }: EntityMetadata,
  column: string,
): Promise<Omit<RotatedColumn, 'column'>> {
  const keys = primaryColumns.map(({ databaseName }) => `"${databaseName}"`).join(', ');
  const fresh = vault.sealedNow;
  let rewrapped = 0;
  let unreadable = 0;
  // By position of the row in its table, which needs no index and sorts nothing.
  let after = '(0,0)';
  for (;;) {
    const rows = await database.query<{ place: string; envelope: string }[]>(
      `SELECT ctid::text AS place, "${column}" AS envelope FROM "${tableName}"
       WHERE ctid > $1::tid AND "${column}" IS NOT NULL AND left("${column}", $2) <> $3
       ORDER BY ctid LIMIT ${batch}`,
      [after, fresh.length, fresh],
    );
    if (rows.length === 0) return { rewrapped, unreadable };
    const changes = rows.flatMap(({ place, envelope }) => {
      try {
        return [{ place, envelope, anew: vault.rewrap(envelope) }];
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        unreadable += 1;
        return [];
      }
    });
    const [done] = await database.query<[unknown[], number]>(
      `UPDATE "${tableName}" SET "${column}" = change.anew
       FROM unnest($1::tid[], $2::text[], $3::text[]) AS change(place, envelope, anew)
       WHERE "${tableName}".ctid = change.place AND "${tableName}"."${column}" = change.envelope
       RETURNING ${keys}`,
      [changes.map(({ place }) => place), changes.map(({ envelope }) => envelope), changes.map(({ anew }) => anew)],
    );
    rewrapped += done.length;
    after = rows.at(-1)?.place ?? after;
  }
}

import { createDecipheriv } from 'node:crypto';
import fs from 'node:fs';
import type { Client } from 'pg';

/** A column of envelopes, with what lies in it. */
export interface SealedColumn {
  /** `table.column`. */
  readonly column: string;
  /** As sealed: JSON or a text; `provider` of its row, where the table has that. */
  readonly contents: readonly { readonly provider: string | null; readonly text: string }[];
}

/** Opens every column of envelopes that the database has, as whoever has the vault's key may. */
export async function openVault(database: Client, keyFile: string): Promise<readonly SealedColumn[]> {
  const key = Buffer.from(fs.readFileSync(keyFile, 'utf8').trim(), 'base64');
  const { rows: columns } = await database.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE '%\\_envelope' ORDER BY 1, 2`,
  );
  const sealed: SealedColumn[] = [];
  for (const { table, column } of columns) {
    const { rows } = await database.query<{ provider: string | null; envelope: string }>(
      `SELECT to_jsonb(held) ->> 'provider' AS provider, "${column}" AS envelope FROM "${table}" AS held
       WHERE "${column}" IS NOT NULL`,
    );
    const contents = rows.map(({ provider, envelope }) => ({ provider, text: opened(envelope, key) }));
    sealed.push({ column: `${table}.${column}`, contents });
  }
  return sealed;
}

/** What an envelope holds, wherever it lies: unlike our own code this reads without proving the place. */
function opened(envelope: string, key: Buffer): string {
  const [, , wrapped = '', content = ''] = envelope.split('.');
  return decrypted(Buffer.from(content, 'base64url'), decrypted(Buffer.from(wrapped, 'base64url'), key)).toString();
}

/** AES-256-GCM: 12 bytes of nonce, 16 of the mark, which is not checked, the text. */
function decrypted(sealed: Buffer, key: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  return decipher.update(sealed.subarray(28));
}

import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.js';

/** A key-encryption key and the short name that an envelope carries to say which one sealed it. */
export interface VaultKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Keys as written in a setting or a file: 32 bytes each in base64 or base64url, with commas or line breaks between them.
 *
 * @returns `undefined` if there is none or one of them is not 32 bytes.
 */
export function decodeVaultKeys(text: string): readonly VaultKey[] | undefined {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const keys = parts.map((part) => (/^[A-Za-z0-9+/_-]{43}=?$/.test(part) ? Buffer.from(part, 'base64') : undefined));
  const usable = keys.filter((bytes) => bytes?.length === 32);
  if (usable.length === 0 || usable.length !== parts.length) return undefined;
  return usable.flatMap((bytes) => (bytes ? [{ id: keyId(bytes), bytes }] : []));
}

/** What is wrong with who may read the key file, one sentence each; empty without a file, or where modes mean nothing. */
export function keyFileFaults(file: string | undefined): readonly string[] {
  if (file === undefined || process.platform === 'win32' || !fs.existsSync(file)) return [];
  const mode = fs.statSync(file).mode & 0o777;
  return (mode & 0o077) === 0
    ? []
    : [`VAULT_KEY_FILE: others than its owner may read ${file} (mode ${mode.toString(8)}). Run: chmod 400 ${file}`];
}

/** Named by its own hash, so that a wrong key is noticed as such and needs no bookkeeping. */
function keyId(bytes: Buffer): string {
  return createHash('sha256').update('vault key id').update(bytes).digest('hex').slice(0, 12);
}

/**
 * Writes a new random key into `file` with mode 0400, unless the file is there already.
 *
 * The key appears under its name only when it is complete: api and worker may start at the same moment, and both must
 * end up with the same one.
 *
 * @returns whether this call made the key.
 */
export function generateVaultKey(file: string): boolean {
  if (fs.existsSync(file)) return false;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o400, flag: 'wx', flush: true });
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

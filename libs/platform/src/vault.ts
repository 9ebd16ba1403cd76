import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from './settings.js';
import { constantTimeEqual } from './secret-hash.js';
import { decodeVaultKeys, generateVaultKey, type VaultKey } from './vault-key.js';

/** Where a sealed text lives. It opens there and nowhere else. */
export interface VaultPlace {
  /** The app (tenant) that the row belongs to; `-` for what belongs to the installation. */
  readonly appId: string;
  readonly table: string;
  /** Primary key of the row. */
  readonly row: string;
  readonly column: string;
}

/** Where the key comes from; exactly one of the three. */
export type VaultSource =
  | { /** One or more keys as text. */ readonly key: string }
  | { /** A file with one or more keys, which must exist. */ readonly keyFile: string }
  | { /** A file that is made with a new key when it is missing. */ readonly generateInto: string };

/** The vault has no usable key, or an envelope does not open here. Never says anything about the content. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps secrets in the database unreadable to whoever only has the database.
 *
 * Envelope encryption with AES-256-GCM: each text is sealed with a data key of its own, and that key is sealed with the
 * key-encryption key, which lives outside the database. The content is bound to its place (app, table, row, column), so that
 * an envelope copied into another row or column does not open; the data key is bound to the key that wraps it, so that it
 * can be wrapped anew by who knows nothing of places. A fresh data key per envelope also means that no
 * two messages share a key and IV (NIST SP 800-38D, section 8).
 *
 * An envelope is text: `v1.<key id>.<wrapped data key>.<content>`, the last two as base64url of IV, tag and ciphertext.
 * Several keys can be open at once: the first one seals, the key id says which one opens.
 */
export class Vault {
  private constructor(private readonly keys: readonly [VaultKey, ...VaultKey[]]) {}

  /** @throws VaultError if the key is missing or not 32 bytes in base64. */
  static open(source: VaultSource): Vault {
    if ('key' in source) return Vault.from(source.key, 'VAULT_KEY');
    if ('keyFile' in source) return Vault.from(readKeyFile(source.keyFile), source.keyFile);
    generateVaultKey(source.generateInto);
    return Vault.from(readKeyFile(source.generateInto), source.generateInto);
  }

  /**
   * The vault of this installation: `VAULT_KEY`, `VAULT_KEY_FILE`, or `<DATA_DIR>/vault.key`, which is made when missing
   * except in production.
   */
  static fromSettings(settings: Pick<Settings, 'nodeEnv' | 'dataDir' | 'vaultKey' | 'vaultKeyFile'>): Vault {
    if (settings.vaultKey) return Vault.open({ key: settings.vaultKey });
    if (settings.vaultKeyFile) return Vault.open({ keyFile: settings.vaultKeyFile });
    if (settings.nodeEnv === 'production') {
      throw new VaultError('No vault key: set VAULT_KEY or VAULT_KEY_FILE ("openssl rand -base64 32" makes one).');
    }
    return Vault.open({ generateInto: path.join(settings.dataDir, 'vault.key') });
  }

  private static from(text: string, origin: string): Vault {
    const [first, ...rest] = decodeVaultKeys(text) ?? [];
    if (!first) throw new VaultError(`${origin}: expected one or more keys of 32 bytes in base64.`);
    return new Vault([first, ...rest]);
  }

  /** Seals a text for one place. Two calls never give the same envelope. */
  seal(plaintext: string, where: VaultPlace): string {
    const key = this.keys[0];
    const dataKey = randomBytes(32);
    const wrapped = encrypt(dataKey, key.bytes, wrapping(key.id));
    const content = encrypt(Buffer.from(plaintext, 'utf8'), dataKey, bind(where));
    dataKey.fill(0);
    return [VERSION, key.id, wrapped.toString('base64url'), content.toString('base64url')].join('.');
  }

  /** @throws VaultError if the envelope was made for another place or with another key, or was changed. */
  unseal(envelope: string, where: VaultPlace): string {
    const [version, keyId, wrapped, content, ...more] = envelope.split('.');
    if (version !== VERSION || !keyId || !wrapped || !content || more.length > 0) {
      throw new VaultError(`${name(where)} does not hold a sealed value.`);
    }
    const key = this.keys.find((candidate) => candidate.id === keyId);
    if (!key) {
      throw new VaultError(
        `${name(where)} was sealed with key ${keyId}, which is not among the keys given: restore that key.`,
      );
    }
    try {
      const dataKey = decrypt(decode(wrapped), key.bytes, wrapping(key.id));
      return decrypt(decode(content), dataKey, bind(where)).toString('utf8');
    } catch {
      throw new VaultError(`${name(where)} does not open: it was changed, or it belongs to another place.`);
    }
  }

  /** A mark that only who has the key can make: `<key id>.<HMAC-SHA256 as hexadecimal digits>`, with a key of its own. */
  sign(text: string): string {
    return mark(this.keys[0], text);
  }

  /** Whether `sign` made this mark for this text, with any of the keys. */
  isSigned(text: string, signature: string): boolean {
    return this.keys.some((key) => constantTimeEqual(mark(key, text), signature));
  }

  /** What every envelope of the first key begins with. */
  get sealedNow(): string {
    return `${VERSION}.${this.keys[0].id}.`;
  }

  /**
   * The same content under the first key: its data key is wrapped anew, the content is not touched.
   * @throws VaultError if the envelope is none, or its key is not among the keys given
   */
  rewrap(envelope: string): string {
    const [version, keyId, wrapped, content, ...more] = envelope.split('.');
    const from = this.keys.find(({ id }) => id === keyId);
    if (version !== VERSION || !from || !wrapped || !content || more.length > 0) {
      throw new VaultError(`An envelope of key ${keyId ?? '?'} cannot be wrapped anew: restore that key.`);
    }
    const [to] = this.keys;
    let dataKey: Buffer;
    try {
      dataKey = decrypt(decode(wrapped), from.bytes, wrapping(from.id));
    } catch {
      throw new VaultError('An envelope cannot be wrapped anew: it was changed.');
    }
    const rewrapped = encrypt(dataKey, to.bytes, wrapping(to.id)).toString('base64url');
    dataKey.fill(0);
    return [VERSION, to.id, rewrapped, content].join('.');
  }

  /** Seals a value that JSON can carry. */
  sealJson(value: unknown, where: VaultPlace): string {
    return this.seal(JSON.stringify(value), where);
  }

  /** What `sealJson` sealed. The caller vouches for `T`: nobody else can have written it. */
  unsealJson<T>(envelope: string, where: VaultPlace): T {
    return JSON.parse(this.unseal(envelope, where)) as T;
  }
}

function mark({ id, bytes }: VaultKey, text: string): string {
  const key = Buffer.from(hkdfSync('sha256', bytes, '', 'tributary vault signature', 32));
  return `${id}.${createHmac('sha256', key).update(text).digest('hex')}`;
}

/** Additional data: a JSON array, so that no choice of names can make two places look the same. */
function bind(where: VaultPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, where.appId, where.table, where.row, where.column]));
}

function wrapping(keyId: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId]));
}

function encrypt(plaintext: Buffer, key: Buffer, additionalData: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(additionalData);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

function decrypt(sealed: Buffer, key: Buffer, additionalData: Buffer): Buffer {
  const iv = sealed.subarray(0, IV_BYTES);
  const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(additionalData);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}

/** Strict base64url: Node skips characters that it does not know, which would let a changed envelope pass. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error('not base64url');
  return bytes;
}

function name(where: VaultPlace): string {
  return `${where.table}.${where.column} of ${where.row}`;
}

function readKeyFile(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new VaultError(`The vault key file ${file} cannot be read: ${String(error)}`, { cause: error });
  }
}

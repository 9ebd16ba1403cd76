import { EntitySchema } from 'typeorm';
import { id, instant, json, optionalInstant, text, texts, refers } from '../column.js';

/** A fintech app: the tenant. */
export interface App {
  id: string;
  name: string;
  /** Where a PSU may be sent back to; compared character by character. */
  redirectUris: string[];
  scopes: string[];
  createdAt: Date;
  updatedAt: Date;
}

export const AppEntity = new EntitySchema<App>({
  name: 'App',
  tableName: 'apps',
  columns: { id, name: text, redirectUris: texts, scopes: texts, createdAt: instant, updatedAt: instant },
});

/** A client id and secret of an app; at most two live ones, for rotation. */
export interface AppCredential {
  clientId: string;
  appId: string;
  secretHash: string;
  createdAt: Date;
  revokedAt: Date | null;
}

export const AppCredentialEntity = new EntitySchema<AppCredential>({
  name: 'AppCredential',
  tableName: 'app_credentials',
  columns: {
    clientId: id,
    appId: text,
    secretHash: text,
    createdAt: instant,
    revokedAt: optionalInstant,
  },
  indices: [{ name: 'app_credentials_app', columns: ['appId'] }],
  foreignKeys: [refers('appId', 'App')],
});

/** A key that signs our access tokens. */
export interface SigningKey {
  kid: string;
  publicJwk: Record<string, unknown>;
  privateEnvelope: string;
  createdAt: Date;
  retiredAt: Date | null;
}

export const SigningKeyEntity = new EntitySchema<SigningKey>({
  name: 'SigningKey',
  tableName: 'signing_keys',
  columns: { kid: id, publicJwk: json, privateEnvelope: text, createdAt: instant, retiredAt: optionalInstant },
});

/** The first answer to a POST that carried an Idempotency-Key (payments keep theirs in their own row). */
export interface IdempotencyRecord {
  appId: string;
  operation: string;
  key: string;
  requestHash: string;
  /** null while the first call is still running. */
  httpStatus: number | null;
  /** Sealed in the vault: an answer can hold a secret that is shown once. */
  answerEnvelope: string | null;
  createdAt: Date;
  /** A running call that is older than this died; its key may be used again. */
  lockedUntil: Date;
}

export const IdempotencyRecordEntity = new EntitySchema<IdempotencyRecord>({
  name: 'IdempotencyRecord',
  tableName: 'idempotency_records',
  columns: {
    appId: id,
    operation: id,
    key: id,
    requestHash: text,
    httpStatus: { type: 'integer', nullable: true },
    answerEnvelope: { type: 'text', nullable: true },
    createdAt: instant,
    lockedUntil: instant,
  },
  indices: [{ name: 'idempotency_records_age', columns: ['createdAt'] }],
  foreignKeys: [refers('appId', 'App')],
});

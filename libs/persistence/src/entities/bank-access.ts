import type { BankPermission } from '@tributary/domain';
import { EntitySchema } from 'typeorm';
import {
  flag,
  id,
  instant,
  integer,
  optionalInstant,
  optionalText,
  optionalTexts,
  refers,
  text,
  texts,
} from '../column.js';

/** Where the wish of a TPP stands: it waits, or somebody decided, or nobody did in time. */
export type BankAuthorisationStatus = 'requested' | 'approved' | 'rejected' | 'failed' | 'expired';

/** A TPP asks for access to accounts at the bank that an app is; its customer's browser waits. */
export interface BankAuthorisation {
  id: string;
  appId: string;
  connectionId: string;
  provider: string;
  status: BankAuthorisationStatus;
  tppName: string | null;
  tppRegistration: string | null;
  /** The hub's own words. */
  scopes: string[];
  permissions: BankPermission[];
  /** Of the scopes, those that we do not know: nothing can be granted then. */
  unknownScopes: string[];
  /** On which the browser came, byte for byte; sealed, since the TPP's state is part of it. */
  requestUrlEnvelope: string;
  /** Where the browser goes when nothing is granted, sealed. */
  cancelUrlEnvelope: string;
  /** Where it goes with the grant, sealed: the TPP's code is part of it. */
  callbackUrlEnvelope: string | null;
  psuId: string | null;
  accountReferences: string[] | null;
  tokenId: string | null;
  decidedBy: 'psu' | 'app' | null;
  /** While a decision is being told to the hub: nobody else may decide until then. */
  decidingUntil: Date | null;
  decidedAt: Date | null;
  expiresAt: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const BankAuthorisationEntity = new EntitySchema<BankAuthorisation>({
  name: 'BankAuthorisation',
  tableName: 'bank_authorisations',
  columns: {
    id,
    appId: text,
    connectionId: text,
    provider: text,
    status: text,
    tppName: optionalText,
    tppRegistration: optionalText,
    scopes: texts,
    permissions: texts,
    unknownScopes: texts,
    requestUrlEnvelope: text,
    cancelUrlEnvelope: text,
    callbackUrlEnvelope: optionalText,
    psuId: optionalText,
    accountReferences: optionalTexts,
    tokenId: optionalText,
    decidedBy: optionalText,
    decidingUntil: optionalInstant,
    decidedAt: optionalInstant,
    expiresAt: instant,
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  indices: [
    { name: 'bank_authorisations_app', columns: ['appId', 'id'] },
    { name: 'bank_authorisations_open', columns: ['expiresAt'], where: `status = 'requested'` },
  ],
  foreignKeys: [refers('appId', 'App'), refers('connectionId', 'Connection')],
});

/** What a hub may show us to speak for a customer. */
export interface BankToken {
  id: string;
  appId: string;
  connectionId: string;
  authorisationId: string;
  /** Found by it; the token itself is sealed, for revocation at the hub. */
  tokenHash: string;
  tokenEnvelope: string;
  permissions: BankPermission[];
  psuId: string;
  accountReferences: string[];
  tppName: string | null;
  oneTime: boolean;
  validUntil: Date;
  spentAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

export const BankTokenEntity = new EntitySchema<BankToken>({
  name: 'BankToken',
  tableName: 'bank_tokens',
  columns: {
    id,
    appId: text,
    connectionId: text,
    authorisationId: text,
    tokenHash: text,
    tokenEnvelope: text,
    permissions: texts,
    psuId: text,
    accountReferences: texts,
    tppName: optionalText,
    oneTime: flag,
    validUntil: instant,
    spentAt: optionalInstant,
    revokedAt: optionalInstant,
    createdAt: instant,
  },
  uniques: [{ name: 'bank_tokens_token', columns: ['connectionId', 'tokenHash'] }],
  indices: [{ name: 'bank_tokens_app', columns: ['appId', 'id'] }],
  foreignKeys: [
    refers('appId', 'App'),
    refers('connectionId', 'Connection'),
    refers('authorisationId', 'BankAuthorisation'),
  ],
});

/** A customer's browser at one of our pages: about one authorisation or one payment, until it is decided. */
export interface BankSession {
  /** The link holds the value itself, 32 random bytes. */
  tokenHash: string;
  appId: string;
  connectionId: string;
  subjectType: 'authorisation' | 'payment';
  subjectId: string;
  /** Who logged in, and in which browser: no other one is let further. */
  psuId: string | null;
  browserHash: string | null;
  /** Of the login that is under way and its browser, good for one return. */
  loginNonceHash: string | null;
  failedLogins: number;
  /** When the page was first seen: the time that people take is counted from here. */
  shownAt: Date | null;
  expiresAt: Date;
  createdAt: Date;
}

export const BankSessionEntity = new EntitySchema<BankSession>({
  name: 'BankSession',
  tableName: 'bank_sessions',
  columns: {
    tokenHash: id,
    appId: text,
    connectionId: text,
    subjectType: text,
    subjectId: text,
    psuId: optionalText,
    browserHash: optionalText,
    loginNonceHash: optionalText,
    failedLogins: integer,
    shownAt: optionalInstant,
    expiresAt: instant,
    createdAt: instant,
  },
  indices: [{ name: 'bank_sessions_subject', columns: ['subjectId'] }],
  foreignKeys: [refers('appId', 'App'), refers('connectionId', 'Connection')],
});

import type { AccessKind, AccountIdentifier, ConsentState, Disclosure, ScaApproach } from '@tributary/domain';
import { EntitySchema } from 'typeorm';
import type { StoredDisclosure } from './disclosure.js';
import {
  bankDate,
  flag,
  id,
  instant,
  integer,
  optionalBankDate,
  optionalInstant,
  optionalJson,
  optionalText,
  sequence,
  text,
  texts,
  refers,
} from '../column.js';

export interface Consent {
  id: string;
  appId: string;
  institutionId: string;
  connectionId: string;
  provider: string;
  psuId: string;
  psuCorporateId: string | null;
  status: ConsentState;
  /** The upstream's own word. */
  upstreamStatus: string | null;
  /** What the app asked for; nothing else is ever read, even where the bank only grants more at once. */
  askedAccess: AccessKind[];
  /** What is granted of it. */
  access: AccessKind[];
  accounts: AccountIdentifier[] | null;
  recurring: boolean;
  validUntil: string;
  /** The `validUntil` that the app was told is near; null: none yet. */
  expiryAnnouncedFor: string | null;
  frequencyPerDay: number;
  redirectUri: string;
  appState: string | null;
  scaPreference: ScaApproach | null;
  /** Payments are to run in its session. */
  combinedService: boolean;
  /** Authorised in a signing basket: no SCA of its own is opened. */
  signInBasket: boolean;
  reference: string | null;
  continuationEnvelope: string | null;
  /** What the bank said last to the people at it. */
  disclosure: Disclosure | null;
  authorisationId: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const ConsentEntity = new EntitySchema<Consent>({
  name: 'Consent',
  tableName: 'consents',
  columns: {
    id,
    appId: text,
    institutionId: text,
    connectionId: text,
    provider: text,
    psuId: text,
    psuCorporateId: optionalText,
    status: text,
    upstreamStatus: optionalText,
    askedAccess: texts,
    access: texts,
    accounts: optionalJson,
    recurring: flag,
    validUntil: bankDate,
    expiryAnnouncedFor: optionalBankDate,
    frequencyPerDay: integer,
    redirectUri: text,
    appState: optionalText,
    scaPreference: optionalText,
    combinedService: flag,
    signInBasket: flag,
    reference: optionalText,
    continuationEnvelope: optionalText,
    disclosure: optionalJson,
    authorisationId: optionalText,
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  indices: [
    { name: 'consents_app', columns: ['appId', 'id'] },
    { name: 'consents_reference', columns: ['connectionId', 'reference'] },
    { name: 'consents_ending', columns: ['validUntil'], where: `status IN ('awaitingAuthorisation', 'authorised')` },
  ],
  foreignKeys: [refers('appId', 'App'), refers('institutionId', 'Institution'), refers('connectionId', 'Connection')],
});

/** Append-only: everything that was said about a consent. */
export interface ConsentEvent {
  sequence: number;
  consentId: string;
  appId: string;
  at: Date;
  source: string;
  status: ConsentState;
  upstreamStatus: string | null;
  applied: boolean;
  why: string;
}

export const ConsentEventEntity = new EntitySchema<ConsentEvent>({
  name: 'ConsentEvent',
  tableName: 'consent_events',
  columns: {
    sequence: { ...sequence, primary: true },
    consentId: text,
    appId: text,
    at: instant,
    source: text,
    status: text,
    upstreamStatus: optionalText,
    applied: flag,
    why: text,
  },
  indices: [{ name: 'consent_events_consent', columns: ['consentId', 'sequence'] }],
  foreignKeys: [refers('consentId', 'Consent')],
});

export interface Authorisation {
  id: string;
  appId: string;
  connectionId: string;
  /** `cancellation`: of the payment `subjectId`. */
  subjectType: 'consent' | 'payment' | 'cancellation' | 'basket';
  subjectId: string;
  /** Who authorises, where that is not the subject's own PSU. */
  psuId: string | null;
  psuCorporateId: string | null;
  approach: ScaApproach;
  scaStatus: string;
  upstreamStatus: string;
  /** Sealed: a link for the PSU carries the one-use value of the callback. */
  nextStepEnvelope: string | null;
  /** What the bank said last to the people at it. */
  disclosure: StoredDisclosure | null;
  /** Whether its outcome is still open. */
  open: boolean;
  reference: string | null;
  continuationEnvelope: string | null;
  /** When the worker asks the upstream about it; null: never (it waits for the app, or it is over). */
  nextPollAt: Date | null;
  polls: number;
  /** While an answer of the PSU is with the upstream: until when nobody else may hand one over. */
  answeringUntil: Date | null;
  expiresAt: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const AuthorisationEntity = new EntitySchema<Authorisation>({
  name: 'Authorisation',
  tableName: 'authorisations',
  columns: {
    id,
    appId: text,
    connectionId: text,
    subjectType: text,
    subjectId: text,
    psuId: optionalText,
    psuCorporateId: optionalText,
    approach: text,
    scaStatus: text,
    upstreamStatus: text,
    nextStepEnvelope: optionalText,
    disclosure: optionalJson,
    open: flag,
    reference: optionalText,
    continuationEnvelope: optionalText,
    nextPollAt: optionalInstant,
    polls: integer,
    answeringUntil: optionalInstant,
    expiresAt: instant,
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  indices: [
    { name: 'authorisations_subject', columns: ['subjectId'] },
    { name: 'authorisations_due', columns: ['connectionId', 'nextPollAt'], where: 'next_poll_at IS NOT NULL' },
  ],
  foreignKeys: [refers('appId', 'App'), refers('connectionId', 'Connection')],
});

/** The one-use value with which a PSU's browser comes back. Only its hash is kept. */
export interface Callback {
  stateHash: string;
  appId: string;
  connectionId: string;
  provider: string;
  authorisationId: string;
  expiresAt: Date;
  usedAt: Date | null;
}

export const CallbackEntity = new EntitySchema<Callback>({
  name: 'Callback',
  tableName: 'callbacks',
  columns: {
    stateHash: id,
    appId: text,
    connectionId: text,
    provider: text,
    authorisationId: text,
    expiresAt: instant,
    usedAt: optionalInstant,
  },
  foreignKeys: [refers('authorisationId', 'Authorisation')],
});

/** An upstream's tokens for one consent or payment. Refreshed under a row lock. */
export interface Grant {
  subjectId: string;
  appId: string;
  tokensEnvelope: string;
  version: number;
  updatedAt: Date;
}

export const GrantEntity = new EntitySchema<Grant>({
  name: 'Grant',
  tableName: 'grants',
  columns: { subjectId: id, appId: text, tokensEnvelope: text, version: integer, updatedAt: instant },
  foreignKeys: [refers('appId', 'App')],
});

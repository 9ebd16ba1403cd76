import { EntitySchema } from 'typeorm';
import {
  flag,
  id,
  instant,
  integer,
  json,
  optionalInstant,
  optionalInteger,
  optionalJson,
  optionalText,
  text,
  texts,
  refers,
} from '../column.js';

/** Our account at an upstream: which provider, where, and with which settings. */
export interface Connection {
  id: string;
  provider: string;
  name: string;
  environment: 'sandbox' | 'production';
  /** Without the secrets. */
  settings: Record<string, unknown>;
  /** The secrets among the settings, sealed. */
  secretsEnvelope: string;
  /** The app that is the bank, where a hub asks through this connection. */
  bankAppId: string | null;
  /** Grows with every change, so that pooled clients notice. */
  version: number;
  /** When its banks were last asked for. */
  banksListedAt: Date | null;
  deletedAt: Date | null;
  /** Since when it does not do its part; null: it does. */
  degradedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const ConnectionEntity = new EntitySchema<Connection>({
  name: 'Connection',
  tableName: 'connections',
  columns: {
    id,
    provider: text,
    name: text,
    environment: text,
    settings: json,
    secretsEnvelope: text,
    bankAppId: optionalText,
    version: integer,
    banksListedAt: optionalInstant,
    deletedAt: optionalInstant,
    degradedAt: optionalInstant,
    createdAt: instant,
    updatedAt: instant,
  },
  foreignKeys: [refers('bankAppId', 'App')],
});

/** How an upstream answered, by connection and minute; the source of health and of the performance reports. */
export interface ConnectionMinute {
  connectionId: string;
  minute: Date;
  calls: number;
  errors: number;
  totalMs: number;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  /** Bit n is set when a call that began in second n was answered; a decimal text of 60 bits. */
  answeredSeconds: string;
}

export const ConnectionMinuteEntity = new EntitySchema<ConnectionMinute>({
  name: 'ConnectionMinute',
  tableName: 'connection_minutes',
  columns: {
    connectionId: id,
    minute: { type: 'timestamptz', primary: true },
    calls: integer,
    errors: integer,
    totalMs: integer,
    lastSuccessAt: optionalInstant,
    lastFailureAt: optionalInstant,
    answeredSeconds: { type: 'bigint', default: 0 },
  },
  foreignKeys: [refers('connectionId', 'Connection')],
  indices: [
    { name: 'connection_minutes_answered', columns: ['connectionId', 'minute'], where: 'answered_seconds <> 0' },
  ],
});

/** A bank, whichever connections reach it. */
export interface Institution {
  id: string;
  /** What makes two upstreams' banks the same one: BIC and country, or else the connection's own reference. */
  identity: string;
  name: string;
  bic: string | null;
  country: string;
  logoUrl: string | null;
  createdAt: Date;
}

export const InstitutionEntity = new EntitySchema<Institution>({
  name: 'Institution',
  tableName: 'institutions',
  columns: {
    id,
    identity: text,
    name: text,
    bic: optionalText,
    country: text,
    logoUrl: optionalText,
    createdAt: instant,
  },
  uniques: [{ name: 'institutions_identity', columns: ['identity'] }],
});

/** How one connection reaches an institution. */
export interface InstitutionRoute {
  institutionId: string;
  connectionId: string;
  provider: string;
  /** The upstream's name of the bank. */
  reference: string;
  capabilities: string[];
  scaApproaches: string[];
  paymentSchemes: string[];
  maxConsentDays: number | null;
  status: string;
  /** How its services work now, where the upstream tells them apart. */
  services: { accounts: string; payments: string; asOf?: string } | null;
  /** What this bank wants of a request besides what everybody wants. */
  requiredFields: { capability: string; paymentSchemes?: string[]; fields: string[] }[] | null;
  /** Announced times of work on its side. */
  maintenance: { from: string; to: string; impact: string; service?: string }[] | null;
  live: boolean;
}

export const InstitutionRouteEntity = new EntitySchema<InstitutionRoute>({
  name: 'InstitutionRoute',
  tableName: 'institution_routes',
  columns: {
    institutionId: id,
    connectionId: id,
    provider: text,
    reference: text,
    capabilities: texts,
    scaApproaches: texts,
    paymentSchemes: texts,
    maxConsentDays: optionalInteger,
    status: text,
    services: optionalJson,
    requiredFields: optionalJson,
    maintenance: optionalJson,
    live: flag,
  },
  indices: [{ name: 'institution_routes_connection', columns: ['connectionId'] }],
  foreignKeys: [refers('institutionId', 'Institution'), refers('connectionId', 'Connection')],
});

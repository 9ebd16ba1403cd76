import { X509Certificate } from 'node:crypto';
import { createHmacSha256 } from '../kit/signing/hmac.js';
import { type Assumptions, assumptionsOf, type TellConnectSettings } from './settings.js';

/** Carries the signature of a call ("JWT Signing"). */
export const signatureHeader = 'x-jws-signature';

/** What a signature says about a message besides its payload. */
export interface SignedFacts {
  /** Path of the call without host and version. */
  readonly path: string;
  readonly iat: number;
}

/** A call that is to be signed. */
export interface SignableCall {
  readonly url: URL;
  /** JSON text of the payload: the body that is sent, or a form as JSON; undefined where there is none. */
  readonly payload: string | undefined;
}

/** Why a signature is not believed. */
export type SignatureFault = 'form' | 'algorithm' | 'application' | 'mac' | 'path' | 'payload' | 'time';

export interface Signer {
  /** A new value for every attempt: `iat` is that of now. */
  sign(call: SignableCall): string;
  /** null: good. The algorithm is ours, whatever the header says: it is compared before a MAC is made. */
  verify(token: string, call: SignableCall): SignatureFault | null;
}

/**
 * Signatures of tell.connect: a compact JWS whose header holds `alg, typ, app, path, iat` in this order, whose payload is the body as
 * JSON, and whose key is the text of the application's certificate.
 */
export function createSigner(settings: TellConnectSettings, now: () => Date): Signer {
  const rules = assumptionsOf(settings);
  const hmac = createHmacSha256(keyOf(settings.certificatePem, rules.certificateKey));
  const prefix = unsignedPrefix(new URL(settings.baseUrl).pathname);
  const encode = (text: string | Buffer): string => Buffer.from(text).toString(rules.signatureEncoding);

  const pathOf = ({ url }: SignableCall): string => {
    const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : url.pathname;
    return rules.signedPath === 'path' ? path : path + url.search;
  };
  const payloadOf = ({ url, payload }: SignableCall): string => {
    if (payload === undefined) return emptyPayload(url, rules.bodilessPayload);
    return rules.signedBody === 'asSent' ? payload : JSON.stringify(ordered(parsed(payload)));
  };
  const instant = (): number => {
    const ms = now().getTime();
    return rules.issuedAt === 'seconds' ? Math.floor(ms / 1_000) : ms;
  };

  return {
    sign(call) {
      const signed = signedText(
        settings.applicationId,
        { path: pathOf(call), iat: instant() },
        payloadOf(call),
        encode,
      );
      return `${signed}.${encode(hmac.mac(signed))}`;
    },

    verify(token, call) {
      const parts = decoded(token, rules.signatureEncoding);
      if (parts === null) return 'form';
      const { header, payload, mac, signed } = parts;
      if (header['alg'] !== 'HS256' || (header['typ'] ?? 'JWT') !== 'JWT') return 'algorithm';
      if (header['app'] !== settings.applicationId) return 'application';
      if (!hmac.holds(signed, mac)) return 'mac';
      if (header['path'] !== pathOf(call)) return 'path';
      if (!sameJson(payload, payloadOf(call))) return 'payload';
      const window = rules.signatureWindowSeconds * (rules.issuedAt === 'seconds' ? 1 : 1_000);
      const { iat } = header;
      return typeof iat === 'number' && Math.abs(instant() - iat) <= window ? null : 'time';
    },
  };
}

/** What the MAC covers. */
export function signedText(
  app: string,
  { path, iat }: SignedFacts,
  payload: string,
  encode: (text: string) => string,
): string {
  return `${encode(JSON.stringify({ alg: 'HS256', typ: 'JWT', app, path, iat }))}.${encode(payload)}`;
}

/** Everything of the base address up to and with its version, which no signature covers. */
function unsignedPrefix(basePath: string): string {
  const segments = basePath.replace(/\/+$/, '').split('/');
  const version = segments.findLastIndex((segment) => /^(v\d+|dev)$/.test(segment));
  return segments.slice(0, version + 1).join('/');
}

function emptyPayload(url: URL, rule: NonNullable<Assumptions['bodilessPayload']>): string {
  if (rule === 'empty') return '';
  return rule === 'object' ? '{}' : JSON.stringify(Object.fromEntries(url.searchParams));
}

function keyOf(pem: string, rule: NonNullable<Assumptions['certificateKey']>): Buffer {
  switch (rule) {
    case 'asUploaded':
      return Buffer.from(pem);
    case 'trimmed':
      return Buffer.from(pem.trim());
    case 'crlf':
      return Buffer.from(pem.replaceAll(/\r?\n/g, '\r\n'));
    case 'oneLine':
      return Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''));
    case 'der':
      return new X509Certificate(pem).raw;
  }
}

interface Decoded {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: string;
  readonly mac: Buffer;
  readonly signed: string;
}

/** null for what is no compact JWS, or is written in another way than it would be written again. */
function decoded(token: string, encoding: 'base64url' | 'base64'): Decoded | null {
  const parts = token.split('.');
  const bytes = parts.map((part) => Buffer.from(part, encoding));
  const [head, payload, mac] = bytes;
  if (parts.length !== 3 || head === undefined || payload === undefined || mac === undefined) return null;
  if (bytes.some((one, index) => one.toString(encoding) !== parts[index])) return null;
  const header = parsed(head.toString());
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return null;
  return { header: { ...header }, payload: payload.toString(), mac, signed: parts.slice(0, 2).join('.') };
}

/** As JSON: order of members and blanks do not count. */
function sameJson(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [parsed(one), parsed(other)];
  return a !== undefined && b !== undefined && JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}

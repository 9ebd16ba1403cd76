import { verify } from 'node:crypto';
import { Shape, ShapeError } from '../../kit/shape.js';
import { ApiError } from '../api-error.js';
import type { Member } from '../members/member.js';
import { KEY_ALGORITHMS, type MemberKey } from '../members/member-key.js';

/** The request that a bearer token must have been made for. */
export interface SignedRequest {
  method: string;
  /** As sent, without the query. */
  path: string;
  /** As sent, without the question mark. */
  query: string;
  host: string;
  body: Buffer;
}

const SKEW_MS = 60_000;
const BASE64URL = /^[\w-]+$/;

/**
 * Checks a bearer token: a JWS whose JOSE header binds the request (mid, kid, host, method, path, exp in milliseconds)
 * and whose payload is the body; on the wire the payload may be left out (detached).
 * @param nowMs the machine's time: the caller's clock does not follow the hub's.
 * @returns the member who signed.
 */
export function checkBearer(
  token: string,
  request: SignedRequest,
  members: ReadonlyMap<string, Member>,
  limits: { nowMs: number; maxMinutes: number },
): Member {
  const [head = '', payload = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || !BASE64URL.test(head) || !BASE64URL.test(signature)) {
    throw refused('the bearer token is not a JWS: header.payload.signature in base64url');
  }
  const header = readHeader(head);
  const member = members.get(header.mid);
  const key = member?.keys.get(header.kid);
  if (!member || !key) {
    throw refused('the bearer token names no enrolled key: see mid and kid');
  }
  // The enrolled key decides the algorithm, before anything is computed with what the caller says.
  if (header.alg !== KEY_ALGORITHMS[key.algorithm]) {
    throw refused(`alg must be ${KEY_ALGORITHMS[key.algorithm]} for the key ${key.id}`);
  }
  assertBinds(header, request);
  assertTime(header.exp, limits);
  const body = request.body.toString('base64url');
  if (payload !== '' && payload !== body) {
    throw refused('the payload of the bearer token is not the body of the request');
  }
  if (!isSigned(key, `${head}.${body}`, Buffer.from(signature, 'base64url'))) {
    throw refused('the signature of the bearer token is wrong');
  }
  return member;
}

interface Header {
  alg: string;
  kid: string;
  mid: string;
  host: string;
  method: string;
  path: string;
  query: string | undefined;
  exp: number;
}

function readHeader(encoded: string): Header {
  try {
    const shape = Shape.of(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')) as unknown);
    if (shape.has('crit')) {
      throw new ShapeError('crit', 'names extensions that are not known here');
    }
    const exp = shape.raw('exp');
    const expText = typeof exp === 'number' ? String(exp) : exp;
    if (typeof expText !== 'string' || !/^\d{13}$/.test(expText)) {
      throw new ShapeError('exp', 'must be an instant in milliseconds, 13 digits');
    }
    return {
      alg: shape.text('alg'),
      kid: shape.text('kid'),
      mid: shape.text('mid'),
      host: shape.text('host'),
      method: shape.text('method'),
      path: shape.text('path', { max: 4000 }),
      query: shape.optionalText('query', { max: 8000 }),
      exp: Number(expText),
    };
  } catch (error) {
    throw refused(
      error instanceof ShapeError
        ? `in the header of the bearer token ${error.path} ${error.message}`
        : 'the header of the bearer token is not JSON',
    );
  }
}

function assertBinds(header: Header, request: SignedRequest): void {
  for (const name of ['host', 'method', 'path'] as const) {
    if (header[name] !== request[name]) {
      throw refused(`the bearer token is for ${name} ${header[name]}, the request's is ${request[name]}`);
    }
  }
  if (header.query !== undefined && header.query !== request.query) {
    throw refused('the bearer token is for another query');
  }
}

function assertTime(exp: number, { nowMs, maxMinutes }: { nowMs: number; maxMinutes: number }): void {
  if (exp <= nowMs - SKEW_MS) {
    throw refused('the bearer token has expired');
  }
  if (exp > nowMs + maxMinutes * 60_000 + SKEW_MS) {
    throw refused(`exp is more than ${maxMinutes} minutes ahead`);
  }
}

function isSigned({ algorithm, key }: MemberKey, input: string, signature: Buffer): boolean {
  const bytes = Buffer.from(input);
  switch (algorithm) {
    case 'ED25519':
      return verify(null, bytes, key, signature);
    case 'ECDSA_SHA256':
      // JWS has r and s side by side, not DER: RFC 7518 section 3.4.
      return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'RS256':
      return verify('sha256', bytes, key, signature);
  }
}

function refused(message: string): ApiError {
  return new ApiError(401, message);
}

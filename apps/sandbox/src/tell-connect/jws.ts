import { createHmac, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Application, Developer } from './application.js';
import { ApiError, invalidSignature } from './api-error.js';
import type { Call } from './call.js';
import type { Profile } from './profile.js';

const PART = /^[A-Za-z0-9_-]*$/;

/**
 * Checks `x-jws-signature` in a fixed order: the form, the algorithm (before any MAC is computed, and never taken from the
 * token), the application, the MAC, then what it says: path, body and age.
 * @throws ApiError 401 invalid_signature, 403 app_not_live.
 */
export function verifySignature(call: Call, client: Developer): Application {
  const token = call.header('x-jws-signature') ?? '';
  if (token === '') {
    throw invalidSignature('is missing; every call is signed');
  }
  const parts = token.split('.');
  const [head = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || head === '' || signature === '' || !parts.every((part) => PART.test(part))) {
    throw invalidSignature('must be three parts of base64url without padding, joined by dots');
  }
  const header = readObject(head, 'the first part');
  if (header['alg'] !== 'HS256') {
    throw invalidSignature('alg must be HS256');
  }
  if (header['typ'] !== undefined && header['typ'] !== 'JWT') {
    throw invalidSignature('typ must be JWT');
  }
  const application = client.applications.find(({ id }) => id === header['app']);
  if (!application) {
    throw invalidSignature('app is not an application of this client');
  }
  const { profile } = call.platform;
  if (application.certificate === undefined) {
    throw invalidSignature('the application has no certificate yet; upload one at the portal');
  }
  const expected = mac(`${head}.${payload}`, application.certificate, profile);
  const given = Buffer.from(signature, 'base64url');
  // The text is compared too: some texts that differ in their last bits decode to the same bytes.
  if (
    given.length !== expected.length ||
    !timingSafeEqual(given, expected) ||
    signature !== expected.toString('base64url')
  ) {
    throw invalidSignature('does not match; the key is the certificate as it was uploaded, with its last line feed');
  }
  assertLive(call, application);
  assertSays(call, header, payload);
  noteRepetition(call, token);
  return application;
}

/** The same scheme for answers, when the profile wants them signed. */
export function signAnswer(call: Call, application: Application, body: string): string {
  const iat = Math.floor(call.platform.clock.nowMs() / 1000);
  const header = { alg: 'HS256', typ: 'JWT', app: application.id, path: call.path, iat };
  const signed = [JSON.stringify(header), body].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const signature = mac(signed, application.certificate ?? '', call.platform.profile).toString('base64url');
  return `${signed}.${signature}`;
}

function mac(signed: string, certificate: string, profile: Profile): Buffer {
  const key = profile.certificateKey === 'trimmed' ? certificate.trim() : certificate;
  return createHmac('sha256', key).update(signed).digest();
}

function assertLive(call: Call, { state }: Application): void {
  if (state === 'suspended') {
    throw new ApiError(403, 'app_not_live', 'This application is suspended');
  }
  if (call.environment === 'production' && state !== 'released') {
    throw new ApiError(403, 'app_not_live', 'This application is not released: request go-live at the portal');
  }
}

function assertSays(call: Call, header: Record<string, unknown>, payload: string): void {
  const { profile, clock } = call.platform;
  if (header['path'] !== call.path) {
    throw invalidSignature(`path must be ${call.path}: without host, version and query`);
  }
  const data = call.data();
  if (data === undefined && profile.bodilessPayload === 'empty') {
    if (payload !== '') {
      throw invalidSignature('the payload must be empty because the call has no body');
    }
  } else if (!isDeepStrictEqual(readObject(payload, 'the payload'), data ?? {})) {
    throw invalidSignature('the payload must be the same data as the body; form fields as a JSON object of texts');
  }
  const iat = header['iat'];
  const now = clock.nowMs() / 1000;
  if (typeof iat !== 'number' || !Number.isInteger(iat) || Math.abs(now - iat) > profile.iatWindowSeconds) {
    throw invalidSignature(`iat must be whole seconds within ${profile.iatWindowSeconds} s of the present`);
  }
}

/** Nothing in the token makes it unique, so a repetition is allowed and written down. */
function noteRepetition(call: Call, token: string): void {
  const { platform } = call;
  const { signatures } = platform;
  const nowMs = platform.clock.nowMs();
  for (const [old, untilMs] of signatures) {
    if (untilMs > nowMs) {
      break;
    }
    signatures.delete(old);
  }
  if (signatures.has(token)) {
    platform.ledger.repeatedSignatures.push({ at: platform.now(), path: call.path });
  }
  signatures.set(token, nowMs + 2000 * platform.profile.iatWindowSeconds);
}

function readObject(part: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidSignature(`${what} must be a JSON object`);
  }
  return Object.fromEntries(Object.entries(value));
}

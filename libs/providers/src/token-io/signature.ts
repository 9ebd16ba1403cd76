import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { SigningKey, TokenIoSettings } from './settings.js';

/** Signature algorithms of requests (security scheme "Bearer"), and what they are called where a key is uploaded. */
export const keyAlgorithms = {
  EdDSA: { upload: 'ED25519', hash: null },
  ES256: { upload: 'ECDSA_SHA256', hash: 'sha256' },
  RS256: { upload: 'RS256', hash: 'sha256' },
} as const;
export type JwsAlgorithm = keyof typeof keyAlgorithms;

/** A key as requests are signed with it. */
export interface RequestKey {
  readonly id: string;
  readonly algorithm: JwsAlgorithm;
  readonly key: KeyObject;
}

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  /** The very bytes that are sent. */
  readonly body?: string | undefined;
}

/** The algorithm that goes with a key; null for a kind of key that Token.io does not take. */
export function algorithmOf(key: KeyObject): JwsAlgorithm | null {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : null;
}

/**
 * Token.io's name of an Ed25519 key: the first 16 characters of base64url(SHA-256(raw public key)), as its own software
 * derives it (sdk-js, Crypto) and as the sample of `KeyId` confirms. null for other kinds: only Token.io names those.
 */
export function derivedKeyId(key: KeyObject): string | null {
  if (key.asymmetricKeyType !== 'ed25519') return null;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(Buffer.from(x, 'base64url')).digest('base64url').slice(0, 16);
}

/** Reads the private key once. Throws where it cannot sign for Token.io. */
export function readRequestKey({ id, privateKeyPem }: SigningKey): RequestKey {
  const key = createPrivateKey(privateKeyPem);
  const algorithm = algorithmOf(key);
  if (algorithm === null) throw new Error('the key is neither Ed25519, P-256 nor RSA');
  const name = id ?? derivedKeyId(key);
  if (name === null) throw new Error('only the id of an Ed25519 key follows from the key');
  return { id: name, algorithm, key };
}

/**
 * Makes the `Authorization` header of a request. The claims that bind a signature to its request stand in the JOSE header:
 * member, host, method, path and an end in milliseconds; what is signed besides is the body, byte for byte (RFC 7515 with
 * detached content, appendix F). In the sandbox a member may also use Basic.
 */
export function createAuthorizer(settings: TokenIoSettings, now: () => Date): (request: SignedRequest) => string {
  const { memberId, basicSecret, assumptions } = settings;
  if (settings.key === undefined) {
    const basic = Buffer.from(`${memberId.replaceAll(':', '-')}:${basicSecret ?? ''}`).toString('base64');
    return () => `Basic ${basic}`;
  }
  const key = readRequestKey(settings.key);
  const lifetimeMs = (assumptions?.jwsLifetimeSeconds ?? 300) * 1_000;
  return ({ method, url, body = '' }) => {
    const exp = now().getTime() + lifetimeMs;
    const header = {
      alg: key.algorithm,
      kid: key.id,
      mid: memberId,
      host: url.host,
      method,
      path: url.pathname,
      ...(assumptions?.jwsQuery === 'signed' && url.search !== '' && { query: url.search.slice(1) }),
      exp: assumptions?.jwsExpiry === 'text' ? String(exp) : exp,
    };
    const [protectedPart, payload] = [encode(JSON.stringify(header)), encode(body)];
    const signature = signed(`${protectedPart}.${payload}`, key, assumptions?.ecdsaSignature ?? 'jose');
    const middle = assumptions?.jwsForm === 'attached' ? payload : '';
    return `Bearer ${protectedPart}.${middle}.${signature.toString('base64url')}`;
  };
}

function signed(input: string, { key, algorithm }: RequestKey, ecdsa: 'jose' | 'der'): Buffer {
  const bytes = Buffer.from(input, 'ascii');
  const { hash } = keyAlgorithms[algorithm];
  // RFC 7518 section 3.4: r and s side by side, not the DER that OpenSSL writes.
  const jose = algorithm === 'ES256' && ecdsa === 'jose';
  return sign(hash, bytes, jose ? { key, dsaEncoding: 'ieee-p1363' } : key);
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

import { type KeyObject, sign as signWithCallback } from 'node:crypto';
import { promisify } from 'node:util';

/** On a thread of the pool: an RSA signature takes most of a millisecond, in which the event loop would serve nobody. */
const sign = promisify<string, Buffer, KeyObject, Buffer>(signWithCallback);

/** Algorithm words of the draft, and what they are to Node. */
export const signatureAlgorithms = { 'rsa-sha256': 'sha256', 'rsa-sha512': 'sha512' } as const;
export type SignatureAlgorithm = keyof typeof signatureAlgorithms;

/** What of a request can be signed. Names in any spelling; one without a value is not part of the request. */
export interface SignableRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A private key, parsed once, with the name by which the other side finds our public one. */
export interface HttpSigningKey {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
}

/** Method and path as if they were a header (draft, section 2.3). */
export const requestTarget = '(request-target)';

/**
 * The text that is signed (draft-cavage-http-signatures-12, section 2.3): `name: value` per name, in the order of `names`, names in
 * lower case, values without blanks around them, lines joined by LF and none at the end. Throws for a name that the request does
 * not have: a signature over less than promised is worse than none.
 */
export function signingString(names: readonly string[], request: SignableRequest): string {
  const values = valuesOf(request);
  return names
    .map((name) => {
      const value = values.get(name.toLowerCase());
      if (value === undefined) throw new Error(`the request has no header ${name} to sign`);
      return `${name.toLowerCase()}: ${value}`;
    })
    .join('\n');
}

/** Those of `names` that the request has, in their order and in lower case. */
export function presentNames(names: readonly string[], request: SignableRequest): readonly string[] {
  const values = valuesOf(request);
  return names.map((name) => name.toLowerCase()).filter((name) => values.has(name));
}

/** The value of a `Signature` header (draft-cavage-http-signatures-12, section 4.1) over `names`, which it lists. */
export async function signatureHeader(
  { key, keyId, algorithm }: HttpSigningKey,
  names: readonly string[],
  request: SignableRequest,
): Promise<string> {
  const text = Buffer.from(signingString(names, request), 'latin1');
  const signature = await sign(signatureAlgorithms[algorithm], text, key);
  return [
    `keyId=${quoted(keyId)}`,
    `algorithm=${quoted(algorithm)}`,
    `headers=${quoted(names.map((name) => name.toLowerCase()).join(' '))}`,
    `signature=${quoted(signature.toString('base64'))}`,
  ].join(',');
}

function valuesOf({ method, url, headers }: SignableRequest): ReadonlyMap<string, string> {
  const values = new Map([[requestTarget, `${method.toLowerCase()} ${url.pathname}${url.search}`]]);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) values.set(name.toLowerCase(), value.trim());
  }
  return values;
}

/** A quoted-string of RFC 9110 section 5.6.4: names of issuers hold commas, quotes and backslashes. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

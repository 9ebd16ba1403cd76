/** The parameters of a Signature header (draft-cavage-http-signatures-10, section 4.1). */
export interface SignatureHeader {
  /** As it stands between the quotation marks, and with its escapes resolved: signers differ in what they escape. */
  keyId: readonly [string, string];
  algorithm: string;
  /** Names in lower case, in the order of signing. */
  headers: readonly string[];
  signature: Buffer;
}

const PARAMETER = /\s*([A-Za-z]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y;

/**
 * Reads `keyId="...",algorithm="...",headers="...",signature="..."` with a parser for quoted strings: a distinguished name
 * may have commas, equals signs and escaped quotation marks.
 * @returns the words that say what is wrong, when something is.
 */
export function readSignatureHeader(value: string): SignatureHeader | string {
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  for (let at = 0; at < value.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const [, name, text, end] = PARAMETER.exec(value) ?? [];
    if (
      name === undefined ||
      text === undefined ||
      parameters.has(name) ||
      (end === '' && PARAMETER.lastIndex < value.length)
    ) {
      return `the Signature header is not readable at character ${at}`;
    }
    parameters.set(name, text);
  }
  const [keyId, algorithm, headers, signature] = ['keyId', 'algorithm', 'headers', 'signature'].map((name) =>
    parameters.get(name),
  );
  if (keyId === undefined || algorithm === undefined || headers === undefined || signature === undefined) {
    return 'the Signature header needs keyId, algorithm, headers and signature';
  }
  return {
    keyId: [keyId, keyId.replaceAll(/\\(.)/g, '$1')],
    algorithm: algorithm.toLowerCase(),
    headers: headers.toLowerCase().split(' '),
    signature: Buffer.from(signature, 'base64'),
  };
}

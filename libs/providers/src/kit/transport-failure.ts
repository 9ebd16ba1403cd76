/** Codes of Node, undici and our adapter, each in words that say nothing about the request. */
const descriptions: Readonly<Record<string, string>> = {
  EPRIVATE: 'its host has no public address',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'its host is not reachable',
  ENETUNREACH: 'its network is not reachable',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_TIMEOUT: 'the answer took too long',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
  UND_ERR_HEADERS_OVERFLOW: "the answer's headers are too long",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer is not as long as it says',
  UND_ERR_DESTROYED: 'the connection was being closed',
  UND_ERR_CLOSED: 'the connection was being closed',
  TIMEOUT: 'the answer took too long',
  TOO_LARGE: 'the answer is too large',
  ABORTED: 'the call was cancelled',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'our TLS certificate and our private key do not belong together',
};
/** Alerts about a certificate (RFC 8446 section 6.2), which can only be ours, and what our own TLS says of it. */
const ownCertificateFault =
  /^ERR_OSSL_X509_KEY_VALUES_MISMATCH$|_ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_[A-Z]+|UNKNOWN_CA|ACCESS_DENIED|NO_CERTIFICATE)/;

/** Whether a connection failed because the other side does not take our certificate, or we cannot use it. */
export function isOwnCertificateFault(cause: unknown): boolean {
  return ownCertificateFault.test(codeOf(cause) ?? '');
}

/** Says in words why an exchange failed. Never holds a URL, a header or anything of the upstream's own text. */
export function describeTransportFailure(cause: unknown): string {
  const code = codeOf(cause);
  if (code === null) return 'the connection failed';
  const known = Object.hasOwn(descriptions, code) ? descriptions[code] : undefined;
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  if (ownCertificateFault.test(code)) return `the institution refused our TLS certificate (${code})`;
  if (/CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(code)) return `the TLS handshake failed (${code})`;
  return `the connection failed (${code})`;
}

function codeOf(cause: unknown): string | null {
  if (typeof cause !== 'object' || cause === null) return null;
  if ('code' in cause && typeof cause.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(cause.code)) return cause.code;
  // Node reports the addresses it tried in one AggregateError.
  return 'errors' in cause && Array.isArray(cause.errors) ? codeOf(cause.errors[0]) : null;
}

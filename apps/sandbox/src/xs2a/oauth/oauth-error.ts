import type { Answer } from '../answer.js';

/** An error of RFC 6749, sections 4.1.2.1 and 5.2. */
export class OAuthError extends Error {
  constructor(
    readonly status: number,
    /** Such as `invalid_grant`. */
    readonly code: string,
    readonly description: string,
  ) {
    super(description);
  }

  answer(): Answer {
    const challenge: Record<string, string> =
      this.status === 401 ? { 'WWW-Authenticate': 'Basic realm="mockbank"' } : {};
    return {
      status: this.status,
      headers: { ...challenge, Pragma: 'no-cache' },
      body: { error: this.code, error_description: this.description },
    };
  }
}

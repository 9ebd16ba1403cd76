/** A refusal in tell.connect's words: `{ code, error }`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
  ) {
    super(text);
  }
}

export function invalidRequest(text: string): ApiError {
  return new ApiError(400, 'invalid_request', text);
}

export function invalidSignature(text: string): ApiError {
  return new ApiError(401, 'invalid_signature', `x-jws-signature: ${text}`);
}

/** Also for an account outside of the consent, so that nobody learns what exists. */
export function notFound(what: string): ApiError {
  return new ApiError(404, 'not_found', `No such ${what}`);
}

/** Which of the documented shapes a 400 has: without a code (v1), with one (v2), or with one and no `error` around it (the list of payments). */
export type ErrorDialect = 'plain' | 'coded' | 'bare';

export interface ApiErrorDetails {
  errorCode?: string;
  /** Names of the wrong fields. */
  paths?: string[];
  bankId?: string;
  /** What was not found. */
  resource?: string;
  /** True when the bank failed, not the hub; sets the header `token-external-error`. */
  external?: boolean;
}

/** Codes of the errors that have the same one everywhere. */
const CODES: Readonly<Record<number, string>> = {
  403: 'PermissionDenied',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'InternalServerError',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** A refusal, in the envelope that the API documents for its HTTP status. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: ApiErrorDetails = {},
  ) {
    super(message);
  }

  body(dialect: ErrorDialect, tokenTraceId: string): unknown {
    const { message, details, status } = this;
    if (status === 401 || (status === 400 && dialect === 'plain')) {
      const paths = details.paths?.length ? `${details.paths.join(', ')} ` : '';
      return { error: { message: `${paths}${message}`, tokenTraceId } };
    }
    const { paths, bankId, resource } = details;
    const error = {
      errorCode: details.errorCode ?? CODES[status] ?? 'Field.Invalid',
      message,
      ...(paths ? { paths } : {}),
      ...(bankId ? { bankId } : {}),
      // Required by the schemas of these errors, whatever was asked for.
      ...([404, 429, 501, 503, 504].includes(status) ? { paymentId: resource ?? message } : {}),
      tokenTraceId,
    };
    return status === 400 && dialect === 'bare' ? error : { error };
  }
}

/** A field that is wrong: `Field.Expected`, `Field.Invalid`, `Field.InvalidFormat` or `Field.NotUnique`. */
export function fieldError(errorCode: `Field.${string}`, path: string, message: string): ApiError {
  return new ApiError(400, message, { errorCode, paths: [path] });
}

export function notFound(what: string, resource: string): ApiError {
  return new ApiError(404, `No such ${what}: ${resource}`, { resource });
}

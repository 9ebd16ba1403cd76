import { type RefusalCode, refusals } from '@tributary/banking';
import type { ProviderErrorKind } from '@tributary/providers';

export type ProblemSource = 'caller' | 'platform' | 'provider' | 'institution' | 'psu';

/** What a problem code means over HTTP. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly source: ProblemSource;
  /** Whether the very same request may be sent again without harm. */
  readonly retrySafe?: boolean;
  readonly retryAfterSeconds?: number;
}

/** What the HTTP layer itself refuses, before any use case runs. */
const httpProblems = {
  body_too_large: { status: 413, title: 'The body is too large', source: 'caller' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON', source: 'caller' },
  internal_error: { status: 500, title: 'Something failed on our side', source: 'platform' },
  not_ready: {
    status: 503,
    title: 'The platform is not ready',
    source: 'platform',
    retrySafe: true,
    retryAfterSeconds: 5,
  },
} as const satisfies Record<string, ProblemKind>;

/** What an upstream's failure becomes for the app: `code` per kind. */
export const upstreamProblems = {
  unavailable: {
    code: 'institution_unavailable',
    status: 503,
    title: 'The institution cannot be reached',
    source: 'institution',
    retrySafe: true,
    retryAfterSeconds: 30,
  },
  'rate-limited': {
    code: 'institution_quota',
    status: 429,
    title: 'The institution allows no more calls now',
    source: 'institution',
    retrySafe: true,
    retryAfterSeconds: 60,
  },
  'outcome-unknown': {
    code: 'outcome_unknown',
    status: 502,
    title: 'Nobody knows yet what became of it',
    source: 'institution',
  },
  rejected: { code: 'institution_rejected', status: 422, title: 'The institution refused it', source: 'institution' },
  'psu-credentials': { code: 'psu_credentials', status: 422, title: 'The PSU must try again', source: 'psu' },
  'consent-invalid': { code: 'consent_not_usable', status: 403, title: 'The consent cannot be used', source: 'psu' },
  unauthorised: {
    code: 'provider_refused_us',
    status: 502,
    title: 'The upstream refuses our credentials',
    source: 'platform',
  },
  'not-found': {
    code: 'unknown_at_institution',
    status: 404,
    title: 'The institution does not know it',
    source: 'institution',
  },
  unsupported: { code: 'capability_unsupported', status: 422, title: 'The route cannot do this', source: 'provider' },
  malformed: {
    code: 'institution_answer_unreadable',
    status: 502,
    title: 'The answer of the institution cannot be read',
    source: 'institution',
  },
} as const satisfies Record<ProviderErrorKind, ProblemKind & { code: string }>;

type UpstreamCode = (typeof upstreamProblems)[ProviderErrorKind]['code'];
export type ProblemCode = RefusalCode | keyof typeof httpProblems | UpstreamCode;

/** Every problem that this API answers with, by code. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  ...httpProblems,
  ...byCode(),
  ...refusals,
  idempotency_in_progress: { ...refusals.idempotency_in_progress, retrySafe: true, retryAfterSeconds: 1 },
};

function byCode(): Record<UpstreamCode, ProblemKind> {
  const kinds = Object.values(upstreamProblems).map((kind): [string, ProblemKind] => [kind.code, kind]);
  return Object.fromEntries<ProblemKind>(kinds) as Record<UpstreamCode, ProblemKind>;
}

/** Member `type` of a problem: where it is explained (RFC 9457 section 3.1.1; a reference with its full path). */
export function problemType(code: ProblemCode): string {
  return `/problems#${code}`;
}

/**
 * Why the platform itself says no, as data: the HTTP status and title that an app gets, and who can change it.
 * What an upstream says no to is a `ProviderError`.
 */
export const refusals = {
  invalid_request: { status: 400, title: 'The request is not valid', source: 'caller' },
  idempotency_key_required: { status: 400, title: 'Idempotency-Key is required', source: 'caller' },
  unauthenticated: { status: 401, title: 'A valid access token is required', source: 'caller' },
  insufficient_scope: { status: 403, title: 'The access token lacks the scope', source: 'caller' },
  access_not_granted: { status: 403, title: 'The PSU did not grant this', source: 'psu' },
  second_person_required: { status: 403, title: 'Somebody else has to confirm', source: 'caller' },
  consent_not_usable: { status: 403, title: 'The consent cannot be used', source: 'psu' },
  not_found: { status: 404, title: 'Not found', source: 'caller' },
  idempotency_in_progress: { status: 409, title: 'The first request with this key is still running', source: 'caller' },
  conflict: { status: 409, title: 'Not possible in the present state', source: 'caller' },
  step_not_open: { status: 409, title: 'This is not the step that is open', source: 'caller' },
  idempotency_mismatch: { status: 422, title: 'The key was used for another request', source: 'caller' },
  rate_limited: { status: 429, title: 'Too many requests', source: 'caller' },
  capability_unsupported: { status: 422, title: 'The route cannot do this', source: 'provider' },
  redirect_uri_not_registered: { status: 422, title: 'The redirect URI is not registered', source: 'caller' },
  payment_rejected: { status: 422, title: 'The bank refused the payment', source: 'institution' },
  no_route: { status: 422, title: 'No route to the institution fits', source: 'platform' },
} as const satisfies Record<
  string,
  { status: number; title: string; source: 'caller' | 'platform' | 'provider' | 'institution' | 'psu' }
>;

export type RefusalCode = keyof typeof refusals;

export interface RefusalDetails {
  /** Fields at fault, JSON Pointers into the body or `/query/...`. */
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
  /** What the app can do about it, for example `{ type: 'authorise', href: '/v1/consents/con_.../authorisations' }`. */
  readonly nextAction?: { readonly type: string; readonly href: string };
  readonly retryAfterSeconds?: number;
}

/** The platform refuses a request. `message` is one plain sentence that says what to do next. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

/** The same words for an id that does not exist and one of another app. */
export function notFound(): Refusal {
  return new Refusal('not_found', 'No such resource belongs to this app.');
}

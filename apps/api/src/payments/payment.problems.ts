import { ApiProblems } from '../http/api-problems.js';

/** How initiating a payment, single or bulk, can fail. */
export const ApiInitiationProblems = (): ReturnType<typeof ApiProblems> =>
  ApiProblems(
    'invalid_request',
    'idempotency_key_required',
    'idempotency_in_progress',
    'idempotency_mismatch',
    'redirect_uri_not_registered',
    'consent_not_usable',
    'not_found',
    'no_route',
    'capability_unsupported',
    'payment_rejected',
    'institution_unavailable',
    'institution_quota',
  );

/** How asking the bank to cancel a payment can fail. */
export const ApiCancellationProblems = (): ReturnType<typeof ApiProblems> =>
  ApiProblems(
    'not_found',
    'conflict',
    'capability_unsupported',
    'institution_rejected',
    'institution_quota',
    'institution_answer_unreadable',
    'institution_unavailable',
    'outcome_unknown',
    'provider_refused_us',
  );

/** How opening one more SCA can fail. */
export const ApiAuthorisationProblems = (): ReturnType<typeof ApiProblems> =>
  ApiProblems(
    'invalid_request',
    'consent_not_usable',
    'not_found',
    'conflict',
    'capability_unsupported',
    'institution_rejected',
    'institution_quota',
    'institution_answer_unreadable',
    'institution_unavailable',
  );

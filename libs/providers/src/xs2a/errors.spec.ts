import type { UpstreamAnswer } from '../kit/http.js';
import { kindOf, refusal, type Service } from './errors.js';

const now = new Date('2026-03-01T22:00:00Z');

it.each<[number, string | undefined, Service, string]>([
  [400, 'FORMAT_ERROR', 'ais', 'rejected'],
  [400, 'PARAMETER_NOT_SUPPORTED', 'ais', 'unsupported'],
  [400, 'SERVICE_INVALID', 'ais', 'rejected'],
  [405, 'SERVICE_INVALID', 'ais', 'unsupported'],
  [406, 'SERVICE_INVALID', 'ais', 'unsupported'],
  [400, 'RESOURCE_UNKNOWN', 'pis', 'not-found'],
  [403, 'RESOURCE_UNKNOWN', 'pis', 'not-found'],
  [404, 'RESOURCE_UNKNOWN', 'ais', 'not-found'],
  [403, 'RESOURCE_EXPIRED', 'pis', 'rejected'],
  [403, 'RESOURCE_EXPIRED', 'ais', 'consent-invalid'],
  [400, 'CONSENT_UNKNOWN', 'ais', 'consent-invalid'],
  [403, 'CONSENT_UNKNOWN', 'ais', 'consent-invalid'],
  [401, 'CONSENT_INVALID', 'ais', 'consent-invalid'],
  [401, 'CONSENT_EXPIRED', 'ais', 'consent-invalid'],
  [401, 'TOKEN_EXPIRED', 'ais', 'consent-invalid'],
  [400, 'NO_PIIS_ACTIVATION', 'funds', 'consent-invalid'],
  [401, 'PSU_CREDENTIALS_INVALID', 'ais', 'psu-credentials'],
  [400, 'PSU_CREDENTIALS_INVALID', 'ais', 'psu-credentials'],
  [401, 'CERTIFICATE_MISSING', 'ais', 'unauthorised'],
  [401, 'CERTIFICATE_REVOKE', 'pis', 'unauthorised'],
  [401, 'SIGNATURE_INVALID', 'pis', 'unauthorised'],
  [401, 'ROLE_INVALID', 'pis', 'unauthorised'],
  [401, 'UNAUTHORIZED', 'ais', 'unauthorised'],
  [403, 'SERVICE_BLOCKED', 'ais', 'rejected'],
  [403, 'PRODUCT_INVALID', 'pis', 'unsupported'],
  [404, 'PRODUCT_UNKNOWN', 'pis', 'unsupported'],
  [400, 'PAYMENT_FAILED', 'pis', 'rejected'],
  [400, 'EXECUTION_DATE_INVALID', 'pis', 'rejected'],
  [409, 'STATUS_INVALID', 'pis', 'rejected'],
  [429, 'ACCESS_EXCEEDED', 'ais', 'rate-limited'],
  [400, 'ACCESS_EXCEEDED', 'ais', 'rate-limited'],
  // A status without a code, or whose code nobody knows.
  [400, undefined, 'ais', 'rejected'],
  [401, undefined, 'ais', 'unauthorised'],
  [403, undefined, 'ais', 'unauthorised'],
  [404, undefined, 'ais', 'not-found'],
  [405, undefined, 'ais', 'unsupported'],
  [406, undefined, 'ais', 'unsupported'],
  [415, undefined, 'ais', 'unsupported'],
  [429, undefined, 'ais', 'rate-limited'],
  [418, undefined, 'ais', 'rejected'],
  [404, 'NO_SUCH_CODE', 'ais', 'not-found'],
  [401, 'constructor', 'ais', 'unauthorised'],
  // 429 speaks for itself.
  [429, 'FORMAT_ERROR', 'ais', 'rate-limited'],
])('HTTP %s %s for %s is %s', (status, code, service, kind) => expect(kindOf(status, code, service).kind).toBe(kind));

describe('error bodies', () => {
  it.each([
    ['tppMessages', '{"tppMessages":[{"category":"ERROR","code":"CONSENT_EXPIRED"}]}', 'CONSENT_EXPIRED'],
    [
      'the first ERROR of several messages',
      '{"tppMessages":[{"category":"WARNING","code":"WARNING"},{"category":"ERROR","code":"TOKEN_INVALID"},{"category":"ERROR","code":"X"}]}',
      'TOKEN_INVALID',
    ],
    ['problem+json', '{"type":"u","title":"t","code":"CONSENT_INVALID"}', 'CONSENT_INVALID'],
    ['problem+json with more', '{"title":"t","additionalErrors":[{"code":"ROLE_INVALID"}]}', 'ROLE_INVALID'],
    ['a message without category', '{"tppMessages":[{"code":"FORMAT_ERROR"}]}', 'FORMAT_ERROR'],
    ['an empty body', '', undefined],
    ['a page', '<html>canary</html>', undefined],
    ['another shape', '{"tppMessages":"canary"}', undefined],
    ['a list', '["canary"]', undefined],
  ])('are read from %s', (_, body, code) => {
    const { error } = refusal('xs2a', answer(401, body), 'ais', now);
    expect(error.facts.upstream).toEqual({ httpStatus: 401, code });
    expect(error.message).not.toContain('canary');
  });

  it('that nobody knows are named, and never put into the message as they are', () => {
    const { error, unknownCode } = refusal('xs2a', answer(400, '{"code":"DE89 3704 0044"}'), 'ais', now);
    expect(unknownCode).toBe('DE89 3704 0044');
    expect(error.message).not.toContain('DE89');
  });

  it('tell that a consent expired', () => {
    const { error } = refusal('xs2a', answer(401, '{"tppMessages":[{"code":"CONSENT_EXPIRED"}]}'), 'ais', now);
    expect(error.facts.consentState).toBe('expired');
  });
});

it.each([
  ['120', '2026-03-01T22:02:00.000Z'],
  ['Mon, 02 Mar 2026 06:00:00 GMT', '2026-03-02T06:00:00.000Z'],
  [undefined, '2026-03-02T00:00:00.000Z'],
  ['soon', '2026-03-02T00:00:00.000Z'],
  ['Sun, 01 Mar 2026 06:00:00 GMT', '2026-03-02T00:00:00.000Z'],
])('429 with Retry-After %s lets us come back at %s', (header, at) => {
  const { error } = refusal('xs2a', answer(429, '', header === undefined ? {} : { 'retry-after': header }), 'ais', now);
  expect(error.facts.retryAfter?.toISOString()).toBe(at);
});

// Negative control: without the line on `undecided` every row of it fails.
describe('a refusal of a call that moves money', () => {
  it.each([
    [409, '{"tppMessages":[{"category":"ERROR","code":"STATUS_INVALID"}]}'],
    [400, '<html></html>'],
    [422, ''],
  ])('that does not say that nothing happened is outcome-unknown: %s %s', (status, body) => {
    expect(refusal('xs2a', answer(status, body, {}, true), 'pis', now).error.kind).toBe('outcome-unknown');
    expect(refusal('xs2a', answer(status, body, {}, false), 'pis', now).error.kind).toBe('rejected');
  });

  it.each([
    [400, '{"tppMessages":[{"category":"ERROR","code":"PAYMENT_FAILED"}]}', 'rejected'],
    [429, '', 'rate-limited'],
    [401, '', 'unauthorised'],
  ])('that was read is one: %s %s is %s', (status, body, kind) => {
    expect(refusal('xs2a', answer(status, body, {}, true), 'pis', now).error.kind).toBe(kind);
  });
});

function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  movesMoney = false,
): UpstreamAnswer {
  const url = new URL('https://bank.example/v1/x');
  const request = { operation: 'spec', traceId: 't', method: 'POST', url, headers: {}, movesMoney } as const;
  return { request, status, headers, body: Buffer.from(body) };
}

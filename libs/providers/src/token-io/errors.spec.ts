import fs from 'node:fs';
import { readError, refusal, type Service } from './errors.js';

const sample = (name: string): Buffer => fs.readFileSync(`test/fixtures/wire/token-io/${name}.json`);
const now = new Date('2026-01-01T12:00:00Z');

function judged(status: number, body: Buffer | string, service: Service = 'pis', movesMoney = false, headers = {}) {
  const request = {
    operation: 'x',
    traceId: 't',
    method: 'POST',
    url: new URL('https://a.example'),
    headers: {},
    movesMoney,
  } as const;
  return refusal({ request, status, headers, body: Buffer.from(body) }, service, now);
}

describe('errors', () => {
  it.each([
    [400, sample('error-field'), 'pis', 'rejected', 'Field.Invalid'],
    [400, sample('error-field-bare'), 'pis', 'rejected', 'Field.Expected'],
    [403, sample('error-permission'), 'ais', 'consent-invalid', 'PermissionDenied'],
    [403, sample('error-permission'), 'pis', 'unauthorised', 'PermissionDenied'],
    [401, '{"error":{"message":"no","tokenTraceId":"1"}}', 'pis', 'unauthorised', undefined],
    [404, '{"error":{"errorCode":"NOT_FOUND","paymentId":"x","message":"m"}}', 'pis', 'not-found', 'NOT_FOUND'],
    [429, '{"error":{"errorCode":"RESOURCE_EXHAUSTED","message":"m"}}', 'ais', 'rate-limited', 'RESOURCE_EXHAUSTED'],
    [501, '{"error":{"errorCode":"UNIMPLEMENTED","message":"m"}}', 'ais', 'unsupported', 'UNIMPLEMENTED'],
    [503, '<html>', 'ais', 'unavailable', undefined],
    [504, sample('error-gateway'), 'pis', 'unavailable', '504'],
    [
      400,
      '{"error":{"errorCode":"Bank.FeatureNotSupported","bankId":"b"}}',
      'pis',
      'unsupported',
      'Bank.FeatureNotSupported',
    ],
    [400, 'plain text', 'pis', 'rejected', undefined],
  ] as const)('%i is read and judged', (status, body, service, kind, code) => {
    const { error, unknownCode } = judged(status, body, service);
    expect([error.kind, error.facts.upstream?.code, unknownCode]).toEqual([kind, code, null]);
  });

  // Negative control, carried out once: without the rule for money 500 and an HTML page read as refusals.
  it.each([
    [500, '{"error":{"errorCode":"InternalServerError","message":"m"}}'],
    [504, sample('error-gateway')],
    [404, '<html>'],
    [400, ''],
    [409, '{"error":{"errorCode":"Field.NotUnique","message":"m","paths":["x"]}}'],
    [400, '{"error":{"errorCode":"Field.NotUnique","message":"m","paths":["initiation.refId"]}}'],
  ])('after a money instruction %i decides nothing', (status, body) => {
    expect(judged(status, body, 'pis', true).error.kind).toBe('outcome-unknown');
  });

  it.each([
    [400, sample('error-field'), 'rejected'],
    [401, '', 'unauthorised'],
    [403, sample('error-permission'), 'unauthorised'],
    [429, '', 'rate-limited'],
  ])('a refusal of a money instruction that can be read is one: %i', (status, body, kind) => {
    expect(judged(status, body, 'pis', true).error.kind).toBe(kind);
  });

  it('name the fields, the trace and whose fault it was, and never a value', () => {
    const { message } = judged(400, sample('error-field')).error;
    expect(message).toContain('initiation.localInstrument');
    expect(message).toContain('6e6de3f9c1e2a4b8');
    expect(message).not.toContain('must be a known rail');
    const external = { 'token-external-error': 'true', tokentraceid: 'abc' };
    expect(judged(503, '', 'pis', false, external).error.message).toContain(
      'the bank failed, not Token.io; tokenTraceId abc',
    );
  });

  it('keep an unknown code and report it', () => {
    const { error, unknownCode } = judged(400, '{"error":{"errorCode":"Brand.New","message":"m"}}');
    expect([error.kind, error.facts.upstream?.code, unknownCode]).toEqual(['rejected', 'Brand.New', 'Brand.New']);
  });

  it('read nothing out of nothing', () => {
    expect(readError({ body: Buffer.from('[]'), headers: {} })).toMatchObject({ code: undefined, paths: [] });
  });
});

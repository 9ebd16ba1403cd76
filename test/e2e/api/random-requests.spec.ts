import fc from 'fast-check';
import { requests, type WireRequest } from './arbitrary.js';
import { type Document, isForAdministrators, type Operation, readDocument } from './openapi.js';
import { type Answer, at, makeApp, type RunningApi, send, startApi, tokenFor } from './process.js';
import { makeReach, ownRows } from './tenant-rows.js';

const full = process.env['PROOF'] === 'full';
const total = full ? 10_000 : 4_000;
const inFlight = 20;
/** Answers of 500 and above that are right where no bank can be reached. */
const upstreamFailures = new Set(['institution_unavailable', 'institution_answer_unreadable', 'outcome_unknown']);
/** What leaks look like: stack traces, SQL and its errors, paths, our own modules. */
const leak =
  /\n\s+at |node_modules|\/dist\/|QueryFailed|SQLSTATE|syntax error at|\bSELECT \b|\bINSERT INTO\b|file:\/\//;

let api: RunningApi;
let document: Document;
let token: string;
let adminToken: string;
let ids: Readonly<Record<string, readonly string[]>>;
beforeAll(async () => {
  api = await startApi();
  const app = await makeApp(api, ['institutions', 'consents', 'accounts', 'payments', 'webhooks', 'bank']);
  const reach = await makeReach(api);
  // Requests may delete what they find: what all others need is not among it.
  const [spareApp, spareReach] = [await makeApp(api, ['institutions']), await makeReach(api)];
  ids = { ...(await ownRows(api, app.id, reach)), app: [spareApp.id], cnn: [spareReach.connectionId] };
  [token, adminToken] = [await tokenFor(api.url, app), await tokenFor(api.url, api.admin)];
  document = await readDocument(api.url);
});
afterAll(() => api.stop());

/** Sends it with the token that the operation needs, unless the request brings its own. */
function carryOut({ path, method, headers, body }: WireRequest, operation: Operation): Promise<Answer> {
  const asAdmin = isForAdministrators(operation) || (operation.scopes.includes('admin') && path.includes('appId='));
  const own = 'authorization' in headers;
  return send(`${api.url}${path}`, {
    method,
    headers: { ...headers },
    ...(body !== undefined && { body }),
    ...(!own && { token: asAdmin ? adminToken : token }),
  });
}

/** What is wrong with an answer; empty when nothing is. */
function faults(answer: Answer, { operationId, statuses }: Operation): readonly string[] {
  const code = at(answer.body, 'code');
  const found: [string, boolean][] = [
    [`status ${answer.status} ${String(code)}`, answer.status >= 500 && !upstreamFailures.has(String(code))],
    ['leak', leak.test(answer.text)],
    ['no request id', !answer.headers.get('x-request-id')],
    ['x-powered-by', answer.headers.has('x-powered-by')],
    [`status ${answer.status} is not documented`, answer.status < 400 && !statuses.includes(String(answer.status))],
  ];
  // A client at the token endpoint and a hub hear what their own specifications say.
  const ownForm = operationId === 'oAuthToken' ? 'error' : operationId === 'hubAnswer' ? 'timestamp' : null;
  if (answer.status >= 400 && !isHtml(answer) && (ownForm === null || at(answer.body, ownForm) === undefined)) {
    const type = answer.headers.get('content-type');
    found.push([`content type ${type}`, !type?.startsWith('application/problem+json')]);
    found.push(['not a problem', typeof code !== 'string' || at(answer.body, 'status') !== answer.status]);
  }
  return found.filter(([, wrong]) => wrong).map(([what]) => what);
}

/** Callbacks answer people's browsers. */
const isHtml = (answer: Answer): boolean => answer.headers.get('content-type')?.startsWith('text/html') ?? false;

describe('random requests out of our own document', () => {
  it(`${total} of them: no failure of ours, no leak, no hang`, async () => {
    const counts = { sent: 0, valid: 0, served: 0 };
    const reached = new Set<string>();
    const byId = new Map(document.operations.map((operation) => [operation.operationId, operation]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(requests(document, ids), { minLength: inFlight, maxLength: inFlight }),
        async (batch) => {
          const results = await Promise.all(
            batch.map(async (request) => {
              const operation = byId.get(request.operationId);
              if (!operation) throw new Error(request.operationId);
              const answer = await carryOut(request, operation);
              counts.sent += 1;
              counts.valid += request.valid ? 1 : 0;
              if (answer.status < 400 || upstreamFailures.has(String(at(answer.body, 'code')))) {
                counts.served += 1;
                reached.add(request.operationId);
              }
              const wrong = faults(answer, operation);
              return wrong.length === 0 ? [] : [{ wrong, request, answer: answer.text.slice(0, 500) }];
            }),
          );
          expect(results.flat()).toEqual([]);
        },
      ),
      { numRuns: total / inFlight, endOnFailure: true, ...seedOf() },
    );
    expect(counts.sent).toBeGreaterThanOrEqual(total);
    // Random noise alone would only ever meet the validator.
    expect(counts.valid / counts.sent).toBeGreaterThan(0.2);
    expect(counts.served / counts.sent).toBeGreaterThan(0.2);
    // Whoever adds an operation that no good request ever reaches learns it here.
    const never = [...byId.keys()].filter((operation) => !reached.has(operation));
    console.log(
      `${counts.sent} requests, ${counts.valid} of them valid, ${counts.served} served. Never served: ${never.join(', ') || 'none'}.`,
    );
    expect((await send(`${api.url}/health/ready`)).status).toBe(200);
  }, 1_800_000);

  it('judges answers as it should (control)', () => {
    const operation = document.operations.find(({ operationId }) => operationId === 'appsList');
    if (!operation) throw new Error('no appsList');
    const answer = (status: number, text: string, type: string): Answer => ({
      status,
      text,
      body: JSON.parse(text) as unknown,
      headers: new Headers({ 'content-type': type, 'x-request-id': 'x' }),
    });
    const problem = 'application/problem+json; charset=utf-8';
    expect(faults(answer(404, '{"code":"not_found","status":404}', problem), operation)).toEqual([]);
    expect(faults(answer(500, '{"code":"internal_error","status":500}', problem), operation)).not.toEqual([]);
    expect(faults(answer(400, '{"message":"bad"}', 'application/json'), operation)).not.toEqual([]);
    expect(
      faults(answer(400, '{"code":"x","status":400,"detail":"SELECT 1 FROM apps"}', problem), operation),
    ).not.toEqual([]);
    expect(faults(answer(418, '{"code":"x","status":400}', problem), operation)).not.toEqual([]);
    expect(faults(answer(207, '{}', 'application/json'), operation)).not.toEqual([]);
  });
});

/** With `npm test` the same requests each time; `npm run proof -- requests` makes new ones. */
function seedOf(): { seed?: number } {
  const given = process.env['RANDOM_REQUESTS_SEED'] ?? (full ? undefined : '20261121');
  return given === undefined ? {} : { seed: Number(given) };
}

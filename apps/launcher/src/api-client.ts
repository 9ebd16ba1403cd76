import type { AdminClient } from './admin-client.js';

/** Calls our own HTTP API, as any app does. */
export interface ApiClient {
  get(route: string): Promise<Answer>;
  post(route: string, body: unknown): Promise<Answer>;
  put(route: string, body: unknown): Promise<Answer>;
  patch(route: string, body: unknown): Promise<Answer>;
  delete(route: string): Promise<Answer>;
}

/** What the API said. */
export interface Answer {
  readonly status: number;
  /** The JSON object of the answer; empty if there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Gets an access token (OAuth 2.0 client credentials, RFC 6749 section 4.4) and calls the API with it. */
export async function connectApi(apiUrl: string, client: AdminClient, scope?: string): Promise<ApiClient> {
  const credentials = `${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`;
  const answer = await call(`${apiUrl}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }),
  });
  const token = textIn(expectStatus(answer, 'POST /oauth/token'), 'access_token');
  const headers = { authorization: `Bearer ${token}` };
  const send = (method: string, route: string, body?: unknown): Promise<Answer> =>
    call(`${apiUrl}${route}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    get: (route) => send('GET', route),
    post: (route, body) => send('POST', route, body),
    put: (route, body) => send('PUT', route, body),
    patch: (route, body) => send('PATCH', route, body),
    delete: (route) => send('DELETE', route),
  };
}

/** Posts JSON without any credentials. */
export function postJson(url: string, body: unknown): Promise<Answer> {
  return call(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** Puts JSON without any credentials. */
export function putJson(url: string, body: unknown): Promise<Answer> {
  return call(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** Gets JSON without any credentials. */
export function getJson(url: string): Promise<Answer> {
  return call(url, { method: 'GET' });
}

/** The body of a successful answer. @throws Error with the problem's own words otherwise. */
export function expectStatus({ status, body }: Answer, what: string): Answer['body'] {
  if (status >= 200 && status < 300) return body;
  const problem = [body['title'] ?? body['error'], body['detail'] ?? body['error_description']]
    .filter(Boolean)
    .join(': ');
  const fields = Array.isArray(body['errors']) ? ` ${JSON.stringify(body['errors'])}` : '';
  throw new Error(`${what} was answered with ${status}: ${problem}${fields}`);
}

/** A text field of an answer. */
export function textIn(body: Answer['body'], name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value) return value;
  throw new Error(`The API's answer has no "${name}".`);
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  const body: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  return { status: response.status, body: typeof body === 'object' && body !== null ? { ...body } : {} };
}

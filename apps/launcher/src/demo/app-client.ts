import type { Demo } from '../seed.js';

/** The address from which our PSU calls; it makes a call attended. */
const psuHeaders = { 'psu-ip-address': '192.0.2.17', 'psu-user-agent': 'Tributary demo' };

/** Spread over the headers of a call that the worker could have made: no PSU is there. */
export const unattended = { 'psu-ip-address': undefined, 'psu-user-agent': undefined };

type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** What the API answered. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

type Credentials = Pick<Demo, 'clientId' | 'clientSecret'>;

/** A fintech app, as far as the demo plays one: an access token, renewed when it has ended, and JSON over HTTP. */
export class AppClient {
  private constructor(
    private readonly apiUrl: string,
    private readonly credentials: Credentials,
    private token: string,
  ) {}

  static async connect(apiUrl: string, credentials: Credentials): Promise<AppClient> {
    return new AppClient(apiUrl, credentials, await accessToken(apiUrl, credentials));
  }

  /** A call that must succeed. @throws Error with the problem's own words */
  async call<Body>(method: string, route: string, body?: unknown, headers: RequestHeaders = {}): Promise<Body> {
    const answer = await this.ask<Body & { detail?: string; code?: string }>(method, route, body, headers);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${route}: ${answer.status} ${answer.body.code ?? ''} ${answer.body.detail ?? ''}`);
  }

  /** A call whatever its answer. */
  async ask<Body>(method: string, route: string, body?: unknown, headers: RequestHeaders = {}): Promise<Answer<Body>> {
    const answer = await this.askOnce<Body>(method, route, body, headers);
    if (answer.status !== 401) return answer;
    this.token = await accessToken(this.apiUrl, this.credentials);
    return this.askOnce(method, route, body, headers);
  }

  private async askOnce<Body>(
    method: string,
    route: string,
    body: unknown,
    headers: RequestHeaders,
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.apiUrl}${route}`, {
      method,
      headers: present({
        authorization: `Bearer ${this.token}`,
        ...psuHeaders,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }),
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text || 'null') as Body };
  }
}

/** OAuth 2.0 client credentials (RFC 6749 section 4.4). */
async function accessToken(apiUrl: string, { clientId, clientSecret }: Credentials): Promise<string> {
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const response = await fetch(`${apiUrl}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    signal: AbortSignal.timeout(30_000),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`no access token: ${response.status}`);
  return token;
}

function present(headers: RequestHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

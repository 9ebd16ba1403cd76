/** Headers that say that the PSU is there, which makes a call attended. */
export const attended = { 'PSU-IP-Address': '192.0.2.17' } as const;

type Headers_ = Readonly<Record<string, string>>;

export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** The API as one client of it sees it. Answers are given as they are: a refusal is an answer too. */
export class Api {
  private constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  /** OAuth 2.0 client credentials (RFC 6749 section 4.4). */
  static async connect(url: string, client: { clientId: string; clientSecret: string }): Promise<Api> {
    const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
    const response = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`POST /oauth/token was answered with ${response.status}`);
    return new Api(url, token);
  }

  get<T>(path: string, headers?: Headers_): Promise<Reply<T>> {
    return this.send('GET', path, undefined, headers);
  }

  post<T>(path: string, body: unknown, headers?: Headers_): Promise<Reply<T>> {
    return this.send('POST', path, body, headers);
  }

  patch<T>(path: string, body: unknown): Promise<Reply<T>> {
    return this.send('PATCH', path, body);
  }

  put<T>(path: string, body: unknown): Promise<Reply<T>> {
    return this.send('PUT', path, body);
  }

  delete<T>(path: string, headers?: Headers_): Promise<Reply<T>> {
    return this.send('DELETE', path, undefined, headers);
  }

  /** The body of a GET that has to work. */
  async read<T>(path: string, headers?: Headers_): Promise<T> {
    return expectStatus(await this.get<T>(path, headers), 200, `GET ${path}`);
  }

  private async send<T>(method: string, path: string, body?: unknown, headers: Headers_ = {}): Promise<Reply<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: parsed as T };
  }
}

/** The body of an answer that must have this status. @throws Error with what was answered instead */
export function expectStatus<T>(reply: Reply<T>, status: number, what: string): T {
  if (reply.status === status) return reply.body;
  throw new Error(`${what}: expected ${status}, was answered with ${reply.status} ${JSON.stringify(reply.body)}`);
}

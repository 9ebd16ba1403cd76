/** The controls of one simulated bank, below `__control/`. */
export class Control {
  constructor(private readonly address: string) {}

  get<Body>(route: string): Promise<Body> {
    return this.call('GET', route);
  }

  post<Body>(route: string, body: unknown): Promise<Body> {
    return this.call('POST', route, body);
  }

  put<Body>(route: string, body: unknown): Promise<Body> {
    return this.call('PUT', route, body);
  }

  delete(route: string): Promise<unknown> {
    return this.call('DELETE', route);
  }

  private async call<Body>(method: string, route: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.address}${route}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${this.address}${route}: ${response.status} ${text}`);
    return JSON.parse(text || 'null') as Body;
  }
}

import type { DemoBank } from './demo-world.js';
import { type Customer, codeOf } from './mock-bank.js';
import { walk } from './psu-browser.js';

interface HubCustomer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly accounts: readonly { readonly id: string; readonly iban: string; readonly currency: string }[];
}

/** What the demo does at the simulated Tribe hub on the PSU's side, and what the hub says that it did. */
export class TribeHub implements DemoBank {
  constructor(private readonly sandboxUrl: string) {}

  async customer(username: string): Promise<Customer> {
    const { password, code, accounts } = await this.find(username);
    return { username, password, methods: [{ id: 'code', code, decoupled: false }], accounts };
  }

  visit(url: string, until: string, customer: Customer): Promise<string> {
    const { username, password } = customer;
    return walk(url, until, { username, password, code: codeOf(customer), decision: 'confirm' });
  }

  approve(): Promise<void> {
    return Promise.reject(new Error('Tribe has no decoupled approach'));
  }

  /** What the PSU does at the bank when they have had enough of us. */
  async revokeConsents({ username }: Customer): Promise<void> {
    const own = new Set((await this.find(username)).accounts.map(({ id }) => id));
    const { consents } = await this.control<{
      consents: { accessToken: string; accountIds: string[]; usable: string }[];
    }>('GET', '/consents');
    const theirs = consents.filter(
      ({ usable, accountIds }) => usable === 'yes' && accountIds.some((id) => own.has(id)),
    );
    for (const { accessToken } of theirs) await this.control('POST', `/consents/${accessToken}`, { state: 'revoked' });
  }

  /** How often the hub was told to pay, and how many transfers its banks made. */
  async counts(): Promise<{ readonly initiations: number; readonly executed: number }> {
    return (await this.control<{ counts: { initiations: number; executed: number } }>('GET', '/ledger')).counts;
  }

  private async find(username: string): Promise<HubCustomer> {
    const { customers } = await this.control<{ customers: HubCustomer[] }>('GET', '/customers');
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`No bank behind Tribe has a customer ${username}`);
    return found;
  }

  private async control<Body>(method: string, route: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.sandboxUrl}/__control/tribe${route}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route} of Tribe: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }
}

import type { DemoBank } from './demo-world.js';
import { type Customer, codeOf } from './mock-bank.js';
import { walk } from './psu-browser.js';

interface HubCustomer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly accounts: readonly { readonly iban: string; readonly currency: string }[];
}

/** What the demo does at one bank of the simulated Token.io on the PSU's side, and what the hub says that it did. */
export class TokenHub implements DemoBank {
  constructor(
    private readonly sandboxUrl: string,
    private readonly bankId: string,
  ) {}

  async customer(username: string): Promise<Customer> {
    const { customers } = await this.control<{ customers: HubCustomer[] }>('GET', `/customers?bankId=${this.bankId}`);
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`No bank behind Token.io has a customer ${username}`);
    const { password, code, accounts } = found;
    return { username, password, methods: [{ id: 'code', code, decoupled: false }], accounts };
  }

  visit(url: string, until: string, customer: Customer): Promise<string> {
    const { username, password } = customer;
    return walk(url, until, { username, password, code: codeOf(customer), decision: 'confirm' });
  }

  approve(): Promise<void> {
    return Promise.reject(new Error('this story is at a bank with pages'));
  }

  /** How many payments there are at the hub, and how many its banks made. */
  async counts(): Promise<{ readonly payments: number; readonly executed: number }> {
    return (await this.control<{ counts: { payments: number; executed: number } }>('GET', '/ledger')).counts;
  }

  private async control<Body>(method: string, route: string): Promise<Body> {
    const response = await fetch(`${this.sandboxUrl}/__control/token-io${route}`, { method });
    if (!response.ok) throw new Error(`${method} ${route} of Token.io: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }
}

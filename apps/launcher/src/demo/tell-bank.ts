import type { DemoBank } from './demo-world.js';
import { type Customer, codeOf } from './mock-bank.js';

interface BankCustomer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly accounts: readonly { readonly id: string; readonly identification: string; readonly currency: string }[];
}

/** What the demo does at the bank behind the simulated tell.connect on the PSU's side, and what that bank says that it did. */
export class TellBank implements DemoBank {
  constructor(private readonly sandboxUrl: string) {}

  async customer(username: string): Promise<Customer> {
    const { password, code, accounts } = await this.find(username);
    const named = accounts.map(({ identification, currency }) => ({ iban: identification, currency }));
    return { username, password, methods: [{ id: 'code', code, decoupled: false }], accounts: named };
  }

  /** Login, then the page on which accounts are chosen: all of them, or the first to pay from. */
  async visit(url: string, _until: string, customer: Customer): Promise<string> {
    const { username, password } = customer;
    const visit = await post(url, new URLSearchParams({ username, password }));
    const page = await (await fetch(visit)).text();
    const ids = (await this.find(username)).accounts.map(({ id }) => id);
    const answer = new URLSearchParams({ decision: 'accept', code: codeOf(customer) });
    for (const id of page.includes('type="radio"') ? ids.slice(0, 1) : ids) answer.append('accounts', id);
    return post(visit, answer);
  }

  approve(): Promise<void> {
    return Promise.reject(new Error('tell.connect has no decoupled approach'));
  }

  /** What the PSU does at the bank when they have had enough of us. Nobody is told. */
  async revokeConsents({ username }: Customer): Promise<void> {
    const { consents } = await this.control<{ consents: { id: string; customer: string; state: string }[] }>(
      'GET',
      '/consents',
    );
    const theirs = consents.filter(({ customer, state }) => customer === username && state === 'active');
    for (const { id } of theirs) await this.control('POST', `/consents/${id}`, { state: 'revoked' });
  }

  /** How often the bank was told to pay, and what it booked. */
  async counts(): Promise<{ readonly initiations: number; readonly postings: number }> {
    return (await this.control<{ counts: { initiations: number; postings: number } }>('GET', '/ledger')).counts;
  }

  private async find(username: string): Promise<BankCustomer> {
    const { customers } = await this.control<{ customers: BankCustomer[] }>('GET', '/customers');
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`The bank behind tell.connect has no customer ${username}`);
    return found;
  }

  private async control<Body>(method: string, route: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.sandboxUrl}/__control/tell-connect${route}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${route} of tell.connect: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }
}

/** Sends a form. @returns where the page leads the browser */
async function post(url: string, body: URLSearchParams): Promise<string> {
  const response = await fetch(url, { method: 'POST', redirect: 'manual', body, signal: AbortSignal.timeout(15_000) });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`the bank's page at ${new URL(url).pathname} answered ${response.status}`);
  return new URL(location, url).href;
}

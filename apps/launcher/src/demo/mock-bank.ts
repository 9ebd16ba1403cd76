import { walk } from './psu-browser.js';

/** A customer of the simulated bank, as its control API lists them. */
export interface Customer {
  readonly username: string;
  readonly password: string;
  readonly methods: readonly { readonly id: string; readonly code: string | null; readonly decoupled: boolean }[];
  readonly accounts: readonly { readonly iban: string; readonly currency: string }[];
}

/** What the demo does at the simulated MockBank on the PSU's and on the bank's side. */
export class MockBank {
  constructor(private readonly sandboxUrl: string) {}

  async customer(username: string): Promise<Customer> {
    const { customers } = await this.control<{ customers: Customer[] }>('GET', '/customers');
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`MockBank has no customer ${username}`);
    return found;
  }

  /** The PSU's browser, from the bank's page to the way back to us. */
  visit(url: string, until: string, customer: Customer, decision: 'confirm' | 'refuse' = 'confirm'): Promise<string> {
    const { username, password } = customer;
    return walk(url, until, { username, password, code: codeOf(customer), decision });
  }

  /** What the PSU does in the bank's app. */
  async approve({ username }: Customer): Promise<void> {
    const { authorisations } = await this.control<{
      authorisations: { id: string; username: string | null; scaStatus: string }[];
    }>('GET', '/authorisations');
    const open = authorisations.findLast((one) => one.username === username && one.scaStatus !== 'finalised');
    if (!open) throw new Error(`nothing waits in the app of ${username}`);
    await this.control('POST', `/authorisations/${open.id}`, { decision: 'approve' });
  }

  /** What the PSU does at the bank when they have had enough of us. */
  async revokeConsents({ username }: Customer): Promise<void> {
    const { consents } = await this.control<{
      consents: { id: string; username: string | null; consentStatus: string }[];
    }>('GET', '/consents');
    for (const { id } of consents.filter((one) => one.username === username && one.consentStatus === 'valid')) {
      await this.control('POST', `/consents/${id}`, { status: 'revokedByPsu' });
    }
  }

  /** How many payments the bank took for this end-to-end id. */
  async initiations(endToEndId: string): Promise<number> {
    const { payments } = await this.control<{ payments: { endToEndIdentification: string | null }[] }>(
      'GET',
      '/payments',
    );
    return payments.filter((payment) => payment.endToEndIdentification === endToEndId).length;
  }

  private async control<Body>(method: string, route: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.sandboxUrl}/__control/xs2a${route}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route} of MockBank: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }
}

/** The code of the customer's first method that has one. */
export function codeOf({ methods }: Customer): string {
  return methods.find((method) => method.code !== null)?.code ?? '';
}

import { open } from './browser.js';
import type { Decision } from './mockbank.js';
import type { Psu } from './psu.js';

/** A customer of the bank behind the simulated tell.connect, with all that a PSU knows. */
export interface TellCustomer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly accounts: readonly {
    readonly id: string;
    readonly currency: string;
    readonly scheme: string;
    readonly identification: string;
  }[];
}

interface Application {
  readonly applicationId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificate: string;
  readonly aspsp: string;
  readonly sandboxUrl: string;
  readonly productionUrl: string;
}

/** What the bank saw and executed; its own evidence, kept apart from ours. */
export interface TellLedger {
  readonly counts: Readonly<Record<'initiations' | 'accepted' | 'refused' | 'postings', number>>;
  /** By operation. */
  readonly calls: Readonly<Record<string, number>>;
}

/** One instance of the simulated tell.connect: its portal, its controls, and what the bank's customers do. */
export class TellConnect {
  constructor(
    private readonly sandboxUrl: string,
    private readonly name: string,
  ) {}

  /** Tells the portal where PSUs go back to. @returns settings of a connection to the sandbox, or to production */
  async register(callbackUrl: string, to: 'sandbox' | 'production' = 'sandbox'): Promise<Record<string, unknown>> {
    const application = await this.control<Application>('GET', '/application');
    const { applicationId, clientId, clientSecret, certificate } = application;
    await this.control('PUT', `/applications/${applicationId}`, { redirectUrl: callbackUrl });
    return {
      baseUrl: to === 'sandbox' ? application.sandboxUrl : application.productionUrl,
      clientId,
      clientSecret,
      applicationId,
      certificatePem: certificate,
      aspspId: application.aspsp,
      // Without a BIC each instance is an institution of its own.
      institution: { name: 'Pockit', country: 'GB' },
    };
  }

  async customer(username: string): Promise<TellCustomer> {
    const { customers } = await this.control<{ customers: TellCustomer[] }>('GET', '/customers');
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`The bank has no customer ${username}.`);
    return found;
  }

  async psu(username: string): Promise<Psu> {
    const customer = await this.customer(username);
    const [account] = customer.accounts;
    const identification = account?.identification ?? '';
    return {
      id: username,
      iban: identification,
      account: {
        scheme: 'sortCodeAccountNumber',
        named: { sortCode: identification.slice(0, 6), accountNumber: identification.slice(6) },
        currency: account?.currency ?? '',
        asDebtor: false,
      },
      credentials: {},
      code: '',
      choose: () => '',
      browse: (url, decision) => this.browse(url, customer, decision),
      decide: () => Promise.reject(new Error('tell.connect has no decoupled approach.')),
    };
  }

  /** The PSU at the bank's pages; shares every account. @returns where the browser is sent in the end */
  async browse(url: string, customer: TellCustomer, decision: Decision): Promise<string> {
    const login = await post(url, decision === 'refuse' ? { decision: 'decline' } : credentials(customer));
    if (decision === 'refuse') return login;
    const { html } = await open(login);
    // A payment has one account, a consent any number.
    const one = /type="radio"/.test(html);
    const ids = customer.accounts.map(({ id }) => id);
    const answer = new URLSearchParams({ decision: 'accept', code: customer.code });
    for (const id of one ? ids.slice(0, 1) : ids) answer.append('accounts', id);
    return post(login, answer);
  }

  /** Ends the newest active consent of a customer from the bank's side; nobody is told. */
  async endConsent(username: string, state: 'revoked' | 'expired'): Promise<void> {
    const { consents } = await this.control<{ consents: { id: string; customer: string; state: string }[] }>(
      'GET',
      '/consents',
    );
    const newest = consents.findLast(({ customer, state: now }) => customer === username && now === 'active');
    if (!newest) throw new Error(`The bank has no consent of ${username}.`);
    await this.control('POST', `/consents/${newest.id}`, { state });
  }

  ledger(): Promise<TellLedger> {
    return this.control('GET', '/ledger');
  }

  async control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.sandboxUrl}/__control/tell-connect@${this.name}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}

const credentials = ({ username, password }: TellCustomer): Record<string, string> => ({ username, password });

/** Sends a form. @returns where the page leads the browser */
async function post(url: string, fields: URLSearchParams | Record<string, string>): Promise<string> {
  const response = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`The bank's page at ${new URL(url).pathname} answered ${response.status}.`);
  return new URL(location, url).href;
}

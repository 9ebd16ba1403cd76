import type { Decision } from './mockbank.js';
import type { Psu } from './psu.js';

/** A customer of a bank behind the simulated hub, with all that a PSU knows. */
export interface TribeCustomer {
  readonly bank: string;
  readonly username: string;
  readonly accounts: readonly { readonly id: string; readonly iban: string; readonly currency: string }[];
}

/** What the hub saw and its banks executed; its own evidence, kept apart from ours. */
export interface TribeLedger {
  readonly counts: Readonly<Record<'initiations' | 'accepted' | 'executed' | 'deliveries', number>>;
}

const client = { clientId: 'spec-tpp', clientSecret: 'spec-tpp-secret' } as const;

/** One instance of the simulated Tribe hub: its controls, and what the customers of its banks do. */
export class TribeHub {
  constructor(
    private readonly sandboxUrl: string,
    private readonly name: string,
  ) {}

  /** Where the hub is. */
  get address(): string {
    return `${this.sandboxUrl}/tribe@${this.name}`;
  }

  /**
   * Makes us known as a TPP; further ones have other client ids, and the hub has one key for all.
   * @returns settings of a connection to it
   */
  async register(callbackUrl: string, clientId: string = client.clientId): Promise<Readonly<Record<string, unknown>>> {
    await this.control('POST', '/tpps', {
      ...client,
      clientId,
      redirectUris: [callbackUrl],
      webhookUrl: callbackUrl.replace('/callbacks/', '/webhooks/'),
    });
    const seal = await this.control<{ certificate: string; privateKey: string }>('POST', '/certificates', {});
    const { hubPublicKey } = await this.control<{ hubPublicKey: string }>('GET', '/key');
    const { address } = this;
    return {
      baseUrl: `${address}/tpp/v2`,
      authorizeUrl: `${address}/oauth/authorize`,
      tokenUrl: `${address}/oauth/token`,
      ...client,
      clientId,
      certificatePem: seal.certificate,
      privateKeyPem: seal.privateKey,
      tobPublicKeyPem: hubPublicKey,
    };
  }

  async customer(username: string): Promise<TribeCustomer> {
    const { customers } = await this.control<{ customers: TribeCustomer[] }>('GET', '/customers');
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`No bank has a customer ${username}.`);
    return found;
  }

  async psu(username: string): Promise<Psu> {
    const { accounts } = await this.customer(username);
    return {
      id: username,
      iban: accounts[0]?.iban ?? '',
      credentials: {},
      code: '',
      choose: () => '',
      browse: (url, decision) => this.browse(url, username, decision),
      decide: () => Promise.reject(new Error('Tribe has no decoupled approach.')),
    };
  }

  /** The PSU at the bank's pages. @returns where the browser is sent in the end */
  async browse(url: string, username: string, decision: Decision): Promise<string> {
    const answer = await this.control<{ redirect: string }>('POST', '/psu', {
      url,
      username,
      decision: decision === 'confirm' ? 'approve' : 'reject',
    });
    return answer.redirect;
  }

  /** Ends the newest consent of a customer from the bank's side. */
  async endConsent(username: string, state: 'revoked' | 'expired'): Promise<void> {
    const own = new Set((await this.customer(username)).accounts.flatMap(({ id, iban }) => [id, iban]));
    const { consents } = await this.control<{ consents: TribeConsent[] }>('GET', '/consents');
    const newest = consents.findLast(({ ibans, accountIds }) => [...ibans, ...accountIds].some((one) => own.has(one)));
    if (!newest) throw new Error(`No bank has a consent of ${username}.`);
    await this.control('POST', `/consents/${newest.accessToken}`, { state });
  }

  settings(changes: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.control('PUT', '/settings', changes);
  }

  fault(fault: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.control('POST', '/faults', fault);
  }

  /** Removes all faults; what hangs is cut. */
  mend(): Promise<unknown> {
    return this.control('DELETE', '/faults');
  }

  advance(seconds: number): Promise<unknown> {
    return this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  /** Changes a payment from the bank's side. */
  changePayment(
    reference: string,
    change: { status?: string; show?: string | null; expireLink?: boolean },
  ): Promise<unknown> {
    return this.control('POST', `/payments/${reference}`, change);
  }

  ledger(): Promise<TribeLedger> {
    return this.control('GET', '/ledger');
  }

  async control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.sandboxUrl}/__control/tribe@${this.name}${path}`, {
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

interface TribeConsent {
  readonly accessToken: string;
  readonly ibans: readonly string[];
  readonly accountIds: readonly string[];
}

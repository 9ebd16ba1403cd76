import { follow, open, submit } from './browser.js';
import type { Decision } from './mockbank.js';

/** A person at the banks of the hub, as its controls list them. */
export interface HubCustomer {
  readonly username: string;
  readonly password: string;
  readonly code: string;
  readonly accounts?: readonly { readonly iban: string; readonly currency: string }[];
}

export interface HubMember {
  readonly memberId: string;
  readonly keyId?: string;
  readonly webhookPublicKey: string;
  /** Credentials of Basic authentication: `id:secret`. */
  readonly basic: string;
}

interface Authorisation {
  readonly id: string;
  readonly subjectId: string;
  readonly bankId: string;
  readonly state: string;
  readonly username: string | null;
}

/** A simulated Token.io of its own: what a TPP's people do at its dashboard, and what PSUs do at its banks. */
export class TokenHub {
  readonly baseUrl: string;

  constructor(
    private readonly sandboxUrl: string,
    private readonly name: string,
  ) {
    this.baseUrl = `${sandboxUrl}/token-io@${name}`;
  }

  /** A member of ours with this public key. */
  member(publicKey?: string, more: Readonly<Record<string, unknown>> = {}): Promise<HubMember> {
    return this.control('POST', '/members', {
      memberId: 'm:Trib2026utary:5zKtXEAq',
      ...(publicKey !== undefined && { publicKey }),
      ...more,
    });
  }

  async customer(username: string, bankId: string): Promise<HubCustomer> {
    const { customers } = await this.control<{ customers: HubCustomer[] }>('GET', `/customers?bankId=${bankId}`);
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`The hub has no customer ${username}.`);
    return found;
  }

  /** At the bank's pages. @returns where the bank sends the browser in the end, past Token.io's own callback */
  async browse(url: string, { username, password, code }: HubCustomer, decision: Decision): Promise<string> {
    const login = await open(url);
    let page = await follow(await submit(login, { username, password }));
    if (decision === 'refuse') {
      page = await submit(page, { decision: 'refuse' });
    } else {
      page = await follow(await submit(page, { decision: 'confirm' }));
      page = await submit(page, { code });
    }
    while (page.location !== null && page.location.startsWith(this.baseUrl)) page = await follow(page);
    if (page.location === null) throw new Error(`The bank kept the browser at ${page.url} (HTTP ${page.status}).`);
    return page.location;
  }

  /** The PSU in the bank's app: answers the newest request that waits there. */
  async decide({ username }: HubCustomer, decision: Decision): Promise<void> {
    const { authorisations } = await this.control<{ authorisations: Authorisation[] }>('GET', '/authorisations');
    const waiting = authorisations.findLast((one) => one.username === username && one.state === 'open');
    if (!waiting) throw new Error(`Nothing waits in the app of ${username}.`);
    await this.control('POST', `/authorisations/${waiting.id}`, {
      decision: decision === 'confirm' ? 'approve' : 'refuse',
    });
  }

  /** Ends the newest token of a customer. @throws Error where it has ended already */
  async endToken({ username }: Pick<HubCustomer, 'username'>, how: 'expired' | 'revoked'): Promise<void> {
    const { tokens } = await this.control<{ tokens: { id: string; tokenRequestId: string; ended: string | null }[] }>(
      'GET',
      '/tokens',
    );
    const { authorisations } = await this.control<{ authorisations: Authorisation[] }>('GET', '/authorisations');
    const own = new Set(authorisations.flatMap((one) => (one.username === username ? [one.subjectId] : [])));
    const newest = tokens.findLast((token) => own.has(token.tokenRequestId));
    if (!newest || newest.ended !== null) throw new Error(`${username} has no token that works.`);
    await this.control('POST', `/tokens/${newest.id}`, how === 'revoked' ? { revoke: true } : { expire: true });
  }

  async control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const url = `${this.sandboxUrl}/__control/token-io@${this.name}${path}`;
    const response = await fetch(url, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}

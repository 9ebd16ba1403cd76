import { follow, open, submit } from './browser.js';

/** A customer of a simulated MockBank, with all that a PSU knows. */
export interface MockBankCustomer {
  readonly username: string;
  readonly password: string;
  readonly additionalPassword: string;
  readonly methods: readonly { readonly id: string; readonly decoupled: boolean; readonly code: string }[];
  readonly accounts: readonly { readonly id: string; readonly iban: string; readonly currency: string }[];
}

/** What the bank saw and did; its own evidence, kept apart from ours. */
export interface MockBankLedger {
  readonly counts: Readonly<
    Record<'initiations' | 'accepted' | 'replayed' | 'payments' | 'executed' | 'consents' | 'hanging', number>
  >;
  /** Requests so far, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  readonly initiations: readonly { readonly outcome: string; readonly endToEndIdentification: string | null }[];
  readonly postings: readonly { readonly endToEndIdentification: string | null; readonly amount: string }[];
}

export type Decision = 'confirm' | 'refuse';

const byNumber = (...words: readonly string[]) =>
  Object.fromEntries(words.map((word, index) => [String(index + 1), word]));
/** The words of the framework for the numbers of a bank with `statuses: numbers`, as an operator enters them. */
export const numberedStatuses = {
  paymentStatuses: byNumber('RCVD', 'PATC', 'PDNG', 'ACTC', 'ACSP', 'PART', 'ACSC', 'RJCT', 'CANC'),
  consentStatuses: byNumber('received', 'rejected', 'partiallyAuthorised', 'valid', 'revokedByPsu', 'expired'),
  scaStatuses: byNumber(
    'received',
    'psuIdentified',
    'psuAuthenticated',
    'scaMethodSelected',
    'started',
    'unconfirmed',
    'finalised',
    'failed',
    'exempted',
  ),
};

const oauthClient = { clientId: 'spec-tpp', clientSecret: 'spec-tpp-secret' } as const;

/** One instance of the simulated MockBank: its controls, and what its customers do at its pages. */
export class MockBank {
  constructor(
    private readonly sandboxUrl: string,
    private readonly name: string,
  ) {}

  get baseUrl(): string {
    return `${this.sandboxUrl}/xs2a@${this.name}`;
  }

  /** Settings of a connection to this bank. */
  settings(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return {
      baseUrl: this.baseUrl,
      institution: { name: `MockBank ${this.name}`, country: 'DE' },
      scaPreference: 'redirect',
      ...more,
    };
  }

  /** Makes us known at the bank's authorisation server. @returns the setting `oauth` */
  async registerOauth(callbackUrl: string): Promise<typeof oauthClient> {
    const { clientId: id, clientSecret: secret } = oauthClient;
    await this.control('POST', '/clients', { id, secret, redirectUris: [callbackUrl] });
    return oauthClient;
  }

  async customer(username: string): Promise<MockBankCustomer> {
    const { customers } = await this.control<{ customers: MockBankCustomer[] }>('GET', '/customers');
    const found = customers.find((customer) => customer.username === username);
    if (!found) throw new Error(`The bank has no customer ${username}.`);
    return found;
  }

  ledger(): Promise<MockBankLedger> {
    return this.control('GET', '/ledger');
  }

  profile(changes: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.control('PUT', '/profile', changes);
  }

  /** Payments settle as soon as somebody looks after the SCA. */
  settleAtOnce(): Promise<unknown> {
    return this.profile({ acspAfterSeconds: 0, acscAfterSeconds: 0 });
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

  /** Ends the newest consent of a customer from the bank's side. */
  async endConsent(username: string, status: 'expired' | 'revokedByPsu'): Promise<void> {
    const { consents } = await this.control<{ consents: { id: string; username: string | null }[] }>(
      'GET',
      '/consents',
    );
    const newest = consents.findLast((consent) => consent.username === username);
    if (!newest) throw new Error(`The bank has no consent of ${username}.`);
    await this.control('POST', `/consents/${newest.id}`, { status });
  }

  /** Changes a payment from the bank's side: `reject` ends it, `show` only shows another word. */
  changePayment(reference: string, change: { reject?: string; show?: string | null }): Promise<unknown> {
    return this.control('POST', `/payments/${reference}`, change);
  }

  /**
   * The PSU at the bank's pages: log in, look, confirm with the code or refuse.
   * @returns where the bank sends the browser in the end
   */
  async browse(url: string, { username, password, methods }: MockBankCustomer, decision: Decision): Promise<string> {
    const login = await open(url);
    let page = await submit(login, { username, password });
    page = await follow(page);
    if (decision === 'refuse') {
      page = await submit(page, { decision: 'refuse' });
    } else {
      // Where the PSU may choose accounts: the first.
      const [, accounts] = /name="accounts" value="([^"]+)"/.exec(page.html) ?? [];
      page = await submit(page, { decision: 'confirm', ...(accounts !== undefined && { accounts }) });
      const method = methods.find(({ decoupled }) => !decoupled);
      if (method) page = await submit(await follow(page), { code: method.code });
    }
    if (page.location === null) throw new Error(`The bank kept the browser at ${page.url} (HTTP ${page.status}).`);
    return page.location;
  }

  /** The PSU in the bank's app: answers the newest request that waits there. */
  async decide({ username, password }: MockBankCustomer, decision: Decision): Promise<void> {
    const requests = await follow(await submit(await open(`${this.baseUrl}/ui/app`), { username, password }));
    await submit(requests, { decision: decision === 'confirm' ? 'approve' : 'reject' }, 'last');
  }

  async control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const url = `${this.sandboxUrl}/__control/xs2a@${this.name}${path}`;
    const response = await fetch(url, {
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

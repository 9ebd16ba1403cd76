import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { buildSandbox } from '../src/app.js';

export type Json = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Json;
}

export interface TestCustomer {
  id: string;
  username: string;
  password: string;
  methods: { id: string; code: string; decoupled: boolean }[];
  accounts: { id: string; iban: string; currency: string; booked: string }[];
}

export const CREDITOR_IBAN = 'DE89370400440532013000';
export const GLOBAL_CONSENT = {
  access: { allPsd2: 'allAccounts' },
  recurringIndicator: true,
  validUntil: '2099-12-31',
  frequencyPerDay: 4,
};

/** A TPP and its testers' hands: calls the sandbox in process and knows nothing of its inside. */
export class Tpp {
  private constructor(
    readonly app: FastifyInstance,
    private readonly prefix: string,
  ) {}

  static async start(bank = '', seed = 'spec'): Promise<Tpp> {
    const app = buildSandbox({ seed, plays: ['xs2a'] });
    await app.ready();
    return new Tpp(app, `/xs2a${bank === '' ? '' : `@${bank}`}`);
  }

  /** The same sandbox, another bank instance. */
  at(bank: string): Tpp {
    return new Tpp(this.app, `/xs2a@${bank}`);
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
    url: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Reply> {
    const path = url.replace(/^https?:\/\/[^/]+/, '');
    const answer = await this.app.inject({
      method,
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: parse(answer.body) };
  }

  /** A call of the API: `path` from `/v1`, or a link. */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const url = /^\/(v1|v2|oauth)\//.test(path) ? this.prefix + path : path;
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.send(
      method,
      url,
      { 'x-request-id': randomUUID(), ...type, ...headers },
      body === undefined ? undefined : JSON.stringify(body),
    );
  }

  /** A call with a body that is not JSON. */
  async raw(path: string, type: string, body: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send(
      'POST',
      this.prefix + path,
      { 'x-request-id': randomUUID(), 'content-type': type, ...headers },
      body,
    );
  }

  /** A posted form: pages and the token endpoint. */
  async form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    const url = path.startsWith('/oauth') || path.startsWith('/ui') ? this.prefix + path : path;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', url, { ...type, ...headers }, new URLSearchParams(fields).toString());
  }

  async control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const answer = await this.call(method, `/__control${this.prefix}${path}`, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    }
    return answer.json;
  }

  async customer(username: string): Promise<TestCustomer> {
    const { customers } = (await this.control('GET', '/customers')) as { customers: TestCustomer[] };
    const found = customers.find((customer) => customer.username === username);
    if (!found) {
      throw new Error(`no customer ${username}`);
    }
    return found;
  }

  async advance(seconds: number): Promise<void> {
    await this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  /** Creates a consent and starts its authorisation; answers both replies. */
  async consent(
    psu: TestCustomer,
    body: Json = GLOBAL_CONSENT,
    headers: Record<string, string> = {},
  ): Promise<{ consent: Json; start: Json }> {
    const consent = this.created(await this.call('POST', '/v1/consents', body, { 'psu-id': psu.username, ...headers }));
    return { consent, start: await this.start(psu, consent) };
  }

  /** Starts the authorisation of a consent or payment with the password. */
  async start(psu: TestCustomer, subject: Json): Promise<Json> {
    const body = { psuData: { password: psu.password } };
    return this.created(await this.call('POST', href(subject, 'startAuthorisation'), body, { 'psu-id': psu.username }));
  }

  /** Chooses the first method and sends its code. */
  async finish(psu: TestCustomer, start: Json): Promise<Reply> {
    const [method] = psu.methods;
    const link = href(start, 'scaStatus');
    await this.call('PUT', link, { authenticationMethodId: method?.id });
    return this.call('PUT', link, { scaAuthenticationData: method?.code });
  }

  /** A valid consent of an embedded customer; answers its id. */
  async validConsent(psu: TestCustomer, body: Json = GLOBAL_CONSENT): Promise<string> {
    const { consent, start } = await this.consent(psu, body);
    const end = await this.finish(psu, start);
    if (end.json['scaStatus'] !== 'finalised') {
      throw new Error(`not finalised: ${end.text}`);
    }
    return String(consent['consentId']);
  }

  /** Initiates a payment of an embedded customer and authorises it; answers its path. */
  async payment(
    psu: TestCustomer,
    amount: string,
    more: Json = {},
    product = 'sepa-credit-transfers',
  ): Promise<string> {
    const answer = await this.call(
      'POST',
      `/v1/payments/${product}`,
      { ...order(psu, amount), ...more },
      { 'psu-id': psu.username },
    );
    return this.authorise(psu, this.created(answer));
  }

  /** Authorises a new payment of an embedded customer; answers its path. */
  async authorise(psu: TestCustomer, payment: Json): Promise<string> {
    const end = await this.finish(psu, await this.start(psu, payment));
    if (end.json['scaStatus'] !== 'finalised') {
      throw new Error(`not finalised: ${end.text}`);
    }
    return href(payment, 'self').replace(/^.*?(?=\/v1\/)/, '');
  }

  created(answer: Reply): Json {
    if (answer.status !== 201) {
      throw new Error(`expected 201: ${answer.status} ${answer.text}`);
    }
    return answer.json;
  }
}

export function order(psu: TestCustomer, amount: string, currency = 'EUR'): Json {
  return {
    endToEndIdentification: `E2E-${amount}`,
    debtorAccount: { iban: psu.accounts[0]?.iban },
    instructedAmount: { currency, amount },
    creditorAccount: { iban: CREDITOR_IBAN },
    creditorName: 'Nordwind Books',
    remittanceInformationUnstructured: 'Invoice 17',
  };
}

export function href(body: Json, name: string): string {
  const links = body['_links'] as Record<string, { href: string } | undefined>;
  const link = links[name];
  if (!link) {
    throw new Error(`no link ${name}, there are ${Object.keys(links).join(', ')}`);
  }
  return link.href;
}

/** The message code of a refusal. */
export function code(answer: Reply): string | undefined {
  return (answer.json['tppMessages'] as { code: string }[] | undefined)?.[0]?.code;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

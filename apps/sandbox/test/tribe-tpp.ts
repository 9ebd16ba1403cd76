import { X509Certificate, createHash, createSign, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { buildSandbox } from '../src/app.js';
import type { Json, Reply } from './tpp.js';

export const REDIRECT_URI = 'http://localhost:8080/callback';
export const EURO_ORDER = {
  paymentScheme: 'SCT',
  creditorAccount: { iban: 'DE89370400440532013000' },
  creditorName: 'Nordwind Books',
  instructedAmount: { amount: '25.50', currency: 'EUR' },
  remittanceInformationUnstructured: 'INV-7',
};

export interface TribeCustomer {
  bank: string;
  username: string;
  password: string;
  code: string;
  accounts: { id: string; iban: string; currency: string; accountNumber: string; booked: string; available: string }[];
}

interface Seal {
  certificate: string;
  privateKey: string;
  keyId: string;
}

export interface Signing {
  seal?: Seal;
  hash?: '256' | '512';
  names?: string[];
}

let stage: Promise<{ app: FastifyInstance; seal: Seal }> | undefined;
let hubs = 0;

async function openStage(): Promise<{ app: FastifyInstance; seal: Seal }> {
  const app = buildSandbox({ seed: 'spec', plays: ['tribe'] });
  await app.ready();
  const issued = await app.inject({ method: 'POST', url: '/__control/tribe/certificates', payload: '{}' });
  return { app, seal: issued.json() };
}

/** A TPP at the simulated hub: signs by the TPP API's description, without any code of the simulator. */
export class TribeTpp {
  private constructor(
    readonly app: FastifyInstance,
    readonly prefix: string,
    private readonly seal: Seal,
  ) {}

  /** A hub of its own; the sandbox and the certificate are shared by all of one spec, because keys take time. */
  static async start(): Promise<TribeTpp> {
    stage ??= openStage();
    const { app, seal } = await stage;
    hubs += 1;
    return new TribeTpp(app, `/tribe@h${hubs}`, seal);
  }

  headers(body: string, more: Record<string, string> = {}, signing: Signing = {}): Record<string, string> {
    const { hash = '256', names = ['digest', 'x-request-id', 'x-client-id'], seal = this.seal } = signing;
    const all: Record<string, string> = {
      'x-request-id': randomUUID(),
      'x-client-id': 'tributary-demo',
      digest: `SHA-${hash}=${createHash(`sha${hash}`).update(body).digest('base64')}`,
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...more,
    };
    const text = names.map((name) => `${name}: ${all[name] ?? ''}`).join('\n');
    const signature = createSign(`RSA-SHA${hash}`).update(text).sign(seal.privateKey, 'base64');
    return {
      ...all,
      signature: `keyId="${seal.keyId}",algorithm="rsa-sha${hash}",headers="${names.join(' ')}",signature="${signature}"`,
      'tpp-signature-certificate': new X509Certificate(seal.certificate).raw.toString('base64'),
    };
  }

  async issueSeal(order: Json = {}): Promise<Seal> {
    return (await this.control('POST', '/certificates', order)) as Json & Seal;
  }

  async send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, headers: Record<string, string>, body?: string) {
    const answer = await this.app.inject({
      method,
      url: url.replace(/^https?:\/\/[^/]+/, ''),
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: parse(answer.body) };
  }

  /** A signed call; `path` below `/tpp/v2`, or a link. */
  async call(
    method: 'GET' | 'POST',
    path: string,
    token?: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Reply> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const extra = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'POST' ? { 'tpp-redirect-uri': 'https://tpp.example/paid?o=9#end' } : {}),
      ...more,
    };
    const url = path.startsWith(this.prefix) ? path : `${this.prefix}/tpp/v2${path}`;
    return this.send(method, url, this.headers(text, extra), text || undefined);
  }

  async control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.send(method, `/__control${this.prefix}${path}`, {}, payload);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    }
    return answer.json;
  }

  async advance(seconds: number): Promise<void> {
    await this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  async customer(username: string): Promise<TribeCustomer> {
    const { customers } = (await this.control('GET', '/customers')) as { customers: TribeCustomer[] };
    const found = customers.find((customer) => customer.username === username);
    if (!found) {
      throw new Error(`no customer ${username}`);
    }
    return found;
  }

  authorizeUrl(bank: string, scope: string): string {
    const query = new URLSearchParams({
      bank,
      client_id: 'tributary-demo',
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope,
      state: randomUUID(),
    });
    return `http://localhost:80${this.prefix}/oauth/authorize?${query.toString()}`;
  }

  /** The PSU's part without pages; answers where the browser ends. */
  async psu(url: string, username: string, decision: 'approve' | 'reject', more: Json = {}): Promise<URL> {
    const { redirect } = await this.control('POST', '/psu', { url, username, decision, ...more });
    return new URL(String(redirect));
  }

  async redeem(code: string | null): Promise<Reply> {
    const form = {
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: REDIRECT_URI,
      client_id: 'tributary-demo',
    };
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', `${this.prefix}/oauth/token`, type, new URLSearchParams(form).toString());
  }

  /** An approved consent; answers the bearer. */
  async token(username: string, scope: string, bank = 'AMBRLT22'): Promise<string> {
    const back = await this.psu(this.authorizeUrl(bank, scope), username, 'approve');
    const answer = await this.redeem(back.searchParams.get('code'));
    if (answer.status !== 200) {
      throw new Error(`no token: ${answer.status} ${answer.text} after ${back.href}`);
    }
    return String(answer.json['access_token']);
  }

  async ledger(): Promise<{ counts: Record<string, number>; deliveries: Json[]; postings: Json[]; actions: Json[] }> {
    return (await this.control('GET', '/ledger')) as Awaited<ReturnType<TribeTpp['ledger']>>;
  }
}

export function scaLink(answer: Reply): string {
  const links = answer.json['_links'] as { scaRedirect: { href: string } };
  return links.scaRedirect.href;
}

export function refusal(answer: Reply): [number, unknown] {
  return [answer.status, answer.json['code']];
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

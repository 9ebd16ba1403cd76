import { createHmac, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { buildSandbox } from '../src/app.js';

export type Json = Record<string, unknown>;

export interface TellReply {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Json;
}

export interface DemoApplication {
  applicationId: string;
  clientId: string;
  clientSecret: string;
  certificate: string;
  aspsp: string;
}

export interface TellCustomer {
  username: string;
  password: string;
  code: string;
  accounts: { id: string; nickname: string; currency: string; identification: string; booked: string }[];
}

export interface Tokens {
  access: string;
  refresh: string;
}

/** Parts of a signature that a spec wants to be wrong. */
export interface Twist {
  header?: Json;
  payload?: string;
  key?: string;
  /** The whole header value. */
  signature?: string | undefined;
}

const encode = (text: string) => Buffer.from(text).toString('base64url');

/** A compact HS256 JWS, written down here once more so that the verifier is not judged by its own code. */
export function sign(header: Json, payload: string, key: string): string {
  const signed = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

export const ORDER = {
  amount: '12.50',
  currency: 'GBP',
  beneficiaryName: 'J Whitlock',
  beneficiaryIdentification: '20405112345678',
  schemeName: 'SortCodeAccountNumber',
  reference: 'INV-1',
};

/** A TPP at tell.connect and its testers' hands: calls the sandbox in process and knows nothing of its inside. */
export class TellTpp {
  private constructor(
    readonly app: FastifyInstance,
    readonly application: DemoApplication,
    private readonly name: string,
    private readonly version: string,
  ) {}

  static async start(name = 'tell-connect', version = 'dev'): Promise<TellTpp> {
    const app = buildSandbox({ seed: 'spec', plays: ['tell-connect'] });
    await app.ready();
    const answer = await app.inject({ method: 'GET', url: `/__control/${name}/application` });
    return new TellTpp(app, answer.json<DemoApplication>(), name, version);
  }

  /** The same instance by its other environment, or as another application. */
  as(changes: { version?: string; application?: DemoApplication }): TellTpp {
    return new TellTpp(this.app, changes.application ?? this.application, this.name, changes.version ?? this.version);
  }

  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<TellReply> {
    const path = url.replace(/^https?:\/\/[^/]+/, '');
    const answer = await this.app.inject({
      method,
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: parse(answer.body) };
  }

  /** A signed call; `credentials` is an access token, or nothing for Basic. */
  async call(
    method: 'GET' | 'POST',
    path: string,
    options: { token?: string; json?: unknown; form?: Record<string, string>; userIp?: string; twist?: Twist } = {},
  ): Promise<TellReply> {
    const { token, json, form, userIp, twist = {} } = options;
    const { clientId, clientSecret, applicationId, certificate } = this.application;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
    const iat = Math.floor((await this.now()) / 1000);
    const header = {
      alg: 'HS256',
      typ: 'JWT',
      app: applicationId,
      path: path.split('?')[0],
      iat,
      ...twist.header,
    };
    const payload = twist.payload ?? JSON.stringify(json ?? form ?? {});
    const signature = 'signature' in twist ? twist.signature : sign(header, payload, twist.key ?? certificate);
    const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    return this.send(
      method,
      `/${this.name}/${this.version}${path}`,
      {
        authorization: token === undefined ? `Basic ${basic}` : `Bearer ${token}`,
        ...(signature === undefined ? {} : { 'x-jws-signature': signature }),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(userIp === undefined ? {} : { 'x-user-ip': userIp }),
      },
      body,
    );
  }

  async control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<TellReply> {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.send(
      method,
      `/__control/${this.name}${path}`,
      headers,
      body === undefined ? undefined : JSON.stringify(body),
    );
  }

  async form(url: string, fields: Record<string, string>): Promise<TellReply> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', url, headers, new URLSearchParams(fields).toString());
  }

  async intent(scope: 'aisp' | 'pisp', automatic: boolean, uuid: string = randomUUID()): Promise<TellReply> {
    return this.call('POST', '/auth', {
      json: { aspsp: this.application.aspsp, uuid, scope, sandbox_sca: automatic },
    });
  }

  /** By `sandbox_sca`: the code on the way back. */
  async code(scope: 'aisp' | 'pisp' = 'aisp'): Promise<string> {
    const { json } = await this.intent(scope, true);
    const back = await this.send('GET', String(json['location']));
    return new URL(String(back.headers['location'])).searchParams.get('authorisation_code') ?? '';
  }

  async exchange(code: string): Promise<TellReply> {
    return this.call('POST', '/access-token', { form: { grant_type: 'authorization_code', code } });
  }

  async refresh(token: string): Promise<TellReply> {
    return this.call('POST', '/access-token', { form: { grant_type: 'refresh_token', refresh_token: token } });
  }

  async tokens(scope: 'aisp' | 'pisp' = 'aisp'): Promise<Tokens> {
    return tokensOf(await this.exchange(await this.code(scope)));
  }

  async customers(): Promise<TellCustomer[]> {
    return (await this.control('GET', '/customers')).json['customers'] as TellCustomer[];
  }

  async customer(username: string): Promise<TellCustomer> {
    const found = (await this.customers()).find((customer) => customer.username === username);
    if (!found) throw new Error(`no customer ${username}`);
    return found;
  }

  async wait(seconds: number): Promise<void> {
    await this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  private async now(): Promise<number> {
    return Date.parse(String((await this.control('GET', '/clock')).json['now']));
  }
}

export function tokensOf(answer: TellReply): Tokens {
  return { access: String(answer.json['access_token']), refresh: String(answer.json['refresh_token']) };
}

/** What an error says, as `[status, code]`. */
export function said(answer: TellReply): [number, unknown] {
  return [answer.status, answer.json['code']];
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { buildSandbox } from '../src/app.js';

export type Json = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Json;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type KeyName = 'ED25519' | 'ECDSA_SHA256' | 'RS256';

/** What a test changes in a bearer token before or after it is signed. */
export interface Tampering {
  header?: Json;
  /** The body that is signed, when it is another one than is sent. */
  signedBody?: string;
  attached?: boolean;
  signWith?: { privateKey: KeyObject; algorithm: KeyName };
  /** Changes the finished token. */
  after?: (token: string) => string;
}

const ALG = { ED25519: 'EdDSA', ECDSA_SHA256: 'ES256', RS256: 'RS256' } as const;
const HOST = 'localhost:80';

export function newKeys(algorithm: KeyName): { publicKey: string; privateKey: KeyObject } {
  const { publicKey, privateKey } =
    algorithm === 'ED25519'
      ? generateKeyPairSync('ed25519')
      : algorithm === 'ECDSA_SHA256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey };
}

export function signature(algorithm: KeyName, privateKey: KeyObject, input: string): string {
  const bytes = Buffer.from(input);
  const raw =
    algorithm === 'ED25519'
      ? sign(null, bytes, privateKey)
      : sign(
          'sha256',
          bytes,
          algorithm === 'ECDSA_SHA256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' } : privateKey,
        );
  return raw.toString('base64url');
}

/** A TPP with an enrolled key and its testers' hands: calls the sandbox in process and knows nothing of its inside. */
export class TokenMember {
  private constructor(
    readonly app: FastifyInstance,
    readonly hub: string,
    readonly memberId: string,
    readonly keyId: string,
    readonly algorithm: KeyName,
    readonly privateKey: KeyObject,
    readonly basic: string,
    readonly webhookPublicKey: string,
  ) {}

  static async start(hub = '', settings: Json = {}, algorithm: KeyName = 'ED25519'): Promise<TokenMember> {
    const app = buildSandbox({ seed: 'spec', plays: ['token-io'] });
    await app.ready();
    return TokenMember.enrol(app, hub, settings, algorithm);
  }

  static async enrol(app: FastifyInstance, hub: string, settings: Json, algorithm: KeyName): Promise<TokenMember> {
    const { publicKey, privateKey } = newKeys(algorithm);
    const prefix = hub === '' ? 'token-io' : `token-io@${hub}`;
    const answer = await app.inject({
      method: 'POST',
      url: `/__control/${prefix}/members`,
      payload: { publicKey, keyAlgorithm: algorithm, ...settings },
    });
    const made = answer.json<{ memberId: string; keyId: string; basic: string; webhookPublicKey: string }>();
    const { memberId, keyId, basic, webhookPublicKey } = made;
    return new TokenMember(app, prefix, memberId, keyId, algorithm, privateKey, basic, webhookPublicKey);
  }

  /** Another member at the same hub. */
  async another(settings: Json = {}): Promise<TokenMember> {
    return TokenMember.enrol(this.app, this.hub.split('@')[1] ?? '', settings, 'ED25519');
  }

  bearer(method: Method, path: string, body: string, tampering: Tampering = {}): string {
    const { algorithm, privateKey } = tampering.signWith ?? this;
    const header = {
      alg: ALG[algorithm],
      kid: this.keyId,
      mid: this.memberId,
      host: HOST,
      method,
      path: path.split('?')[0],
      exp: Date.now() + 300_000,
      ...tampering.header,
    };
    const head = Buffer.from(JSON.stringify(header)).toString('base64url');
    const payload = Buffer.from(tampering.signedBody ?? body).toString('base64url');
    const signed = signature(algorithm, privateKey, `${head}.${payload}`);
    const token = `${head}.${tampering.attached === true ? payload : ''}.${signed}`;
    return `Bearer ${tampering.after ? tampering.after(token) : token}`;
  }

  /** A signed call; `path` without the prefix. */
  async call(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    tampering: Tampering = {},
  ): Promise<Reply> {
    const url = `/${this.hub}${path}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const authorization = this.bearer(method, url, text, tampering);
    return this.send(method, url, { authorization, host: HOST, ...headers }, body === undefined ? undefined : text);
  }

  async send(method: Method, url: string, headers: Record<string, string>, text?: string): Promise<Reply> {
    const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await this.app.inject({
      method,
      url: url.replace(/^https?:\/\/[^/]+/, ''),
      headers: { ...type, ...headers },
      ...(text === undefined ? {} : { payload: text }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: parse(answer.body) };
  }

  /** A call of the controls. */
  async control(method: Method, path: string, body?: unknown): Promise<Json> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const reply = await this.send(method, `/__control/${this.hub}${path}`, {}, text);
    if (reply.status >= 400) {
      throw new Error(`${method} ${path}: ${reply.text}`);
    }
    return reply.json;
  }

  async advance(seconds: number): Promise<void> {
    await this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  /** A browser: posts a form (or gets a page), @returns the address where it is sent, or the page. */
  async browse(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ status: number; location: string; text: string }> {
    const answer = await this.app.inject({
      method: form ? 'POST' : 'GET',
      url: url.replace(/^https?:\/\/localhost(:\d+)?/, ''),
      headers: form ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
      ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
    });
    return { status: answer.statusCode, location: answer.headers['location'] ?? '', text: answer.body };
  }

  async customer(username: string): Promise<{ username: string; password: string; code: string }> {
    const { customers } = await this.control('GET', '/customers');
    const found = (customers as { username: string; password: string; code: string }[]).find(
      (one) => one.username === username,
    );
    if (!found) {
      throw new Error(`no customer ${username}`);
    }
    return found;
  }

  /** Walks through the bank's page, @returns the address outside the hub where the browser ends. */
  async authorise(link: string, username = 'anna.payer', decision: 'confirm' | 'refuse' = 'confirm'): Promise<string> {
    const { password, code } = await this.customer(username);
    await this.browse(link, { username, password });
    let next = (await this.browse(link, { decision })).location;
    if (decision === 'confirm') {
      next = (await this.browse(link, { code })).location;
    }
    return next.includes('/callback?') && next.includes(`/${this.hub}/`) ? (await this.browse(next)).location : next;
  }
}

/** The key id of an Ed25519 key in PEM: what a TPP computes for itself. */
export function keyIdOf(pem: string): string {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  return createHash('sha256').update(der.subarray(12)).digest('base64url').slice(0, 16);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** A v2 payment that the mock bank takes; parts of the initiation may be replaced. */
export function paymentBody(initiation: Json = {}): Json {
  return {
    initiation: {
      bankId: 'mock-redirect',
      refId: '9htio4a1sp2akdr1aa',
      remittanceInformationPrimary: 'Order 4711',
      amount: { value: '12.34', currency: 'EUR' },
      localInstrument: 'SEPA',
      creditor: { name: 'Customer Inc.', iban: 'GB29NWBK60161331926819' },
      callbackUrl: 'https://tpp.example/callback',
      callbackState: '6242e45e-3063-4c42-8376',
      flowType: 'API_ONLY',
      ...initiation,
    },
    pispConsentAccepted: true,
  };
}

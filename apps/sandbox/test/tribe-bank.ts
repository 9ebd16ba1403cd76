import { createSign, createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, Reply } from './tpp.js';
import type { TribeTpp } from './tribe-tpp.js';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  json: Json;
  /** Is X-Signature good for the bytes, by OpenSSL's rules? */
  signed: boolean;
}

const PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });
const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A server that takes what the hub sends, to a bank or to a TPP; `replies` by path, else 200 with `{}`. */
export class Listener {
  readonly received: Received[] = [];
  readonly replies = new Map<string, (call: Received) => { status: number; body: unknown } | 'cut'>();
  hubPublicKey = '';

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Listener> {
    const server = createServer();
    const listener = new Listener(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const call = listener.note(request.url ?? '', request.headers, bytes);
        const reply = listener.replies.get(call.path)?.(call) ?? { status: 200, body: {} };
        if (reply === 'cut') {
          request.socket.destroy();
          return;
        }
        response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  last(): Received {
    const call = this.received.at(-1);
    if (!call) {
      throw new Error('nothing came');
    }
    return call;
  }

  private note(path: string, headers: IncomingHttpHeaders, bytes: Buffer): Received {
    const text = bytes.toString('utf8');
    const signature = String(headers['x-signature'] ?? '');
    const signed =
      this.hubPublicKey !== '' &&
      createVerify('RSA-SHA256').update(bytes).verify(this.hubPublicKey, Buffer.from(signature, 'base64'));
    const call = { path, headers, text, json: text === '' ? {} : (JSON.parse(text) as Json), signed };
    this.received.push(call);
    return call;
  }
}

export interface ActionChange {
  apiKey?: string | null;
  requestId?: string | null;
  signature?: string | null;
  /** Sent instead of what was signed. */
  sent?: string;
  stranger?: boolean;
}

/** A bank that is registered at the hub: signs Actions by the seed's rule, without any code of the simulator. */
export class TribeBank {
  readonly authorizeUrl = 'https://bank.example/obb/authorize';

  private constructor(
    private readonly tpp: TribeTpp,
    readonly webhooks: Listener,
  ) {}

  static async register(tpp: TribeTpp, more: Json = {}): Promise<TribeBank> {
    const webhooks = await Listener.open();
    const bank = new TribeBank(tpp, webhooks);
    const { hubPublicKey } = await tpp.control('POST', '/banks', {
      identifier: 'MINEGB22',
      name: 'Mine',
      country: 'GB',
      apiKey: 'a#p#i#k#e#y',
      authorizeUrl: bank.authorizeUrl,
      webhookBaseUrl: `${webhooks.url}/hooks`,
      publicKey: PAIR.publicKey.export({ type: 'spki', format: 'pem' }),
      ...more,
    });
    webhooks.hubPublicKey = String(hubPublicKey);
    return bank;
  }

  signatureOf(text: string): string {
    return createSign('RSA-SHA256').update(text).sign(PAIR.privateKey, 'base64');
  }

  /** Sends an Action; a text body goes as it is. */
  async act(name: string, body: unknown, change: ActionChange = {}): Promise<Reply> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { privateKey } = change.stranger === true ? STRANGER : PAIR;
    const signature = createSign('RSA-SHA256').update(text).sign(privateKey, 'base64');
    const header = (value: string | null | undefined, usual: string) => (value === undefined ? usual : value);
    const headers = Object.entries({
      'x-api-key': header(change.apiKey, 'a#p#i#k#e#y'),
      'x-request-id': header(change.requestId, randomUUID()),
      'x-signature': header(change.signature, signature),
    }).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
    const all = Object.fromEntries(headers) as Record<string, string>;
    return this.tpp.send('POST', `${this.tpp.prefix}/bank/v2/${name}`, all, change.sent ?? text);
  }

  /** The address on which a PSU arrives. */
  async arrival(scope: string): Promise<string> {
    const answer = await this.tpp.send('GET', this.tpp.authorizeUrl('MINEGB22', scope), {});
    return String(answer.headers['location']);
  }

  /** An approved consent; the bank's token and the TPP's bearer. */
  async consent(
    scope: string,
    accounts: Json = { accountIds: ['a-1'] },
  ): Promise<{ accessToken: string; bearer: string }> {
    const requestUrl = await this.arrival(scope);
    const described = await this.act('init_authorization', { requestUrl });
    const saved = await this.act('consent', { requestUrl, scopes: described.json['scopes'], ...accounts });
    const code = new URL(String(saved.json['callbackUrl'])).searchParams.get('code');
    const redeemed = await this.tpp.redeem(code);
    return { accessToken: String(saved.json['accessToken']), bearer: String(redeemed.json['access_token']) };
  }
}

import { generateKeyPairSync } from 'node:crypto';
import { Api, expectStatus } from './api.js';
import type { TribeHub } from './tribe-hub.js';
import type { World } from './world.js';

/** A webhook of the hub to our bank, right or with a mistake. */
export interface HubMessage {
  readonly name: string;
  readonly path?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly rawBody?: string;
  readonly accessToken?: string;
  readonly requestId?: string;
  readonly spoil?: string;
}

/** What our bank answered. */
export interface BankSaid {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly sent: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export const gbp = { iban: 'GB29NWBK60161331926819', sortCode: '601613', accountNumber: '31926819' } as const;
export const secondIban = 'GB82WEST12345698765432';
export const strangersIban = 'GB33BUKB20201555555555';

/** A bank of ours: an app that holds accounts, behind a connection through which the simulated hub asks. */
export class HeldBank {
  private constructor(
    readonly identifier: string,
    readonly api: Api,
    readonly appId: string,
    readonly connectionId: string,
    private readonly hub: TribeHub,
  ) {}

  /** @param webhooksAt where the hub reaches us */
  static async open(
    { stack, admin }: World,
    hub: TribeHub,
    identifier: string,
    oneTime = 'paymentsOnly',
    webhooksAt = stack.apiUrl,
  ): Promise<HeldBank> {
    const app = expectStatus(
      await admin.post<{ id: string }>('/v1/apps', {
        name: `Bank ${identifier}`,
        redirectUris: ['https://bank.example.com/'],
        scopes: ['bank', 'webhooks'],
      }),
      201,
      'POST /v1/apps',
    );
    const route = `/v1/apps/${app.id}/credentials`;
    const credentials = await admin.post<{ clientId: string; clientSecret: string }>(route, {});
    const api = await Api.connect(admin.url, expectStatus(credentials, 201, `POST ${route}`));
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const apiKey = `key-of-${identifier}`;
    const name = `Pocket Bank ${identifier}`;
    const { hubPublicKey } = await hub.control<{ hubPublicKey: string }>('GET', '/key');
    const connection = await admin.post<{ id: string }>('/v1/connections', {
      provider: 'tribe',
      name,
      environment: 'sandbox',
      bankAppId: app.id,
      settings: {
        bank: {
          baseUrl: `${hub.address}/bank/v2`,
          apiKey,
          privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
          tobPublicKeyPem: hubPublicKey,
          institution: { name, country: 'GB' },
          oneTimeTokens: oneTime,
        },
      },
    });
    const { id } = expectStatus(connection, 201, 'POST /v1/connections');
    await hub.control('POST', '/banks', {
      identifier,
      name,
      country: 'GB',
      apiKey,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
      authorizeUrl: `${publicUrl(stack.apiUrl)}/bank/tribe/${id}/authorize`,
      webhookBaseUrl: `${webhooksAt}/bank/tribe/${id}`,
      directPaymentSupport: true,
      oneTime,
    });
    return new HeldBank(identifier, api, app.id, id, hub);
  }

  /** An account of one customer with so much to spend. */
  async putAccount(
    reference: string,
    account: { psuId: string; iban: string; available?: string; sortCodeAccountNumber?: string; name?: string },
  ): Promise<void> {
    const { psuId, iban, available = '1500.00', sortCodeAccountNumber: british, name = 'Current account' } = account;
    const answer = await this.api.put(`/v1/bank/accounts/${reference}`, {
      psuId,
      identifiers: [
        { scheme: 'iban', value: iban },
        ...(british === undefined ? [] : [{ scheme: 'sortCodeAccountNumber', value: british }]),
      ],
      currency: 'GBP',
      name,
      schemes: ['FASTER_PAYMENTS', 'BACS', 'CHAPS'],
      balances: [{ type: 'interimAvailable', amount: { amount: available, currency: 'GBP' } }],
    });
    expectStatus(answer, 200, 'PUT /v1/bank/accounts');
  }

  /** Sends a webhook as the hub, or as somebody who is not. */
  ask(message: HubMessage): Promise<BankSaid> {
    return this.hub.control('POST', `/banks/${this.identifier}/webhooks`, message);
  }

  /** The bearer of a bank's consent for the hub, newest first. */
  async tokens(): Promise<readonly { readonly accessToken: string }[]> {
    const { consents } = await this.hub.control<{ consents: { accessToken: string; bank: string }[] }>(
      'GET',
      '/consents',
    );
    return consents.filter(({ bank }) => bank === this.identifier).toReversed();
  }
}

/** How browsers reach an api that listens on 127.0.0.1. */
export function publicUrl(apiUrl: string): string {
  return `http://localhost:${new URL(apiUrl).port}`;
}

/** A customer's browser at our pages: with cookies, forms and redirects, and nothing else. */
export class CustomerBrowser {
  private readonly cookies = new Map<string, string>();

  /** The page at an address, redirects followed until `until`. @returns where it ended, with its text */
  async open(url: string, until = 'https://app.example.com/'): Promise<{ url: string; status: number; html: string }> {
    return this.go(url, undefined, until);
  }

  /** Sends the form of a page. */
  async send(
    page: { url: string; html: string },
    fields: Readonly<Record<string, string | readonly string[]>>,
    until = 'https://app.example.com/',
  ): Promise<{ url: string; status: number; html: string }> {
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const form = new URLSearchParams({ csrf });
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
    return this.go(page.url.split('?', 1)[0] ?? '', form, until);
  }

  private async go(
    start: string,
    form: URLSearchParams | undefined,
    until: string,
  ): Promise<{ url: string; status: number; html: string }> {
    let url = start;
    let body = form;
    for (let hop = 0; hop < 10; hop += 1) {
      if (url.startsWith(until)) return { url, status: 0, html: '' };
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body && { body }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        this.cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, html: await response.text() };
      url = new URL(location, url).href;
      body = undefined;
    }
    throw new Error(`still under way after 10 redirects: ${url}`);
  }

  /** Logs in with the demo login and says yes or no. @returns where the browser is sent in the end */
  async decide(
    url: string,
    psuId: string,
    decision: 'approve' | 'refuse',
    accounts: readonly string[] = [],
  ): Promise<string> {
    const login = await this.open(url);
    const page = await this.send(login, { act: 'login', username: psuId, code: '123456' });
    if (page.status !== 200) throw new Error(`${psuId} is not let in: ${page.status} ${page.url}`);
    const offered = [...page.html.matchAll(/name="account" value="([^"]+)"/g)].map(([, value = '']) => value);
    const chosen = accounts.length > 0 ? accounts : offered;
    return (await this.send(page, { act: decision, account: chosen })).url;
  }
}

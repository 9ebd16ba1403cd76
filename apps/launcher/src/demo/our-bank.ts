import { generateKeyPairSync } from 'node:crypto';
import { type ApiClient, connectApi, expectStatus, getJson, postJson, textIn } from '../api-client.js';
import type { DemoBank } from './demo-world.js';
import { type Customer, codeOf } from './mock-bank.js';
import { walk } from './psu-browser.js';
import type { Page } from './wire.js';

/** The demo login of a sandbox takes any customer who has accounts, with this code. */
const demoCode = '123456';
const identifier = 'POCKGB22';
export const ourBankName = 'Pocket Bank';
const account = { iban: 'GB29NWBK60161331926819', reference: 'current-1' } as const;

interface HeldPayment {
  readonly id: string;
  readonly isoStatus: string;
  readonly confirmedAt: string | null;
}

/** A bank that an app of ours is: it holds accounts, and the simulated hub asks it. */
export class OurBank implements DemoBank {
  private constructor(private readonly api: ApiClient) {}

  /** Makes the app, the connection through which the hub asks, and one customer with an account. */
  static async open(admin: ApiClient, apiUrl: string, publicUrl: string, sandboxUrl: string): Promise<OurBank> {
    const redirectUris = ['https://bank.example.com/'];
    const made = await admin.post('/v1/apps', { name: ourBankName, redirectUris, scopes: ['bank', 'webhooks'] });
    const appId = textIn(expectStatus(made, 'POST /v1/apps'), 'id');
    const route = `/v1/apps/${appId}/credentials`;
    const credentials = expectStatus(await admin.post(route, {}), `POST ${route}`);
    const client = { clientId: textIn(credentials, 'clientId'), clientSecret: textIn(credentials, 'clientSecret') };
    await joinHub(admin, appId, apiUrl, publicUrl, sandboxUrl);
    const bank = new OurBank(await connectApi(apiUrl, client));
    await bank.putAccount();
    return bank;
  }

  customer(username: string): Promise<Customer> {
    const methods = [{ id: 'code', code: demoCode, decoupled: false }];
    return Promise.resolve({ username, password: '', methods, accounts: [{ iban: account.iban, currency: 'GBP' }] });
  }

  visit(url: string, until: string, customer: Customer): Promise<string> {
    const { username, password } = customer;
    return walk(url, until, { username, password, code: codeOf(customer), decision: 'confirm' });
  }

  approve(): Promise<void> {
    return Promise.reject(new Error('our bank has no decoupled approach'));
  }

  /** The newest payment that a TPP asked for. */
  async newest(): Promise<HeldPayment> {
    const { data } = await this.read<Page<HeldPayment>>('/v1/bank/payments?limit=500');
    const last = data.at(-1);
    if (!last) throw new Error('nobody asked our bank for a payment');
    return last;
  }

  /** Says how the execution goes. @returns the HTTP status */
  async report(id: string, status: string): Promise<number> {
    return (await this.api.post(`/v1/bank/payments/${id}/status`, { status })).status;
  }

  /** Ends the newest token that a TPP holds. */
  async revokeNewestToken(): Promise<void> {
    const { data } = await this.read<Page<{ id: string }>>('/v1/bank/tokens?limit=500');
    const route = `/v1/bank/tokens/${data.at(-1)?.id ?? ''}`;
    expectStatus(await this.api.delete(route), `DELETE ${route}`);
  }

  private async putAccount(): Promise<void> {
    const route = `/v1/bank/accounts/${account.reference}`;
    const money = { amount: '2500.00', currency: 'GBP' };
    const held = await this.api.put(route, {
      psuId: 'anna.pocket',
      identifiers: [{ scheme: 'iban', value: account.iban }],
      currency: 'GBP',
      name: 'Current account',
      schemes: ['FASTER_PAYMENTS'],
      balances: [{ type: 'interimAvailable', amount: money }],
    });
    expectStatus(held, `PUT ${route}`);
    const entry = { reference: 't1', status: 'booked', bookedOn: '2026-11-18', direction: 'debit' };
    const transactions = [{ ...entry, amount: { amount: '9.90', currency: 'GBP' }, counterparty: { name: 'Shop' } }];
    expectStatus(await this.api.post(`${route}/transactions`, { transactions }), `POST ${route}/transactions`);
  }

  /** The caller vouches for the shape: it is our own API's. */
  private async read<Body extends object>(route: string): Promise<Body> {
    return expectStatus(await this.api.get(route), `GET ${route}`) as Body;
  }
}

/** The bank and the hub learn each other's keys and addresses. */
async function joinHub(
  admin: ApiClient,
  appId: string,
  apiUrl: string,
  publicUrl: string,
  sandboxUrl: string,
): Promise<void> {
  const hub = `${sandboxUrl}/__control/tribe`;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const apiKey = 'pocket-bank-sandbox-key';
  const key = expectStatus(await getJson(`${hub}/key`), `GET ${hub}/key`);
  const connection = await admin.post('/v1/connections', {
    provider: 'tribe',
    name: `${ourBankName}, asked by Tribe`,
    environment: 'sandbox',
    bankAppId: appId,
    settings: {
      bank: {
        baseUrl: `${sandboxUrl}/tribe/bank/v2`,
        apiKey,
        privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        tobPublicKeyPem: key['hubPublicKey'],
        institution: { name: ourBankName, country: 'GB' },
      },
    },
  });
  const id = textIn(expectStatus(connection, 'POST /v1/connections'), 'id');
  const registration = {
    identifier,
    name: ourBankName,
    country: 'GB',
    apiKey,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    authorizeUrl: `${publicUrl}/bank/tribe/${id}/authorize`,
    webhookBaseUrl: `${apiUrl}/bank/tribe/${id}`,
    directPaymentSupport: true,
  };
  expectStatus(await postJson(`${hub}/banks`, registration), `POST ${hub}/banks`);
}

import { generateKeyPairSync } from 'node:crypto';
import type { AdminClient } from './admin-client.js';
import { type ApiClient, connectApi, expectStatus, getJson, postJson, textIn } from './api-client.js';
import type { Stack } from './stack.js';

/** The bank that an app of ours is: it holds accounts, and the simulated hub asks it. */
export const ourBank = {
  name: 'Pocket Bank',
  /** Its name at the hub. */
  identifier: 'POCKGB22',
  customer: 'anna.pocket',
  /** The demo login of a sandbox takes any customer who has accounts, with this code. */
  code: '123456',
  account: { iban: 'GB29NWBK60161331926819', reference: 'current-1' },
} as const;

/** What of it must be remembered: its app's secret is shown only once. */
export interface OurBankApp extends AdminClient {
  readonly appId: string;
}

type Places = Pick<Stack, 'apiUrl' | 'publicUrl' | 'sandboxUrl'>;

/** Makes the app that is the bank. */
export async function makeBankApp(admin: ApiClient): Promise<OurBankApp> {
  const redirectUris = ['https://bank.example.com/'];
  const made = await admin.post('/v1/apps', { name: ourBank.name, redirectUris, scopes: ['bank', 'webhooks'] });
  const appId = textIn(expectStatus(made, 'POST /v1/apps'), 'id');
  const route = `/v1/apps/${appId}/credentials`;
  const credentials = expectStatus(await admin.post(route, {}), `POST ${route}`);
  return { appId, clientId: textIn(credentials, 'clientId'), clientSecret: textIn(credentials, 'clientSecret') };
}

/**
 * Opens the bank: the connection through which the hub asks, with new keys, since the hub forgets when it stops; and one customer
 * with an account.
 * @param kept the connection of an earlier start
 * @returns the connection's id
 */
export async function openBank(
  admin: ApiClient,
  app: OurBankApp,
  kept: string | undefined,
  places: Places,
): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { apiUrl, publicUrl, sandboxUrl } = places;
  const hub = `${sandboxUrl}/__control/tribe`;
  const apiKey = 'pocket-bank-sandbox-key';
  const key = expectStatus(await getJson(`${hub}/key`), `GET ${hub}/key`);
  const settings = {
    bank: {
      baseUrl: `${sandboxUrl}/tribe/bank/v2`,
      apiKey,
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      tobPublicKeyPem: key['hubPublicKey'],
      institution: { name: ourBank.name, country: 'GB' },
    },
  };
  const id = (await follow(admin, kept, settings)) ?? (await connect(admin, app, settings));
  const registration = {
    identifier: ourBank.identifier,
    name: ourBank.name,
    country: 'GB',
    apiKey,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    authorizeUrl: `${publicUrl}/bank/tribe/${id}/authorize`,
    webhookBaseUrl: `${apiUrl}/bank/tribe/${id}`,
    directPaymentSupport: true,
  };
  expectStatus(await postJson(`${hub}/banks`, registration), `POST ${hub}/banks`);
  await putAccount(await connectApi(apiUrl, app));
  return id;
}

/** Where a browser gets to see the bank's consent page: a TPP of the sandbox sends it there. */
export function consentPageUrl({ sandboxUrl }: Places): string {
  return `${sandboxUrl}/tribe/ui/tpp/link?bank=${ourBank.identifier}`;
}

async function follow(admin: ApiClient, id: string | undefined, settings: object): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const route = `/v1/connections/${id}`;
  const changed = await admin.patch(route, { settings });
  return changed.status === 404 ? undefined : textIn(expectStatus(changed, `PATCH ${route}`), 'id');
}

async function connect(admin: ApiClient, { appId }: OurBankApp, settings: object): Promise<string> {
  const name = `${ourBank.name}, asked by Tribe`;
  const wanted = { provider: 'tribe', name, environment: 'sandbox', bankAppId: appId, settings };
  return textIn(expectStatus(await admin.post('/v1/connections', wanted), 'POST /v1/connections'), 'id');
}

async function putAccount(api: ApiClient): Promise<void> {
  const { iban, reference } = ourBank.account;
  const route = `/v1/bank/accounts/${reference}`;
  const held = await api.put(route, {
    psuId: ourBank.customer,
    identifiers: [{ scheme: 'iban', value: iban }],
    currency: 'GBP',
    name: 'Current account',
    schemes: ['FASTER_PAYMENTS'],
    balances: [{ type: 'interimAvailable', amount: { amount: '2500.00', currency: 'GBP' } }],
  });
  expectStatus(held, `PUT ${route}`);
  const entry = { reference: 't1', status: 'booked', bookedOn: '2026-11-18', direction: 'debit' };
  const transactions = [{ ...entry, amount: { amount: '9.90', currency: 'GBP' }, counterparty: { name: 'Shop' } }];
  expectStatus(await api.post(`${route}/transactions`, { transactions }), `POST ${route}/transactions`);
}

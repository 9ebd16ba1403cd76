import { generateKeyPairSync } from 'node:crypto';
import { type ApiClient, connectApi, expectStatus, textIn } from '../../api-client.js';
import type { ChaosPsu, Site } from './chaos-bank.js';
import type { Control } from './control.js';
import type { BankBooks, BankEntry } from './tribe-books.js';

const account = { reference: 'current-1', iban: 'LT121000011101001000', psuId: 'anna.loop' } as const;
/** The demo login of a sandbox takes any customer who has accounts, with this code. */
const demoCode = '123456';
/** How an execution goes; the last word ends it. */
const course = ['ACSP', 'ACSC'] as const;

interface HeldPayment {
  readonly id: string;
  readonly reference: string;
  readonly amount: { readonly amount: string };
  readonly confirmedAt: string | null;
  readonly final: boolean;
}

/** Where a hub finds a bank. */
export interface BankName {
  readonly identifier: string;
  readonly name: string;
}

/**
 * A bank that an app of ours is, asked by the simulated hub. The app executes what `bank.payment.requested` tells it to, once for
 * each event: one that came twice would move money twice.
 */
export class HeldBank implements BankBooks {
  private readonly executed = new Map<string, string>();
  private readonly told = new Set<string>();

  private constructor(private readonly api: ApiClient) {}

  /** Makes the app, its customer's account and the connection through which the hub asks, and makes it known there. */
  static async open(site: Site, control: Control, address: string, { identifier, name }: BankName): Promise<HeldBank> {
    const admin = await connectApi(site.apiUrl, site.admin);
    const make = async (route: string, body: unknown) => expectStatus(await admin.post(route, body), `POST ${route}`);
    const redirectUris = ['https://bank.example.com/'];
    const appId = textIn(await make('/v1/apps', { name, redirectUris, scopes: ['bank', 'webhooks'] }), 'id');
    const credentials = await make(`/v1/apps/${appId}/credentials`, {});
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const apiKey = `key-of-${identifier}`;
    const { hubPublicKey } = await control.get<{ hubPublicKey: string }>('/key');
    const connection = await make('/v1/connections', {
      provider: 'tribe',
      name: `${name}, asked by Tribe`,
      environment: 'sandbox',
      bankAppId: appId,
      settings: {
        bank: {
          baseUrl: `${address}/bank/v2`,
          apiKey,
          privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
          tobPublicKeyPem: hubPublicKey,
          institution: { name, country: 'LT' },
        },
      },
    });
    const id = textIn(connection, 'id');
    await control.post('/banks', {
      identifier,
      name,
      country: 'LT',
      apiKey,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
      authorizeUrl: `${site.publicUrl}/bank/tribe/${id}/authorize`,
      webhookBaseUrl: `${site.apiUrl}/bank/tribe/${id}`,
      directPaymentSupport: true,
    });
    const client = { clientId: textIn(credentials, 'clientId'), clientSecret: textIn(credentials, 'clientSecret') };
    const bank = new HeldBank(await connectApi(site.apiUrl, client));
    await bank.putAccount();
    return bank;
  }

  get usernames(): readonly string[] {
    return [account.psuId];
  }

  psu(): ChaosPsu {
    return { iban: account.iban, password: '', code: demoCode };
  }

  /** What the app does as long as it runs: it executes, and reports until it is told that this was heard. */
  async work(): Promise<void> {
    const events = await this.all<{ id: string; subjectId: string }>('/v1/events?type=bank.payment.requested&');
    for (const { id, subjectId } of events) this.executed.set(id, subjectId);
    for (const id of new Set(this.executed.values())) if (!this.told.has(id)) await this.report(id);
  }

  async payments(): Promise<readonly BankEntry[]> {
    return (await this.held()).map(entry);
  }

  async executions(): Promise<readonly BankEntry[]> {
    const held = new Map((await this.held()).map((payment) => [payment.id, payment]));
    return [...this.executed.values()].flatMap((id) => {
      const payment = held.get(id);
      return payment ? [entry(payment)] : [];
    });
  }

  async confirmAll(): Promise<void> {
    for (const { id, confirmedAt, final } of await this.held()) {
      if (confirmedAt === null && !final)
        await this.api.post(`/v1/bank/payments/${id}/confirm`, { psuId: account.psuId });
    }
  }

  private async report(id: string): Promise<void> {
    let heard = 0;
    // A word that was heard before its answer was lost is refused the second time: the last one decides.
    for (const status of course) heard = (await this.api.post(`/v1/bank/payments/${id}/status`, { status })).status;
    if (heard === 200) this.told.add(id);
  }

  private held(): Promise<readonly HeldPayment[]> {
    return this.all('/v1/bank/payments?');
  }

  private async all<Row>(route: string): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const at = `${route}limit=500${cursor && `&cursor=${cursor}`}`;
      const body = expectStatus(await this.api.get(at), `GET ${at}`);
      rows.push(...(body['data'] as Row[]));
      const { hasMore, nextCursor } = body['page'] as Place;
      cursor = hasMore ? nextCursor : null;
    }
    return rows;
  }

  private async putAccount(): Promise<void> {
    const { reference, iban, psuId } = account;
    const route = `/v1/bank/accounts/${reference}`;
    const held = {
      psuId,
      identifiers: [{ scheme: 'iban', value: iban }],
      currency: 'EUR',
      name: 'Current account',
      schemes: ['SEPA_CREDIT_TRANSFER'],
      balances: [{ type: 'interimAvailable', amount: { amount: '90000.00', currency: 'EUR' } }],
    };
    expectStatus(await this.api.put(route, held), `PUT ${route}`);
  }
}

interface Place {
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

const entry = ({ reference, amount }: HeldPayment): BankEntry => ({ id: reference, amount: amount.amount });

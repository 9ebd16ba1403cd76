import { type ApiClient, connectApi, expectStatus } from '../api-client.js';
import { ourBank, type OurBankApp } from '../our-bank.js';
import type { DemoBank } from './demo-world.js';
import { type Customer, codeOf } from './mock-bank.js';
import { walk } from './psu-browser.js';
import type { Page } from './wire.js';

interface HeldPayment {
  readonly id: string;
  readonly isoStatus: string;
  readonly confirmedAt: string | null;
}

/** What the demo does at the bank that an app of ours is, as its customer and as the bank. */
export class OurBank implements DemoBank {
  private constructor(private readonly api: ApiClient) {}

  static async enter(apiUrl: string, app: OurBankApp): Promise<OurBank> {
    return new OurBank(await connectApi(apiUrl, app));
  }

  customer(username: string): Promise<Customer> {
    const methods = [{ id: 'code', code: ourBank.code, decoupled: false }];
    const accounts = [{ iban: ourBank.account.iban, currency: 'GBP' }];
    return Promise.resolve({ username, password: '', methods, accounts });
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

  /** The caller vouches for the shape: it is our own API's. */
  private async read<Body extends object>(route: string): Promise<Body> {
    return expectStatus(await this.api.get(route), `GET ${route}`) as Body;
  }
}

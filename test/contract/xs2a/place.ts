import { randomUUID } from 'node:crypto';
import type { Authorisation, Consent, Payment } from '../../e2e/answers.js';
import { type Api, attended, expectStatus } from '../../e2e/api.js';
import { MockBank } from '../../e2e/mockbank.js';
import { askConsent, consentRequest, creditorIban, pay, paymentOrder } from '../../e2e/orders.js';
import { authorise, type Conversation, mockBankPsu, type Psu } from '../../e2e/psu.js';
import type { Connection, World } from '../../e2e/world.js';
import { until } from '../../e2e/until.js';
import { authoriseOrder } from '../bench.js';
import type { Way } from './ways.js';

type Members = Readonly<Record<string, unknown>>;

const optionalServices = [
  'cardAccounts',
  'confirmationOfFundsConsents',
  'ownerName',
  'signingBaskets',
  'standingOrders',
  'transactionDetails',
  'trustedBeneficiaries',
];

/** An order as our API shows it, single or bulk. */
export type Order = Payment & {
  readonly fees: { readonly amount: string } | null;
  readonly estimatedTotal: { readonly amount: string } | null;
  readonly warnings: readonly string[];
  readonly psuMessage: string | null;
  readonly cancellationAuthorisationId: string | null;
};

/** A bank with one way of SCA, and our API in front of it. */
export class Place {
  private readonly connections = new Map<string, Promise<Connection>>();

  private constructor(
    readonly world: World,
    readonly way: Way,
    readonly bank: MockBank,
    private readonly oauth: Members,
  ) {}

  static async open(world: World, way: Way, index: number): Promise<Place> {
    const bank = new MockBank(world.stack.sandboxUrl, `way-${index}`);
    await bank.profile({ acspAfterSeconds: 0, acscAfterSeconds: 0, ...way.profile });
    const client = await bank.registerOauth(world.callbackUrl('xs2a'));
    const { baseUrl } = bank;
    const endpoints = { authorizeUrl: `${baseUrl}/oauth/authorize`, tokenUrl: `${baseUrl}/oauth/token` };
    return new Place(world, way, bank, way.loginFirst ? { ...client, mode: 'pre-step', ...endpoints } : client);
  }

  /** The steps of an SCA of what is at the bank already. */
  get steps(): readonly string[] {
    return this.way.loginFirst ? this.way.steps.slice(1) : this.way.steps;
  }

  get app(): Api {
    return this.world.app;
  }

  /** A connection with these settings besides those of the way; the same one for the same settings. */
  connection(more: Members = {}): Promise<Connection> {
    const key = JSON.stringify(more);
    const known = this.connections.get(key);
    if (known) return known;
    const { name, settings } = this.way;
    const institution = { name: `${name} ${this.connections.size}`, country: 'DE' };
    const all = { oauth: this.oauth, optionalServices, combinedService: true, institution, ...settings, ...more };
    const made = this.world.connect('xs2a', this.bank.settings(all));
    this.connections.set(key, made);
    return made;
  }

  async psu(username: string = this.way.customer): Promise<Psu> {
    const psu = await mockBankPsu(this.bank, username);
    if (!this.way.choosesTheApp) return psu;
    return { ...psu, choose: (methods) => methods.find(({ decoupled }) => decoupled)?.id ?? '' };
  }

  /** A consent that its PSU has given, and how they did. */
  async consent(psu: Psu, more: Members = {}, settings: Members = {}): Promise<Consent & { sca: Conversation }> {
    const asked = await askConsent(this.app, consentRequest(this.world, await this.connection(settings), psu, more));
    const path = `/v1/consents/${asked.id}`;
    const sca = await this.authorise(psu, path, asked);
    return { ...(await this.app.read<Consent>(path, attended)), sca };
  }

  /** A consent that the bank has been asked for, and nobody has given. */
  async ask(psu: Psu, more: Members): Promise<Consent> {
    const asked = await askConsent(this.app, consentRequest(this.world, await this.connection(), psu, more));
    if (this.way.loginFirst) await authorise(this.app, psu, asked.authorisationId);
    return asked;
  }

  /** A payment that the bank has been told of, and nobody has authorised. */
  async order(psu: Psu, amount: string, more: Members = {}, settings: Members = {}): Promise<Order> {
    const body = paymentOrder(this.world, await this.connection(settings), psu, amount, more);
    return this.atTheBank(psu, '/v1/payments', await pay(this.app, body), more);
  }

  /** A bulk payment that the bank has been told of, and nobody has authorised. */
  async bulk(psu: Psu, amounts: readonly string[], more: Members = {}, settings: Members = {}): Promise<Order> {
    const { currency = 'EUR', ...rest } = more;
    const creditor = { name: 'Nordwind Books', account: { iban: creditorIban } };
    const cents = amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n).toString();
    const body = {
      institutionId: (await this.connection(settings)).institutionId,
      psu: { id: psu.id },
      debtor: { name: 'Anna Schmidt', account: { iban: psu.iban } },
      items: amounts.map((amount) => ({ amount: { amount, currency }, creditor })),
      controlSum: { amount: `${cents.slice(0, -2)}.${cents.slice(-2)}`, currency },
      redirectUri: this.world.redirectUri,
      ...rest,
    };
    const reply = await this.app.post<Payment>('/v1/bulk-payments', body, { 'Idempotency-Key': randomUUID() });
    return this.atTheBank(psu, '/v1/bulk-payments', expectStatus(reply, 201, 'POST /v1/bulk-payments'), more);
  }

  /** Where a login comes before the order: that login. */
  private async atTheBank(psu: Psu, list: string, made: Payment, { signInBasket }: Members): Promise<Order> {
    const path = `${list}/${made.id}`;
    if (made.reference === null) await authorise(this.app, psu, made.authorisationId ?? '');
    const { authorisationId } = await this.app.read<Order>(path);
    if (authorisationId !== null && signInBasket !== true) await this.begun(authorisationId);
    return this.app.read<Order>(path);
  }

  /** The PSU's SCA of an order or a basket. */
  async authorise(psu: Psu, path: string, made: { readonly authorisationId: string | null }): Promise<Conversation> {
    await this.begun(made.authorisationId);
    return authoriseOrder(this.app, psu, path, made);
  }

  /** An SCA that the bank could not open with what it is about is opened by asking for it. */
  private async begun(authorisationId: string | null): Promise<void> {
    const path = `/v1/authorisations/${authorisationId}`;
    const { scaStatus, nextStep } = await this.app.read<Authorisation>(path);
    if (scaStatus !== 'received' || nextStep !== null) return;
    expectStatus(await this.app.post(`${path}/steps`, {}), 200, `POST ${path}/steps`);
  }

  /** DELETE that has to work. */
  async remove<T>(path: string): Promise<T> {
    return expectStatus(await this.app.delete<T>(path), 200, `DELETE ${path}`);
  }

  /** The SCA of the next signer. @param what where it is not about what the path leads to: its cancellation */
  async sign(psu: Psu, path: string, what: { readonly subject?: 'cancellation' } = {}): Promise<Conversation> {
    const reply = await this.app.post<Authorisation>(`${path}/authorisations`, { psu: { id: psu.id }, ...what });
    const { id } = expectStatus(reply, 201, `POST ${path}/authorisations`);
    return authoriseOrder(this.app, psu, path, { authorisationId: id });
  }

  /** Cancels, with the PSU's part. */
  async cancel(psu: Psu, path: string): Promise<{ readonly asked: Order; readonly sca: Conversation | null }> {
    const reply = await this.app.post<Order>(`${path}/cancel`, {}, attended);
    const asked = expectStatus(reply, 201, `POST ${path}/cancel`);
    const { cancellationAuthorisationId: id } = asked;
    if (id === null) return { asked, sca: null };
    await this.begun(id);
    const waiting = await this.app.read<Order>(path);
    return { asked: waiting, sca: await authoriseOrder(this.app, psu, path, { authorisationId: id }) };
  }

  /** Asks the bank until it says this. @param member where the order of ranks keeps an earlier word: the bank's latest */
  async until(path: string, word: string, member: 'isoStatus' | 'upstreamStatus' = 'isoStatus'): Promise<Order> {
    return until(`${path} is ${word}`, async () => {
      const now = await this.app.read<Order>(path, attended);
      return now[member] === word && now;
    });
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { type AppClient, unattended } from '../demo/app-client.js';
import { redirectUri } from '../demo/demo-world.js';
import type { Authorisation, NextStep, Payment } from '../demo/wire.js';
import type { ChaosBank } from './banks/chaos-bank.js';
import type { Intent } from './plan.js';

/** What the app needs to know about the weather. */
export interface Weather {
  /** The storm is over and everything that could be found out has been. */
  readonly settled: boolean;
}

/** What an app was told about an intent; the payment as it last saw it. */
export interface Told {
  readonly intent: Intent;
  /** Ids of all payments that it was given for its key: one, if all is well. */
  readonly ids: readonly string[];
  /** An answer that was no payment and cannot change. */
  readonly refusal: string | null;
  /** Statuses that it saw, each different from the one before; by payment. */
  readonly seen: ReadonlyMap<string, readonly string[]>;
}

const patienceMs = 600;
/** One that waits for an outcome that nobody knows yet asks less often. */
const unknownPatienceMs = 1_500;
/** A browser's user gives up pressing "again". Some banks tell nobody else that the PSU was there. */
const browserPatienceMs = 120_000;
/** So often in a row an app hears that an outcome is unknown, where it stays so, until it turns to others. */
const unknownRounds = 6;
/** Answers after which the same request may bring another: in hand elsewhere, too many, not now, no outcome. */
const again = new Set([401, 404, 408, 409, 425, 429, 500, 502, 503, 504]);

/** A fintech app that does what its manual says, whatever happens to the connection: it asks again with the same key. */
export class ChaosApp {
  /** Requests that wait for an answer. */
  inFlight = 0;
  /** Requests that got none. */
  cut = 0;

  constructor(
    private readonly client: AppClient,
    private readonly bank: ChaosBank,
    private readonly institutionIds: readonly string[],
    private readonly weather: Weather,
    private readonly watchers: number,
  ) {}

  /** From the wish to a payment's end, or to the end of everything. */
  async pay(intent: Intent): Promise<Told> {
    const seen = new Map<string, string[]>();
    const { ids, refusal } = await this.initiate(intent);
    await Promise.all(
      ids.map(async (id) => {
        const statuses: string[] = [];
        seen.set(id, statuses);
        const watching = Array.from({ length: this.watchers }, () => this.watch(id));
        await Promise.all([this.follow(id, intent, statuses), ...watching]);
      }),
    );
    return { intent, ids, refusal, seen };
  }

  private async initiate(intent: Intent): Promise<{ ids: readonly string[]; refusal: string | null }> {
    const { iban, name } = this.bank.psu(intent);
    const body = {
      institutionId: this.institutionIds[intent.connection],
      psu: { id: intent.username },
      amount: { amount: intent.amount, currency: this.bank.currency ?? 'EUR' },
      creditor: { name: 'Blumen Weber GmbH', account: { iban: 'DE89370400440532013000' } },
      ...(iban !== null && { debtor: { ...(name !== undefined && { name }), account: { iban } } }),
      redirectUri,
      ...this.bank.order,
    };
    const ids = new Set<string>();
    const headers = { 'idempotency-key': intent.key };
    const copies = intent.twice ? 2 : 1;
    while (!this.weather.settled) {
      const answers = await Promise.all(
        Array.from({ length: copies }, () =>
          this.ask<Payment & { code?: string }>('POST', '/v1/payments', body, headers),
        ),
      );
      for (const answer of answers) if (answer && answer.status < 300) ids.add(answer.body.id);
      const lost = answers.find((answer) => answer === null || again.has(answer.status));
      if (lost === undefined) {
        const refused = answers.find((answer) => answer !== null && answer.status >= 300);
        return { ids: [...ids], refusal: refused ? `${refused.status} ${refused.body.code ?? ''}` : null };
      }
      if (ids.size > 0 && !intent.twice) break;
      await pause(patienceMs);
    }
    return { ids: [...ids], refusal: null };
  }

  /** Reads the payment again and again, and lets the PSU do what is asked of them. */
  private async follow(id: string, intent: Intent, statuses: string[]): Promise<void> {
    let unknown = 0;
    for (let round = 0; !this.weather.settled; round += 1) {
      // Now and then the PSU looks, which has the bank asked at once; else the app reads what is known.
      const headers = round % 4 === 3 ? {} : unattended;
      const answer = await this.ask<Payment & { reference: string | null }>(
        'GET',
        `/v1/payments/${id}`,
        undefined,
        headers,
      );
      if (answer?.status === 200) {
        const { status, final, nextStep, authorisationId, reference } = answer.body;
        if (statuses.at(-1) !== status) statuses.push(status);
        if (final) return;
        unknown = status === 'unknown' ? unknown + 1 : 0;
        const stays = this.bank.connections[intent.connection]?.findsOut === undefined;
        if (stays && unknown > unknownRounds) return;
        if (nextStep) await this.act(nextStep, authorisationId, reference, intent);
        else if (round % 8 === 7 && status !== 'unknown') await this.answer(authorisationId, {});
      }
      await pause(unknown > 0 ? unknownPatienceMs : patienceMs);
    }
  }

  /** Has the bank asked again and again, while others follow the same payment: answers overtake each other. */
  private async watch(id: string): Promise<void> {
    for (let unknown = 0; !this.weather.settled && unknown < unknownRounds;) {
      const answer = await this.ask<Payment>('GET', `/v1/payments/${id}`);
      if (answer?.status === 200 && answer.body.final) return;
      const waits = answer?.status === 200 && answer.body.status === 'unknown';
      if (waits) unknown += 1;
      await pause(waits ? unknownPatienceMs : patienceMs);
    }
  }

  /** What the PSU does about a step. Whatever fails is seen again when the payment is read. */
  private async act(step: NextStep, authorisationId: string, reference: string | null, intent: Intent): Promise<void> {
    const { password, code } = this.bank.psu(intent);
    switch (step.type) {
      case 'redirect':
        return this.comeBack(await this.bank.visit(step.url, intent).catch(() => null));
      case 'credentials':
        return this.answer(authorisationId, {
          credentials: Object.fromEntries(
            step.fields.map(({ name }) => [name, name === 'username' ? intent.username : password]),
          ),
        });
      case 'selectMethod': {
        const method = step.methods.find(({ decoupled }) => !decoupled) ?? step.methods[0];
        return this.answer(authorisationId, { methodId: method?.id });
      }
      case 'challenge':
        return this.answer(authorisationId, { code });
      case 'wait':
        return this.bank.decide(reference, intent).catch(() => undefined);
    }
  }

  /** The browser follows the bank's redirect, and its user presses "again" where nobody answers. */
  private async comeBack(url: string | null): Promise<void> {
    if (url === null) return;
    const patient = Date.now() + browserPatienceMs;
    while (!this.weather.settled && Date.now() < patient) {
      const status = await this.counted(() => fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) }));
      if (status !== null && status.status < 500) return;
      await pause(patienceMs);
    }
  }

  private async answer(authorisationId: string, body: unknown): Promise<void> {
    await this.ask<Authorisation>('POST', `/v1/authorisations/${authorisationId}/steps`, body);
  }

  private ask<Body>(
    method: string,
    route: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ) {
    return this.counted(() => this.client.ask<Body>(method, route, body, headers));
  }

  /** Null where the connection broke before there was an answer. */
  private async counted<Answer>(call: () => Promise<Answer>): Promise<Answer | null> {
    this.inFlight += 1;
    try {
      return await call();
    } catch {
      this.cut += 1;
      return null;
    } finally {
      this.inFlight -= 1;
    }
  }
}

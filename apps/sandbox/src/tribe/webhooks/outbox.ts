import { randomUUID, type KeyObject } from 'node:crypto';
import type { Json } from '../answer.js';
import type { Tpp } from '../parties.js';
import { signBody } from '../raw-signature.js';
import type { Settings } from '../settings.js';

const BACKOFF_SECONDS = [1, 5, 25];
const TIMEOUT_MS = 10_000;

/** One webhook to a TPP with all its tries. */
export interface Delivery {
  id: string;
  clientId: string;
  name: 'v2_payment_status' | 'v2_payment_confirmation_link_expire';
  url: string | undefined;
  requestId: string;
  body: Json;
  createdAt: Date;
  /** `held`: until it is released; `undeliverable`: the TPP gave no address. */
  state: 'held' | 'waiting' | 'delivered' | 'failed' | 'undeliverable';
  attempts: { at: Date; httpStatus?: number; error?: string }[];
}

/** What the outbox needs of its hub. */
interface OutboxHub {
  readonly settings: Settings;
  readonly key: KeyObject;
  readonly closing: AbortController;
  readonly random: { next(): number };
  now(): Date;
  after(seconds: number, run: () => void): void;
}

/**
 * Webhooks to TPPs: sent by the hub's clock, again after 1, 5 and 25 seconds when the answer is no 2xx, always with the
 * same X-Request-Id. The settings make them late, shuffled, doubled or silent, or hold them back until somebody lets them go.
 */
export class TppOutbox {
  readonly deliveries: Delivery[] = [];
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly hub: OutboxHub) {}

  add(tpp: Tpp, name: Delivery['name'], body: Json): void {
    const { webhookTiming, webhookDelaySeconds, webhookCopies } = this.hub.settings;
    if (webhookTiming === 'never') {
      return;
    }
    const requestId = randomUUID();
    for (let copy = 0; copy < webhookCopies; copy += 1) {
      const delivery: Delivery = {
        id: randomUUID(),
        clientId: tpp.clientId,
        name,
        url: tpp.webhookUrl === undefined ? undefined : `${tpp.webhookUrl.replace(/\/$/, '')}/${name}`,
        requestId,
        body,
        createdAt: this.hub.now(),
        state: tpp.webhookUrl === undefined ? 'undeliverable' : webhookTiming === 'held' ? 'held' : 'waiting',
        attempts: [],
      };
      this.deliveries.push(delivery);
      if (webhookTiming === 'held') {
        continue;
      }
      const share = { prompt: 0, late: 1, shuffled: this.hub.random.next() }[webhookTiming];
      this.schedule(delivery, share * webhookDelaySeconds);
    }
  }

  /**
   * Lets go what is held back, in another order than it came.
   * @param share of them that go now, each by chance; 1 is all.
   * @returns how many.
   */
  release(share: number): number {
    const held = this.deliveries
      .filter(({ state }) => state === 'held')
      .map((delivery) => ({ delivery, rank: this.hub.random.next() }))
      .filter(() => share === 1 || this.hub.random.next() < share)
      .toSorted((a, b) => a.rank - b.rank);
    for (const { delivery } of held) {
      delivery.state = 'waiting';
      this.schedule(delivery, 0);
    }
    return held.length;
  }

  /** Waits until nothing is on its way; what is due later stays. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) {
      // oxlint-disable-next-line no-await-in-loop -- an answer may have begun another one
      await Promise.all(this.underWay);
    }
  }

  private schedule(delivery: Delivery, seconds: number): void {
    if (delivery.url === undefined) {
      return;
    }
    if (seconds === 0) {
      this.start(delivery, delivery.url);
    } else {
      this.hub.after(seconds, () => this.schedule(delivery, 0));
    }
  }

  private start(delivery: Delivery, url: string): void {
    const way = this.attempt(delivery, url).finally(() => this.underWay.delete(way));
    this.underWay.add(way);
  }

  private async attempt(delivery: Delivery, url: string): Promise<void> {
    const { hub } = this;
    const attempt: Delivery['attempts'][number] = { at: hub.now() };
    delivery.attempts.push(attempt);
    const bytes = Buffer.from(JSON.stringify(delivery.body));
    const signed = hub.settings.tppWebhookSignature === 'signed';
    try {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'Content-Type': 'application/json',
          'X-Request-Id': delivery.requestId,
          ...(signed ? { 'X-Signature': signBody(bytes, hub.key) } : {}),
        },
        body: bytes,
        signal: AbortSignal.any([hub.closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      attempt.httpStatus = answer.status;
    } catch (error) {
      attempt.error = String(error);
    }
    const { httpStatus } = attempt;
    if (httpStatus !== undefined && httpStatus >= 200 && httpStatus < 300) {
      delivery.state = 'delivered';
    } else if (hub.closing.signal.aborted || delivery.attempts.length > hub.settings.webhookRetries) {
      delivery.state = 'failed';
    } else {
      hub.after(BACKOFF_SECONDS[delivery.attempts.length - 1] ?? 25, () => this.start(delivery, url));
    }
  }
}

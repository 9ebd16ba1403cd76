import { sign, type KeyObject } from 'node:crypto';
import { newSecret } from '../identifier.js';
import type { Member } from '../members/member.js';
import { NORMAL_BEHAVIOUR, type CourierBehaviour, type Delivery, type EventType } from './delivery.js';

/** What the courier needs of the hub. */
export interface CourierHost {
  readonly key: { private: KeyObject };
  nowMs(): number;
  now(): Date;
  after(seconds: number, run: () => void): void;
  catchUp(): void;
}

/** Minutes until the next try, about as the upstream says: 10, 30, 70, 150 and so on, given up after 72 hours. */
const RETRY_MINUTES = [10, 20, 40, 80, 160, 320, 640, 1280, 1700];
const TIMEOUT_MS = 10_000;
const MOST_KEPT = 2000;

/** Brings events to the members' addresses, signed, at least once. */
export class Courier {
  readonly deliveries: Delivery[] = [];
  behaviour: CourierBehaviour = { ...NORMAL_BEHAVIOUR };
  private readonly ended = new AbortController();
  private counted = 0;
  /** One after the other per member, so that nothing is out of order unless that is wished. */
  private readonly lines = new Map<string, Promise<void>>();

  constructor(private readonly host: CourierHost) {}

  /** An event for a member; does nothing when the member did not subscribe to it. `root` is the body beside id and time. */
  emit(member: Member, type: EventType, root: Record<string, unknown>): void {
    if (!member.webhook?.types.includes(type)) {
      return;
    }
    const eventId = newSecret();
    const body = JSON.stringify({ id: eventId, createdAtMs: String(this.host.nowMs()), ...root });
    this.counted += 1;
    const { drop, hold, copies, lateSeconds } = this.behaviour;
    const dropped = drop === 'all' || (drop === 'everySecond' && this.counted % 2 === 0);
    const delivery: Delivery = {
      eventId,
      memberId: member.id,
      type,
      url: member.webhook.url,
      body,
      state: dropped ? 'dropped' : hold ? 'held' : 'waiting',
      attempts: [],
    };
    this.deliveries.push(delivery);
    if (this.deliveries.length > MOST_KEPT) {
      this.deliveries.shift();
    }
    if (delivery.state === 'waiting') {
      for (let copy = 0; copy < copies; copy++) {
        this.plan(delivery, lateSeconds);
      }
    }
  }

  /** Sends what was held. @returns how many. */
  release(): number {
    const held = this.deliveries.filter(({ state }) => state === 'held');
    const order = this.behaviour.shuffle ? held.toReversed() : held;
    for (const delivery of order) {
      delivery.state = 'waiting';
      for (let copy = 0; copy < this.behaviour.copies; copy++) {
        this.plan(delivery, 0);
      }
    }
    return held.length;
  }

  /** Sends an event once more. @returns false when it is not known. */
  repeat(eventId: string): boolean {
    const delivery = this.deliveries.find((candidate) => candidate.eventId === eventId);
    if (delivery) {
      this.plan(delivery, 0);
    }
    return delivery !== undefined;
  }

  close(): void {
    this.ended.abort();
  }

  private plan(delivery: Delivery, seconds: number): void {
    if (seconds > 0) {
      this.host.after(seconds, () => this.queue(delivery));
    } else {
      this.queue(delivery);
    }
  }

  private queue(delivery: Delivery): void {
    const before = this.lines.get(delivery.memberId) ?? Promise.resolve();
    this.lines.set(
      delivery.memberId,
      before.then(async () => this.attempt(delivery)),
    );
  }

  private async attempt(delivery: Delivery): Promise<void> {
    if (this.ended.signal.aborted) {
      return;
    }
    const at = this.host.now();
    try {
      const answer = await fetch(delivery.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'token-event': delivery.type,
          'token-signature': this.signatureOf(delivery.body),
        },
        body: delivery.body,
        redirect: 'manual',
        signal: AbortSignal.any([this.ended.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      delivery.attempts.push({ at, httpStatus: answer.status });
      this.afterAttempt(delivery, answer.status === 200);
    } catch (error) {
      delivery.attempts.push({ at, httpStatus: null, error: error instanceof Error ? error.message : String(error) });
      this.afterAttempt(delivery, false);
    }
  }

  private afterAttempt(delivery: Delivery, acknowledged: boolean): void {
    if (acknowledged) {
      delivery.state = 'delivered';
      return;
    }
    const minutes = RETRY_MINUTES[delivery.attempts.length - 1];
    if (delivery.state === 'delivered' || this.ended.signal.aborted) {
      return;
    }
    if (minutes === undefined) {
      delivery.state = 'givenUp';
      return;
    }
    this.host.after(this.behaviour.retrySeconds ?? minutes * 60, () => this.queue(delivery));
    this.host.catchUp();
  }

  /** Ed25519 over the bytes of the body, base64url without padding. */
  private signatureOf(body: string): string {
    const text = this.behaviour.badSignature ? `${body} ` : body;
    return sign(null, Buffer.from(text), this.host.key.private).toString('base64url');
  }
}

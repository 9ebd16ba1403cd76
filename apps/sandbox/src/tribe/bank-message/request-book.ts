import { createHash } from 'node:crypto';
import type { Answer } from '../answer.js';
import { Refusal } from '../refusal.js';
import type { BankMessage } from './open-message.js';

interface Remembered {
  fingerprint: string;
  answer: Answer;
  untilMs: number;
}

/**
 * Answers by sender and X-Request-Id, for 24 hours: the same id with the same name and bytes gets the first answer again
 * and nothing happens twice; with another name or other bytes it is refused. A fresh id with an old signed body is a new
 * request: the protocol cannot tell.
 */
export class RequestBook {
  private readonly known = new Map<string, Remembered>();

  /** @throws Refusal 400 HEADERS_ERROR when the id was used for something else. */
  find(sender: string, requestId: string, message: BankMessage, nowMs: number): Answer | undefined {
    for (const [key, entry] of this.known) {
      if (entry.untilMs > nowMs) {
        break;
      }
      this.known.delete(key);
    }
    const entry = this.known.get(keyOf(sender, requestId));
    // One that was kept for a shorter time may stand behind others that live longer.
    if (!entry || entry.untilMs <= nowMs) {
      return undefined;
    }
    if (entry.fingerprint !== fingerprintOf(message)) {
      throw new Refusal(400, 'HEADERS_ERROR', 'X-Request-Id was used for another request');
    }
    return entry.answer;
  }

  keep(sender: string, requestId: string, message: BankMessage, answer: Answer, untilMs: number): void {
    this.known.set(keyOf(sender, requestId), { fingerprint: fingerprintOf(message), answer, untilMs });
  }
}

function keyOf(sender: string, requestId: string): string {
  return `${sender} ${requestId.toLowerCase()}`;
}

function fingerprintOf({ name, bytes }: BankMessage): string {
  return createHash('sha256').update(`${name}\n`).update(bytes).digest('base64');
}

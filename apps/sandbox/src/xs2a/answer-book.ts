import { createHash } from 'node:crypto';
import type { Answer } from './answer.js';

const DAY_MS = 86_400_000;

interface Remembered {
  fingerprint: string;
  answer: Answer;
  untilMs: number;
}

/**
 * Answers by X-Request-ID: the same id with the same request gets the first answer again for 24 hours, so that a TPP
 * may repeat a call whose answer was lost. Only successes are kept; a refused call may be corrected under its id.
 */
export class AnswerBook {
  private readonly answers = new Map<string, Remembered>();

  /** `other`: the id was used for another request. */
  find(requestId: string, fingerprint: string, nowMs: number): Answer | 'other' | undefined {
    this.forgetOld(nowMs);
    const known = this.answers.get(requestId);
    if (!known) {
      return undefined;
    }
    return known.fingerprint === fingerprint ? known.answer : 'other';
  }

  keep(requestId: string, fingerprint: string, answer: Answer, nowMs: number): void {
    this.answers.delete(requestId);
    this.answers.set(requestId, { fingerprint, answer, untilMs: nowMs + DAY_MS });
  }

  /** Insertion order is the order of time, so the oldest stand first. */
  private forgetOld(nowMs: number): void {
    for (const [requestId, known] of this.answers) {
      if (known.untilMs > nowMs) {
        return;
      }
      this.answers.delete(requestId);
    }
  }
}

/** A short text that is equal for equal requests. */
export function fingerprintOf(parts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

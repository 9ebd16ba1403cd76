import type { EventEmitter } from 'node:events';

/**
 * Requests that are kept waiting on purpose (faults `delay` and `hang`). They can all be let go at once: when the
 * faults are removed, on reset and on shutdown, so that a hung request never keeps the process alive.
 */
export class Stalls {
  private readonly waiting = new Set<() => void>();

  get count(): number {
    return this.waiting.size;
  }

  /**
   * Waits so many milliseconds, or for ever without a number; ends early with `released`.
   * @param caller emits `close` when nobody waits for the answer any more.
   */
  async wait(caller: EventEmitter, ms?: number): Promise<'elapsed' | 'released'> {
    return new Promise((resolve) => {
      const end = (how: 'elapsed' | 'released') => {
        clearTimeout(timer);
        caller.off('close', release);
        this.waiting.delete(release);
        resolve(how);
      };
      const release = () => end('released');
      const timer = ms === undefined ? undefined : setTimeout(() => end('elapsed'), ms);
      this.waiting.add(release);
      caller.once('close', release);
    });
  }

  releaseAll(): void {
    for (const release of this.waiting) {
      release();
    }
  }
}

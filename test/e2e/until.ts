import { setTimeout as pause } from 'node:timers/promises';

const everyMs = 50;

/**
 * Looks again and again until there is something to see. The patience is a safety net for what will never come, no
 * claim about how long anything may take.
 * @param look what is waited for; `undefined` or `false` as long as it is not there
 * @throws Error saying what never came
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  patienceMs = 80_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`It never happened: ${what}`);
    await pause(everyMs);
  }
}

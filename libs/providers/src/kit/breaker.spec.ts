import { jest } from '@jest/globals';
import { ProviderError } from '../port/index.js';
import { createBreaker } from './breaker.js';

const failure = (message: string) =>
  new ProviderError({ kind: 'unavailable', provider: 'xs2a', operation: 'read', message });
const down = () => failure('The bank did not answer.');
const refused = () => failure('Nothing was sent.');

afterEach(() => jest.useRealTimers());

/** A breaker whose upstream failed so often that it rests, and whose rest is over. */
async function rested() {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  const breaker = createBreaker();
  for (let count = 0; count < 10; count += 1) {
    await expect(breaker(() => Promise.reject(down()), refused)).rejects.toThrow('did not answer');
  }
  await expect(breaker(() => Promise.resolve('asked'), refused)).rejects.toThrow('Nothing was sent');
  jest.advanceTimersByTime(5_000);
  return breaker;
}

describe('after its rest, an upstream', () => {
  it('is asked by one call; the others are refused at once instead of waiting for what it hears', async () => {
    const breaker = await rested();
    let hears: (word: string) => void = () => undefined;
    const tried = breaker(() => new Promise<string>((resolve) => (hears = resolve)), refused);
    // Negative control, carried out: without the look at the half-open state this waits for the trial, and so for ever.
    const others = await Promise.allSettled([1, 2, 3].map(() => breaker(() => Promise.resolve('asked'), refused)));
    expect(others.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    hears('back');
    expect(await tried).toBe('back');
    expect(await breaker(() => Promise.resolve('asked'), refused)).toBe('asked');
  });

  it('rests again when that call fails', async () => {
    const breaker = await rested();
    await expect(breaker(() => Promise.reject(down()), refused)).rejects.toThrow('did not answer');
    await expect(breaker(() => Promise.resolve('asked'), refused)).rejects.toThrow('Nothing was sent');
    jest.advanceTimersByTime(5_000);
    expect(await breaker(() => Promise.resolve('asked'), refused)).toBe('asked');
  });
});

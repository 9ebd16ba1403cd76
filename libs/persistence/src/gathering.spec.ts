import { setImmediate as turn } from 'node:timers/promises';
import { Gathering } from './gathering.js';

/*
 * Negative control, carried out once: a look-up that joins the statement under way (the batch kept until its answer is there). The
 * second look-up of "whoever comes later" then finds what was there before it came.
 */

function gathering() {
  const asked: [string, readonly string[]][] = [];
  const answers: ((answer: ReadonlyMap<string, string>) => void)[] = [];
  const gathered = new Gathering<string>((owner, keys) => {
    asked.push([owner, keys]);
    return new Promise((answer) => answers.push(answer));
  });
  return { gathered, asked, answers };
}

describe('look-ups at the same time', () => {
  it('share a statement of their owner, each key once', async () => {
    const { gathered, asked, answers } = gathering();
    const found = Promise.all([
      gathered.find('a', '1'),
      gathered.find('a', '2'),
      gathered.find('a', '1'),
      gathered.find('b', '1'),
    ]);
    await turn();
    expect(asked).toEqual([
      ['a', ['1', '2']],
      ['b', ['1']],
    ]);
    answers[0]?.(new Map([['1', 'one of a']]));
    answers[1]?.(new Map([['1', 'one of b']]));
    expect(await found).toEqual(['one of a', undefined, 'one of a', 'one of b']);
  });

  it('never see what was there before they came: whoever comes later has a later statement', async () => {
    const { gathered, asked, answers } = gathering();
    const first = gathered.find('a', '1');
    await turn();
    const second = gathered.find('a', '1');
    answers[0]?.(new Map([['1', 'before']]));
    await turn();
    answers[1]?.(new Map([['1', 'after']]));
    expect([await first, await second]).toEqual(['before', 'after']);
    expect(asked).toHaveLength(2);
  });

  it('are many statements where they are very many', async () => {
    const { gathered, asked } = gathering();
    for (let number = 0; number < 501; number += 1) void gathered.find('a', String(number));
    await turn();
    expect(asked.map(([, keys]) => keys.length)).toEqual([500, 1]);
  });

  it('all hear of a statement that failed', async () => {
    const gathered = new Gathering(() => Promise.reject(new Error('the database is away')));
    const found = await Promise.allSettled([gathered.find('a', '1'), gathered.find('a', '2')]);
    expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

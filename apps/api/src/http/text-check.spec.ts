import { Refusal } from '@tributary/banking';
import { checkTexts } from './text-check.js';

function pointerOf(value: unknown): string | undefined {
  try {
    checkTexts(value, '');
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.details.errors?.[0]?.pointer : 'another error';
  }
}

describe('checkTexts', () => {
  it.each<[unknown, string | undefined]>([
    [{ a: 'x', b: ['y', 1, null, true] }, undefined],
    [{ a: '\u{1f600} whole pair' }, undefined],
    [undefined, undefined],
    [{ a: { b: ['ok', 'x\0'] } }, '/a/b/1'],
    [{ a: '\ud83d' }, '/a'],
    [{ a: '\ude00\ud83d' }, '/a'],
    [{ a: { 'x\0': 1 } }, '/a'],
    [{ 'a/b~': '\0' }, '/a~1b~0'],
  ])('%j', (value, pointer) => {
    expect(pointerOf(value)).toBe(pointer);
  });

  it('refuses what is nested too deep, however deep', () => {
    const nest = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(pointerOf(nest(20))).toBeUndefined();
    expect(pointerOf(nest(100_000))).toMatch(/^(\/0)+$/);
  });
});

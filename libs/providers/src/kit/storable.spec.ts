import { parseJson } from './json.js';
import { storable } from './storable.js';

describe('a text that PostgreSQL would refuse', () => {
  it.each([
    ['NUL', 'a\0b', 'a\u{FFFD}b'],
    ['a high surrogate alone', 'a\u{D83D}b', 'a\u{FFFD}b'],
    ['a low surrogate alone', '\u{DE00}', '\u{FFFD}'],
    ['two high ones', '\u{D83D}\u{D83D}\u{DE00}', '\u{FFFD}\u{1F600}'],
    ['several', '\0\0', '\u{FFFD}\u{FFFD}'],
    ['none', 'Zoë 😀 ok', 'Zoë 😀 ok'],
  ])('becomes storable: %s', (_, text, expected) => {
    expect(storable(text)).toBe(expected);
    expect(Buffer.from(storable(text)).toString()).toBe(storable(text));
  });

  // Negative control: without the walk in parseJson the escapes come through as they are, and every row fails.
  it.each([
    ['in a value', String.raw`{"name":"a\u0000b"}`, { name: 'a\u{FFFD}b' }],
    ['in a name', String.raw`{"a\uD83D":1}`, { 'a\u{FFFD}': 1 }],
    ['deep down', String.raw`{"list":[{"name":"\uDE00x"}]}`, { list: [{ name: '\u{FFFD}x' }] }],
    ['in a pair', String.raw`{"name":"\uD83D\uDE00"}`, { name: '😀' }],
    ['beside a fraction', String.raw`{"name":"\u0000","more":["\ud83d"]}`, { name: '\u{FFFD}', more: ['\u{FFFD}'] }],
  ])('cannot come out of JSON: %s', (_, text, expected) => {
    expect(parseJson(Buffer.from(text))).toEqual(expected);
  });

  it('leaves exact amounts as they are', () => {
    const tree = parseJson(Buffer.from(String.raw`{"amount":150.020,"name":"\u0000"}`));
    expect(JSON.stringify(tree)).toContain('150.020');
  });

  it('cannot come out of bytes that are no UTF-8', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0xc3, 0x22]))).toBe('\u{FFFD}\u{FFFD}');
  });
});

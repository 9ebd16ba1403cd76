import { strictBase64 } from './base64.js';

it.each(['+/+/', 'AA==', 'AAA=', 'TWFu'])('takes %s', (text) => {
  expect(strictBase64(text)?.toString('base64')).toBe(text);
});

it.each([
  ['the URL-safe alphabet', '-_-_'],
  ['no padding', 'AA'],
  ['padding in between', 'AA==AAAA'],
  ['unused bits that are set', 'AB=='],
  ['a line feed', 'TWFu\n'],
  ['blanks', 'TW Fu'],
  ['other characters', 'TW*u'],
  ['nothing', ''],
])('does not take %s, which Node takes (control)', (_, text) => {
  expect(strictBase64(text)).toBeNull();
  expect(() => Buffer.from(text, 'base64')).not.toThrow();
});

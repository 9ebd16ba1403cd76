import { mergeSettings } from './settings-patch.js';

const held = { url: 'https://a.example', oauth: { id: 'us', secret: 's1' }, list: [1, 2] };

describe('mergeSettings', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ['keeps what is absent', {}, held],
    ['replaces a value', { url: 'https://b.example' }, { ...held, url: 'https://b.example' }],
    ['merges inside an object', { oauth: { id: 'them' } }, { ...held, oauth: { id: 'them', secret: 's1' } }],
    ['removes with null', { oauth: null }, { url: held.url, list: [1, 2] }],
    ['removes inside an object', { oauth: { secret: null } }, { ...held, oauth: { id: 'us' } }],
    ['replaces a list as a whole', { list: [3] }, { ...held, list: [3] }],
    ['puts an object in place of a text', { url: { a: 1, b: null } }, { ...held, url: { a: 1 } }],
    ['leaves a marked secret', { oauth: { secret: '***' } }, held],
    ['keeps the mark where there is no secret, for the caller to refuse', { key: '***' }, { ...held, key: '***' }],
  ])('%s (RFC 7396)', (_, patch, expected) => {
    expect(mergeSettings(held, patch, '***')).toEqual(expected);
  });

  it('changes nothing that it was given, and no prototype', () => {
    const before = structuredClone(held);
    const merged = mergeSettings(held, JSON.parse('{"__proto__":{"admin":true},"oauth":{"id":"x"}}'), '***');
    expect(held).toEqual(before);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
    expect(Object.hasOwn(merged, '__proto__')).toBe(true);
  });
});

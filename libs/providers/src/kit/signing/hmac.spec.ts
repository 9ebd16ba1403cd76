import { createHmacSha256 } from './hmac.js';

describe('HMAC-SHA-256', () => {
  // RFC 4231 section 4.3 (test case 2).
  const hmac = createHmacSha256(Buffer.from('Jefe'));
  const message = 'what do ya want for nothing?';
  const mac = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex');

  it('is that of the RFC', () => {
    expect(hmac.mac(message)).toEqual(mac);
    expect(hmac.holds(message, mac)).toBe(true);
  });

  it('does not hold for another message, another or a shorter MAC', () => {
    expect(hmac.holds(`${message} `, mac)).toBe(false);
    expect(hmac.holds(message, mac.subarray(0, 16))).toBe(false);
    expect(hmac.holds(message, Buffer.alloc(32))).toBe(false);
    expect(() => createHmacSha256(Buffer.alloc(0))).toThrow('empty');
  });
});

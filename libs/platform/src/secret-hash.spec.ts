import { constantTimeEqual, hashSecret, randomSecret, sha256Hex, verifySecret } from './secret-hash.js';

describe('secret hashes', () => {
  it('accept the secret and nothing else', () => {
    const secret = randomSecret('cls');
    const hash = hashSecret(secret);
    expect(verifySecret(secret, hash)).toBe(true);
    expect(verifySecret(`${secret}x`, hash)).toBe(false);
    expect(verifySecret('', hash)).toBe(false);
  });

  it('do not contain the secret, and differ for equal secrets', () => {
    expect(hashSecret('canary')).not.toContain('canary');
    expect(hashSecret('canary')).not.toBe(hashSecret('canary'));
  });

  it.each(['', 'sha256', 'sha256.salt', 'md5.salt.digest', 'x', '..'])('of unknown form (%p) fit no secret', (hash) => {
    expect(verifySecret('secret', hash)).toBe(false);
  });

  it('know the test vector of FIPS 180-2', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('compare texts of unequal length without throwing', () => {
    expect(constantTimeEqual('a', 'a')).toBe(true);
    expect(constantTimeEqual('a', 'ab')).toBe(false);
    expect(constantTimeEqual('', '')).toBe(true);
  });

  it('come from 32 random bytes', () => {
    expect(randomSecret('cls')).toMatch(/^cls_[A-Za-z0-9_-]{43}$/);
    expect(randomSecret('cls')).not.toBe(randomSecret('cls'));
  });
});

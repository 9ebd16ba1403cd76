import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keyFileFaults } from './vault-key.js';
import { Vault, VaultError, type VaultPlace } from './vault.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64');
const PLACE: VaultPlace = { appId: 'app_1', table: 'connections', row: 'cnn_1', column: 'secrets' };

const vault = Vault.open({ key: KEY });

describe('Vault', () => {
  it.each(['', 'client secret', 'Zürich ✓ \0', 'x'.repeat(100_000)])('gives back what it sealed', (plaintext) => {
    expect(vault.unseal(vault.seal(plaintext, PLACE), PLACE)).toBe(plaintext);
  });

  it('carries JSON', () => {
    const value = { token: 't', scopes: ['a', 'b'], expires: null };
    expect(vault.unsealJson<typeof value>(vault.sealJson(value, PLACE), PLACE)).toEqual(value);
  });

  it('shows nothing of the content, and never makes the same envelope twice', () => {
    const envelope = vault.seal('canary-secret', PLACE);
    const bytes = envelope.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect([envelope, ...bytes].join()).not.toContain('canary');
    expect(vault.seal('canary-secret', PLACE)).not.toBe(envelope);
  });

  // Control for the following: the same envelope opens in its own place, so what fails is the place and nothing else.
  it.each<keyof VaultPlace>(['appId', 'table', 'row', 'column'])('does not open in another %s', (part) => {
    const envelope = vault.seal('x', PLACE);
    expect(vault.unseal(envelope, PLACE)).toBe('x');
    expect(() => vault.unseal(envelope, { ...PLACE, [part]: `${PLACE[part]}2` })).toThrow(VaultError);
  });

  it('cannot be led astray by names that join to the same text', () => {
    const envelope = vault.seal('x', { appId: 'a', table: 'b|c', row: 'd', column: 'e' });
    expect(() => vault.unseal(envelope, { appId: 'a|b', table: 'c', row: 'd', column: 'e' })).toThrow(VaultError);
  });

  it('does not open after any flipped bit', () => {
    const envelope = vault.seal('some secret', PLACE);
    const [version = '', keyId = '', ...sealed] = envelope.split('.');
    let tried = 0;
    for (const [part, text] of sealed.entries()) {
      const bytes = Buffer.from(text, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const changed = sealed.map((each, index) => (index === part ? flipped.toString('base64url') : each));
        expect(() => vault.unseal([version, keyId, ...changed].join('.'), PLACE)).toThrow(VaultError);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(700);
  });

  it.each(['', 'v1', 'v1.a.b', 'plain text', 'v2.a.b.c', 'v1.a.b.c.d'])('refuses %p, which is no envelope', (text) => {
    expect(() => vault.unseal(text, PLACE)).toThrow('does not hold a sealed value');
  });

  it('refuses characters that Node would skip', () => {
    const [version, keyId, wrapped = '', content] = vault.seal('x', PLACE).split('.');
    const changed = [version, keyId, `${wrapped.slice(0, 4)}!${wrapped.slice(4)}`, content].join('.');
    expect(() => vault.unseal(changed, PLACE)).toThrow(VaultError);
  });

  it('says which key is missing', () => {
    const other = Vault.open({ key: OTHER_KEY });
    expect(() => other.unseal(vault.seal('x', PLACE), PLACE)).toThrow(
      /sealed with key [0-9a-f]{12}, which is not among/,
    );
  });

  it('does not open with another key under the same name', () => {
    const envelope = vault.seal('x', PLACE);
    const otherId = Vault.open({ key: OTHER_KEY }).seal('x', PLACE).split('.')[1] ?? '';
    const relabelled = envelope.replace(envelope.split('.')[1] ?? '', otherId);
    expect(() => Vault.open({ key: OTHER_KEY }).unseal(relabelled, PLACE)).toThrow(VaultError);
  });

  it('seals with the first of several keys and opens with any', () => {
    const old = vault.seal('x', PLACE);
    const both = Vault.open({ key: `${OTHER_KEY},${KEY}` });
    expect(both.unseal(old, PLACE)).toBe('x');
    expect(Vault.open({ key: OTHER_KEY }).unseal(both.seal('y', PLACE), PLACE)).toBe('y');
  });

  it('wraps anew for the first key, so that the old one can go', () => {
    const old = vault.seal('x', PLACE);
    const both = Vault.open({ key: `${OTHER_KEY},${KEY}` });
    const anew = both.rewrap(old);
    expect(Vault.open({ key: OTHER_KEY }).unseal(anew, PLACE)).toBe('x');
    expect(anew.startsWith(both.sealedNow)).toBe(true);
    expect(old.startsWith(both.sealedNow)).toBe(false);
    // The content itself is not touched, and stays bound to its place.
    expect(anew.split('.')[3]).toBe(old.split('.')[3]);
    expect(() => both.unseal(anew, { ...PLACE, row: 'cnn_2' })).toThrow(VaultError);
    expect(() => Vault.open({ key: OTHER_KEY }).rewrap(old)).toThrow('restore that key');
  });

  it('does not open with the content of another envelope', () => {
    const [one, two] = ['one', 'two'].map((text) => vault.seal(text, PLACE).split('.'));
    expect(() => vault.unseal([...(one ?? []).slice(0, 3), two?.[3]].join('.'), PLACE)).toThrow(VaultError);
  });

  it('knows its own mark under a text', () => {
    const both = Vault.open({ key: `${OTHER_KEY},${KEY}` });
    expect(vault.isSigned('a text', vault.sign('a text'))).toBe(true);
    expect(both.isSigned('a text', vault.sign('a text'))).toBe(true);
    // Negative controls: another text, another key, another mark.
    expect(vault.isSigned('another', vault.sign('a text'))).toBe(false);
    expect(vault.isSigned('a text', Vault.open({ key: OTHER_KEY }).sign('a text'))).toBe(false);
    expect(vault.isSigned('a text', '')).toBe(false);
  });

  it('never puts the content into an error', () => {
    const envelope = vault.seal('canary', PLACE);
    try {
      vault.unseal(envelope, { ...PLACE, row: 'cnn_2' });
    } catch (error) {
      expect(String(error)).toBe(
        'VaultError: connections.secrets of cnn_2 does not open: it was changed, or it belongs to another place.',
      );
    }
    expect.assertions(1);
  });
});

describe('Vault.open', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-vault-'));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('generates a key that only its owner may read, once', () => {
    const file = path.join(folder, 'below', 'vault.key');
    const envelope = Vault.open({ generateInto: file }).seal('x', PLACE);
    expect(fs.statSync(file).mode & 0o777).toBe(0o400);
    expect(Vault.open({ generateInto: file }).unseal(envelope, PLACE)).toBe('x');
    expect(Vault.open({ keyFile: file }).unseal(envelope, PLACE)).toBe('x');
    expect(fs.readdirSync(path.dirname(file))).toEqual(['vault.key']);
  });

  it('tells when others may read the key file', () => {
    const file = path.join(folder, 'vault.key');
    fs.writeFileSync(file, KEY, { mode: 0o400 });
    expect(keyFileFaults(file)).toEqual([]);
    expect(keyFileFaults(undefined)).toEqual([]);
    fs.chmodSync(file, 0o444);
    expect(keyFileFaults(file)).toEqual([expect.stringContaining('chmod 400')]);
  });

  it('refuses a missing file and a wrong key', () => {
    expect(() => Vault.open({ keyFile: path.join(folder, 'none') })).toThrow(VaultError);
    expect(() => Vault.open({ key: 'short' })).toThrow('32 bytes in base64');
  });

  it('generates none in production', () => {
    const settings = { dataDir: folder, vaultKey: undefined, vaultKeyFile: undefined };
    expect(() => Vault.fromSettings({ ...settings, nodeEnv: 'production' })).toThrow('VAULT_KEY_FILE');
    expect(fs.readdirSync(folder)).toEqual([]);
    Vault.fromSettings({ ...settings, nodeEnv: 'development' });
    expect(fs.readdirSync(folder)).toEqual(['vault.key']);
  });
});

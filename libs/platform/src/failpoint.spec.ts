import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { failpoint, failpointVariable } from './failpoint.js';
import { loadSettings } from './settings.js';

const compiled = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../../dist/libs/platform/src/failpoint.js',
);
const program = `import { failpoint } from ${JSON.stringify(compiled)}; failpoint('poll.asked'); console.log('lives');`;

/** A process that comes by `poll.asked`. */
function comeBy(env: Readonly<Record<string, string>>) {
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  });
  return { signal, lives: stdout.includes('lives') };
}

describe('a failpoint', () => {
  let dir: string;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-failpoint-'));
  });
  afterEach(() => {
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it('does nothing without its variable', () => {
    expect(() => failpoint('poll.asked')).not.toThrow();
    expect(comeBy({})).toEqual({ signal: null, lives: true });
  });

  it('kills one process where it is armed, and is spent', () => {
    fs.writeFileSync(path.join(dir, 'poll.asked'), '');
    expect(comeBy({ [failpointVariable]: dir })).toEqual({ signal: 'SIGKILL', lives: false });
    expect(comeBy({ [failpointVariable]: dir })).toEqual({ signal: null, lives: true });
  });

  it('is nobody else: a point that is not armed is passed', () => {
    fs.writeFileSync(path.join(dir, 'poll.claimed'), '');
    expect(comeBy({ [failpointVariable]: dir })).toEqual({ signal: null, lives: true });
  });

  it('does nothing in production, which does not start with it either', () => {
    fs.writeFileSync(path.join(dir, 'poll.asked'), '');
    const env = { NODE_ENV: 'production', [failpointVariable]: dir };
    expect(comeBy(env)).toEqual({ signal: null, lives: true });
    expect(() => loadSettings(env)).toThrow(failpointVariable);
  });
});

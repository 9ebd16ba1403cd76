import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const COMPILED = pathToFileURL(path.resolve('dist/apps/launcher/src/stop-signals.js')).href;

/** A program whose stopping in order is `drain`, and by force takes no time. */
function program(drain: string): { child: ChildProcessByStdio<null, Readable, null>; output: () => string } {
  const script = `const { stopOnSignals } = await import(process.argv[1]);
    const signals = stopOnSignals(console.log);
    const idle = setInterval(() => {}, 1000);
    signals.stopWith((force) => (force ? Promise.resolve() : ${drain}));
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, COMPILED], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return { child, output: () => output };
}

async function ready(output: () => string): Promise<void> {
  while (!output().includes('ready')) await pause(20);
}

describe('stopOnSignals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('stops in order on %s', async (signal) => {
    const { child, output } = program('Promise.resolve()');
    await ready(output);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output()).toMatch(new RegExp(`${signal}: stopping \\(once more`));
    expect(output()).toContain('Stopped');
  });

  it('says by its status that stopping failed', async () => {
    const { child, output } = program("Promise.reject('on purpose')");
    await ready(output);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  it('takes two signals at once, as npm makes them, for one, and a later one for force', async () => {
    const { child, output } = program('new Promise(() => {})');
    await ready(output);
    child.kill('SIGINT');
    while (!output().includes('stopping')) await pause(5);
    child.kill('SIGINT');
    await pause(100);
    expect(output()).not.toContain('force\n');
    expect(child.exitCode).toBeNull();
    const gone = once(child, 'exit');
    while (child.exitCode === null) {
      child.kill('SIGINT');
      await pause(100);
    }
    expect(await gone).toEqual([0, null]);
    expect(output()).toContain('SIGINT: stopping by force');
  });
});

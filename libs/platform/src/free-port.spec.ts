import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from './free-port.js';

const built = pathToFileURL(path.resolve(import.meta.dirname, '../../../dist/libs/platform/src/free-port.js'));
const each = 300;
const script = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-ports-')), 'choose.mjs');

beforeAll(() =>
  fs.writeFileSync(
    script,
    `import { freePort } from '${built.href}';
     process.once('disconnect', () => process.exit());
     const ports = [];
     while (ports.length < ${each}) ports.push(await freePort());
     process.send(ports);`,
  ),
);
afterAll(() => fs.rmSync(path.dirname(script), { recursive: true }));

describe('freePort', () => {
  it('gives a port that can be listened on', async () => {
    const server = net.createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  /* Negative control, carried out once: without the reservation four processes had some forty of these ports in common. */
  it('never gives two processes the same one', async () => {
    const children = Array.from({ length: 4 }, () => fork(script));
    try {
      const chosen = await Promise.all(
        children.map(async (child) => {
          const said: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
          return said[0];
        }),
      );
      expect(new Set(chosen.flat()).size).toBe(children.length * each);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from './free-port.js';

const built = pathToFileURL(path.resolve(import.meta.dirname, '../../../dist/libs/platform/src/free-port.js'));
const each = 300;
const choose = `
  import { freePort } from '${built.href}';
  const ports = [];
  while (ports.length < ${each}) ports.push(await freePort());
  process.send(ports);
  await new Promise(() => setInterval(() => undefined, 1_000));`;

describe('freePort', () => {
  it('gives a port that can be listened on', async () => {
    const server = net.createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  /* Negative control, carried out once: without the reservation four processes had some forty of these ports in common. */
  it('never gives two processes the same one', async () => {
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', choose], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
    const chosen = await Promise.all(
      children.map(async (child): Promise<number[]> => (await once(child, 'message'))[0]),
    );
    for (const child of children) child.kill('SIGKILL');
    expect(new Set(chosen.flat()).size).toBe(children.length * each);
  });
});

import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

/** Below the ports that systems give to outgoing connections (Linux: from 32768 on), above those of most servers. */
const lowest = 15_000;
const highest = 32_000;
const tries = 100;

/**
 * A port of 127.0.0.1 that nobody listens on at this moment, and that no other process gets from here as long as this one runs:
 * between the choice and the listening there are seconds, in which others choose as well.
 *
 * @throws Error if no port of many is free, with what the last one said
 */
export async function freePort(): Promise<number> {
  let cause: unknown;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(lowest, highest);
    try {
      await listenOnce(port);
      if (await reserve(port)) return port;
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`None of ${tries} ports of 127.0.0.1 was free.`, { cause });
}

async function listenOnce(port: number): Promise<void> {
  const server = net.createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

/**
 * The mark of a reservation is a UDP socket on the same number, which nobody else here uses. It lives as long as the process. Where
 * UDP is not allowed there are no reservations, and that must do.
 *
 * @returns false if another process has reserved it
 */
async function reserve(port: number): Promise<boolean> {
  const mark = dgram.createSocket('udp4').unref();
  try {
    mark.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(mark, 'listening');
    mark.on('error', () => undefined);
    return true;
  } catch (error) {
    mark.close();
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  }
}

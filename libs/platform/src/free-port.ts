import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

/** Below the ports that systems give to outgoing connections (Linux: from 32768 on), above those of the usual servers. */
const lowest = 15_000;
const highest = 32_000;
const tries = 100;

/**
 * A port of 127.0.0.1 that nobody listens on at this moment, and that no other process gets from here as long as this one runs:
 * between the choice and the listening there are seconds, in which others choose as well.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(lowest, highest);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
  throw new Error(`None of ${tries} ports of 127.0.0.1 was free.`);
}

/** The mark of a reservation is a UDP socket on the same number, which nobody else here uses. It lives as long as the process. */
async function reserve(port: number): Promise<boolean> {
  const mark = dgram.createSocket('udp4').unref();
  try {
    mark.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(mark, 'listening');
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

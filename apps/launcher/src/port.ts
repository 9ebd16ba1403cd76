import net from 'node:net';
import { freePort } from '@tributary/platform';

/**
 * The port that was asked for, or a free one for 0 or none.
 *
 * @throws Error naming the setting to change if somebody listens there.
 */
export async function choosePort(wanted: number | undefined, setting: string): Promise<number> {
  if (!wanted) return freePort();
  if (await isTaken(wanted)) {
    throw new Error(
      `Port ${wanted} is in use. Stop the program that has it, or choose another with ${setting}=<port>.`,
    );
  }
  return wanted;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

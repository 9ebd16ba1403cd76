import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { until } from './until.js';

/** Whether this machine can start a Redis. */
export const redisAvailable = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis that keeps nothing: when it is started again, it is empty. */
export async function startRedis(port: number, dir: string): Promise<ChildProcess> {
  const options = ['--port', String(port), '--dir', dir, '--save', '', '--maxmemory-policy', 'noeviction'];
  const redis = spawn('redis-server', [...options, '--bind', '127.0.0.1'], { stdio: 'ignore' });
  await until('Redis listens', async () => {
    const socket = net.connect(port, '127.0.0.1');
    return once(socket, 'connect')
      .then(() => true)
      .catch(() => false)
      .finally(() => socket.destroy());
  });
  return redis;
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@tributary/platform';

/** Whether this machine has a `redis-server`. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A Redis of our own that can be killed. It keeps nothing: after each death it is empty. */
export class RedisServer {
  private constructor(
    private readonly port: number,
    private readonly dir: string,
    private child: ChildProcess,
  ) {}

  static async start(dataDir: string): Promise<RedisServer> {
    const dir = path.join(dataDir, 'redis');
    fs.mkdirSync(dir, { recursive: true });
    const port = await freePort();
    const server = new RedisServer(port, dir, launch(port, dir));
    await server.listens();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Kills it and starts an empty one at the same address. */
  async restart(): Promise<void> {
    await this.stop();
    this.child = launch(this.port, this.dir);
    await this.listens();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private async listens(): Promise<void> {
    while (!(await connects(this.port))) {
      if (this.child.exitCode !== null) throw new Error(`redis-server ended with ${this.child.exitCode}.`);
      await pause(20);
    }
  }
}

function launch(port: number, dir: string): ChildProcess {
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
  return spawn('redis-server', [...where, '--save', '', '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
}

async function connects(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

// The processes of a measurement: started afresh, looked at from outside, ended by their own parent.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const benchDir = import.meta.dirname;
export const projectRoot = path.dirname(benchDir);
/** USER_HZ of Linux: the unit of processor time in /proc. */
const ticksPerSecond = 100;

/** How a program of the product is started: as its script in package.json says. @returns the script, and Node's flags */
export function startCommand(program) {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const [node, ...words] = scripts[`start:${program}`].split(' ');
  if (node !== 'node') throw new Error(`start:${program} of package.json is not run by node`);
  return { script: path.join(projectRoot, words.at(-1)), flags: words.slice(0, -1) };
}

const children = new Set();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A Node process whose output goes to a file, as in production; `ask` is for the few that talk over IPC. */
export class Child {
  #answers = new Map();
  #serial = 0;

  constructor(name, script, { env = {}, logDir, execArgv = [] }) {
    this.name = name;
    this.log = path.join(logDir, `${name}.log`);
    const output = fs.openSync(this.log, 'w');
    const clean = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      NODE_ENV: 'production',
    };
    const options = { env: { ...clean, ...env }, stdio: ['ignore', output, output, 'ipc'], execArgv };
    this.startedAt = performance.now();
    this.process = fork(script, [], options);
    fs.closeSync(output);
    children.add(this.process);
    this.process.once('exit', () => children.delete(this.process));
    this.process.on('message', (message) => this.#answers.get(message?.id)?.(message));
  }

  get pid() {
    return this.process.pid;
  }

  /** The next message that fits. */
  message(fits = () => true) {
    return new Promise((resolve, reject) => {
      const hear = (message) => {
        if (fits(message)) settle(() => resolve(message));
      };
      const end = () => settle(() => reject(new Error(`${this.name} ended. Its last words:\n${this.lastWords()}`)));
      const settle = (act) => {
        this.process.off('message', hear).off('exit', end);
        act();
      };
      this.process.on('message', hear).on('exit', end);
    });
  }

  /** Sends a message and waits for the answer with its number. */
  ask(message) {
    const id = (this.#serial += 1);
    return new Promise((resolve) => {
      this.#answers.set(id, (answer) => {
        this.#answers.delete(id);
        resolve(answer);
      });
      this.process.send({ ...message, id });
    });
  }

  /** Waits until the URL answers 200. @returns milliseconds since the start */
  async ready(url) {
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`${this.name} ended. Its last words:\n${this.lastWords()}`);
      if (performance.now() - this.startedAt > 60_000) throw new Error(`${this.name} is not ready. See ${this.log}`);
      const answer = await fetch(url).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return performance.now() - this.startedAt;
      await pause(5);
    }
  }

  /** Waits until something listens on the port. */
  async listening(port) {
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`${this.name} ended. Its last words:\n${this.lastWords()}`);
      const socket = net.connect(port, '127.0.0.1');
      const open = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (open) return;
      await pause(20);
    }
  }

  /** Milliseconds of processor time so far, all threads. */
  cpuMs() {
    const stat = fs.readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
  }

  /** Resident memory in megabytes. */
  rssMb() {
    return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  }

  lastWords() {
    return fs.readFileSync(this.log, 'utf8').trim().split('\n').slice(-5).join('\n');
  }

  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  }
}

/** A Redis as the project asks for it: append-only file, synchronised every second, nothing evicted. */
export async function startRedis(dir) {
  const port = await freePort();
  const durable = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'everysec',
    '--maxmemory-policy',
    'noeviction',
    '--save',
    '',
  ];
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...durable];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  children.add(server);
  // Not installed: there is no process.
  server.once('error', () => undefined);
  for (let tries = 0; tries < 200 && server.pid !== undefined; tries += 1) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return { url: `redis://127.0.0.1:${port}`, stop: () => server.kill('SIGKILL') };
    await pause(20);
  }
  return null;
}

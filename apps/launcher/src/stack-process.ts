import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What a process of the stack is. */
export interface StackProcessOptions {
  /** Such as `api`; also the name of its log. */
  readonly name: string;
  /** The script that Node runs. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  /** Answers 200 once the process can do its work. */
  readonly readyUrl: string;
  /** What it says goes here. */
  readonly logFile: string;
  /** Whether it is started again when it ends by itself; `at-once`: without growing pauses. */
  readonly restart: boolean | 'at-once';
  /** False: errors name compiled lines, and the process starts a good deal faster. */
  readonly sourceMaps: boolean;
  /** Hears about starts, ends and waiting. */
  readonly log: (line: string) => void;
  /** Called whenever a process was started. */
  readonly onStart?: () => void;
}

const READY_LIMIT_MS = 90_000;
const DRAIN_LIMIT_MS = 30_000;
const STABLE_MS = 60_000;
const LARGEST_BACK_OFF_MS = 30_000;
const SHORT_PAUSE_MS = 50;
const LARGEST_LOG_BYTES = 20_000_000;

/**
 * One child process: started, watched, started again with growing pauses when it crashes, and stopped.
 *
 * It gets a session of its own, so that Ctrl-C reaches the launcher only and the order of stopping is ours. An IPC channel
 * tells it when the launcher is gone. Its output goes straight into a file: a pipe would break with the launcher.
 */
export class StackProcess {
  private child: ChildProcess | undefined;
  private wanted = false;
  private startedAt = 0;
  private crashes = 0;

  constructor(private readonly options: StackProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it; `ready` says when it can work. Does nothing while it runs. */
  start(): void {
    this.wanted = true;
    if (this.child) return;
    const output = openLog(this.options.logFile);
    const child = spawn(
      process.execPath,
      [...(this.options.sourceMaps ? ['--enable-source-maps'] : []), this.options.script],
      {
        env: this.options.env,
        stdio: ['ignore', output, output, 'ipc'],
        detached: true,
        windowsHide: true,
      },
    );
    fs.closeSync(output);
    this.child = child;
    this.startedAt = Date.now();
    child.once('error', (error) => this.ended(child, error.message));
    child.once('exit', (code, signal) => this.ended(child, signal ?? `exit code ${code}`));
    this.options.onStart?.();
  }

  /** Waits until it answers. @throws Error with its last words if it ends first, or does not answer for 90 seconds. */
  async ready(aborted?: AbortSignal): Promise<void> {
    const begun = Date.now();
    let told = begun;
    while (!(await answers(this.options.readyUrl))) {
      aborted?.throwIfAborted();
      if (!this.child && !this.options.restart)
        throw new Error(`${this.name} ended before it was ready.\n${this.lastWords()}`);
      const waited = Date.now() - begun;
      if (waited > READY_LIMIT_MS) {
        throw new Error(`${this.name} is not ready after ${READY_LIMIT_MS / 1000} s.\n${this.lastWords()}`);
      }
      if (Date.now() - told > 3000) {
        told = Date.now();
        this.options.log(`Waiting for ${this.name} (${Math.round(waited / 1000)} s)`);
      }
      await pause(50);
    }
  }

  /** Sends a signal to the process as it is now. With `restart`, a process that ends of it is started again. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Asks it to end and waits; after 30 seconds, or at once with `force`, it is killed. It is not started again. */
  async stop(force = false): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.kill(force ? 'SIGKILL' : 'SIGTERM');
    const late = setTimeout(() => {
      this.options.log(`${this.name} does not end: killing it`);
      child.kill('SIGKILL');
    }, DRAIN_LIMIT_MS);
    await gone;
    clearTimeout(late);
  }

  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (!this.wanted) return;
    if (!this.options.restart) {
      this.options.log(`${this.name} ended: ${how}. Its log: ${this.options.logFile}`);
      return;
    }
    this.crashes = Date.now() - this.startedAt > STABLE_MS ? 1 : this.crashes + 1;
    const delay =
      this.options.restart === 'at-once' ? SHORT_PAUSE_MS : Math.min(250 * 2 ** this.crashes, LARGEST_BACK_OFF_MS);
    this.options.log(
      `${this.name} ended: ${how}. Starting it again in ${delay / 1000} s. Its log: ${this.options.logFile}`,
    );
    setTimeout(() => {
      if (this.wanted) this.start();
    }, delay).unref();
  }

  private lastWords(): string {
    const text = fs.existsSync(this.options.logFile) ? fs.readFileSync(this.options.logFile, 'utf8') : '';
    return `Its last words (${this.options.logFile}):\n${text.trim().split('\n').slice(-8).join('\n')}`;
  }
}

function openLog(file: string): number {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG_BYTES) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a', 0o600);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

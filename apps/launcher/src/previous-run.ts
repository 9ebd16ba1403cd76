import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { errorCode, processStamp } from '@tributary/platform';
import { readJson, writePrivateJson } from './private-file.js';

/** A launcher that was asked to stop, or whose npm was killed, needs some seconds. */
const LAUNCHER_PATIENCE_MS = 8000;
/** Children drain before they end. */
const CHILD_PATIENCE_MS = 20_000;

type Log = (line: string) => void;

const FILE = 'processes.json';

/** The processes of a run, written down so that the next start knows whether they are still there. */
interface Run {
  /** Stamp of the launcher. */
  readonly launcher: string;
  /** Stamps of its children. */
  readonly children: readonly string[];
}

/** Writes down who runs from this data folder. */
export function recordRun(dataDir: string, childPids: readonly number[]): void {
  const children = childPids.flatMap((pid) => processStamp(pid) ?? []);
  writePrivateJson(path.join(dataDir, FILE), { launcher: processStamp(process.pid) ?? '', children } satisfies Run);
}

/**
 * Takes the data folder for this launcher. Of two that start at once one has it, and the other finds it running.
 * @throws Error beside a living launcher
 */
export async function takeDataFolder(dataDir: string, log: Log, aborted?: AbortSignal): Promise<void> {
  do await endPreviousRun(dataDir, log, aborted);
  while (!claimDataFolder(dataDir));
}

/** @returns false: somebody has it. A link is made by one only, and with its content. */
export function claimDataFolder(dataDir: string): boolean {
  const draft = path.join(dataDir, `${FILE}.${process.pid}.claim`);
  writePrivateJson(draft, { launcher: processStamp(process.pid) ?? '', children: [] } satisfies Run);
  try {
    fs.linkSync(draft, path.join(dataDir, FILE));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft);
  }
}

/** Forgets the run, once all have ended. */
export function forgetRun(dataDir: string): void {
  fs.rmSync(path.join(dataDir, FILE), { force: true });
}

/**
 * Makes sure that nobody runs from this data folder: refuses beside a living launcher, and after one that was killed ends
 * its children, which would still hold the ports.
 */
async function endPreviousRun(dataDir: string, log: Log, aborted?: AbortSignal): Promise<void> {
  const run = readRun(path.join(dataDir, FILE));
  if (!run) return;
  if (run.launcher !== processStamp(process.pid) && isAlive(run.launcher)) {
    const who = `Tributary already runs from ${dataDir} (process ${pidOf(run.launcher)})`;
    log(`${who}: waiting a moment to see whether it is ending`);
    if (!(await untilGone([run.launcher], LAUNCHER_PATIENCE_MS, aborted))) {
      throw new Error(`${who}. Stop it first, or set DATA_DIR to another folder.`);
    }
  }
  const left = run.children.filter(isAlive);
  if (left.length > 0) log(`A previous run was killed: ending its ${left.length} process(es)`);
  for (const stamp of left) process.kill(pidOf(stamp), 'SIGTERM');
  if (!(await untilGone(left, CHILD_PATIENCE_MS, aborted))) {
    for (const stamp of left.filter(isAlive)) {
      log(`Process ${pidOf(stamp)} of the previous run does not end: killing it`);
      process.kill(pidOf(stamp), 'SIGKILL');
    }
  }
  // Somebody who started at the same time may have ended it and begun a run of their own.
  if (isDeepStrictEqual(readRun(path.join(dataDir, FILE)), run)) forgetRun(dataDir);
}

/** @returns whether all are gone in time. */
async function untilGone(stamps: readonly string[], patienceMs: number, aborted?: AbortSignal): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; stamps.some(isAlive); await pause(50)) {
    aborted?.throwIfAborted();
    if (Date.now() > deadline) return false;
  }
  return true;
}

function pidOf(stamp: string): number {
  return Number(stamp.split(' ')[0]);
}

function isAlive(stamp: string): boolean {
  return stamp !== '' && processStamp(pidOf(stamp)) === stamp;
}

function readRun(file: string): Run | undefined {
  const value = readJson(file);
  if (typeof value !== 'object' || value === null) return undefined;
  const launcher = 'launcher' in value && typeof value.launcher === 'string' ? value.launcher : '';
  const children = 'children' in value && Array.isArray(value.children) ? value.children : [];
  return { launcher, children: children.filter((child: unknown) => typeof child === 'string') };
}

import { commandOf, parentOf } from '@tributary/platform';

/** What a program does about being asked to stop. */
export interface StopSignals {
  /** Aborted by the first request to stop, for what is still starting. */
  readonly aborted: AbortSignal;
  /** How to stop once everything runs. If stopping was asked for in the meantime, it happens at once. */
  stopWith(stop: (force: boolean) => Promise<void>): void;
}

/** Two signals closer than this are one Ctrl-C: the terminal sends it to us, and npm passes its own on. */
const SAME_MS = 1000;

/**
 * The first Ctrl-C (or SIGTERM, or a closed terminal) stops in order, the second one by force. The process then ends with
 * status 0, or 1 if stopping failed.
 *
 * Under npm it also stops when npm is gone: npm killed with SIGKILL cannot tell us.
 */
export function stopOnSignals(log: (line: string) => void): StopSignals {
  const controller = new AbortController();
  let stop: ((force: boolean) => Promise<void>) | undefined;
  let firstAt = 0;

  const run = (force: boolean): void => {
    if (!stop) {
      // Still starting: the start ends itself when it sees the aborted signal. By force, children see that we are gone.
      if (force) process.exit(130);
      return;
    }
    stop(force).then(
      () => {
        log('Stopped');
        process.exit(0);
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  const request = (reason: string): void => {
    if (firstAt === 0) {
      firstAt = Date.now();
      log(`${reason}: stopping (once more to force it)`);
      controller.abort(new Error('Stopped before everything was up.'));
      run(false);
    } else if (Date.now() - firstAt > SAME_MS) {
      log(`${reason}: stopping by force`);
      run(true);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
  if (process.env['npm_lifecycle_event']) {
    const npm = npmAbove();
    const watch = setInterval(() => {
      if (npmAbove() === npm) return;
      clearInterval(watch);
      request('npm is gone');
    }, 1000);
    watch.unref();
  }
  return {
    aborted: controller.signal,
    stopWith(how) {
      stop = how;
      if (controller.signal.aborted) run(false);
    },
  };
}

/** The process that runs our script: npm, which may have put a shell in between. */
function npmAbove(): number | undefined {
  const isShell = /^\S*sh -c /.test(commandOf(process.ppid) ?? '');
  return isShell ? parentOf(process.ppid) : process.ppid;
}

/** How a pipeline gets its work, does it and writes it back. */
export interface PipelineParts<Item, Outcome> {
  /** Up to `limit` items that nobody else has; fewer mean that there are no more just now. */
  readonly claim: (limit: number) => Promise<readonly Item[]>;
  readonly work: (item: Item) => Promise<Outcome | null>;
  readonly write: (outcomes: readonly Outcome[]) => Promise<void>;
  /** Most items at work at once. */
  readonly inFlight: number;
  /** Most items per claim and per write. */
  readonly batch: number;
  /** Longest time that an outcome waits for its batch. */
  readonly flushMs: number;
  /** How long after a claim that found nothing more the next one is made, while something is still at work. */
  readonly claimAgainMs: number;
  /** Longest time that new work is taken on. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

/**
 * Keeps `inFlight` items at work: as one ends the next begins, and the next batch is claimed before the last one runs
 * dry, so that one slow answer never holds up the others, nor what becomes due meanwhile. Ends when nothing is left, the
 * budget is spent or the signal fires; what was begun is finished and written first.
 * @returns how many items were worked on
 */
export function runPipeline<Item, Outcome>(parts: PipelineParts<Item, Outcome>): Promise<number> {
  return new Pipeline(parts).run();
}

class Pipeline<Item, Outcome> {
  private readonly ready: Item[] = [];
  private readonly outcomes: Outcome[] = [];
  private readonly endAt: number;
  private active = 0;
  private done = 0;
  /** The last claim brought fewer than asked: nothing more was due then. */
  private dry = false;
  private claimAgainAt = 0;
  private claiming = false;
  private writing: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly parts: PipelineParts<Item, Outcome>) {
    this.endAt = performance.now() + parts.budgetMs;
  }

  async run(): Promise<number> {
    let flushAt = performance.now() + this.parts.flushMs;
    for (;;) {
      this.fill();
      if (this.outcomes.length >= this.parts.batch || performance.now() >= flushAt) {
        this.flush();
        flushAt = performance.now() + this.parts.flushMs;
      }
      if (this.idle()) break;
      await this.news();
    }
    while (this.outcomes.length > 0) this.flush();
    await this.writing;
    if (this.failure) throw this.failure.error;
    return this.done;
  }

  /** Begins what there is room for, and claims ahead. */
  private fill(): void {
    const due = !this.dry || performance.now() >= this.claimAgainAt;
    if (due && !this.claiming && !this.stopped() && this.ready.length < this.parts.inFlight) void this.claim();
    // Told to stop: what was claimed but not begun is still due: the next run claims it.
    if (this.parts.signal.aborted) this.ready.length = 0;
    while (this.active < this.parts.inFlight) {
      const item = this.ready.shift();
      if (item === undefined) break;
      void this.work(item);
    }
  }

  private async claim(): Promise<void> {
    this.claiming = true;
    await this.guard(async () => {
      const items = await this.parts.claim(this.parts.batch);
      this.ready.push(...items);
      this.dry = items.length < this.parts.batch;
      this.claimAgainAt = performance.now() + this.parts.claimAgainMs;
    });
    this.claiming = false;
    this.wake?.();
  }

  private async work(item: Item): Promise<void> {
    this.active += 1;
    await this.guard(async () => {
      const outcome = await this.parts.work(item);
      if (outcome !== null) this.outcomes.push(outcome);
    });
    this.active -= 1;
    this.done += 1;
    this.wake?.();
  }

  /** Writes are one after the other, in the order of their outcomes. */
  private flush(): void {
    const batch = this.outcomes.splice(0, this.parts.batch);
    if (batch.length === 0) return;
    const before = this.writing;
    this.writing = this.guard(async () => {
      await before;
      await this.parts.write(batch);
    });
  }

  /** A fault of ours ends the run, but only after everything else that was begun is written. */
  private async guard(part: () => Promise<void>): Promise<void> {
    try {
      await part();
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private stopped(): boolean {
    return this.failure !== null || this.parts.signal.aborted || performance.now() > this.endAt;
  }

  private idle(): boolean {
    return this.active === 0 && this.ready.length === 0 && !this.claiming && (this.dry || this.stopped());
  }

  /** Something ended, or it is time to write. */
  private news(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.parts.flushMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

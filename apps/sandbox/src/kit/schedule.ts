interface Entry {
  atMs: number;
  order: number;
  run: () => void;
}

/**
 * Things that happen by themselves at the bank (a payment settles, a link expires). There is no timer: whoever looks
 * at the bank first lets everything happen that is due, in the order of time, so a jump of the virtual clock gives the
 * same end as waiting. A binary heap, so that a hundred thousand open payments cost nothing per request.
 */
export class Schedule {
  private readonly heap: Entry[] = [];
  private order = 0;
  /** While an entry runs: the instant it was due, which is the time at which it happens. */
  momentMs: number | undefined;

  at(atMs: number, run: () => void): void {
    this.heap.push({ atMs, order: this.order++, run });
    this.rise(this.heap.length - 1);
  }

  /** When the next thing is due; undefined when nothing is planned. */
  get nextAtMs(): number | undefined {
    return this.heap[0]?.atMs;
  }

  /** Runs everything due at `nowMs`, including what those entries schedule in turn. */
  runDue(nowMs: number): void {
    for (let first = this.heap[0]; first !== undefined && first.atMs <= nowMs; first = this.heap[0]) {
      this.removeFirst();
      this.momentMs = first.atMs;
      first.run();
    }
    this.momentMs = undefined;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
  }

  private rise(index: number): void {
    for (let child = index; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.swapIfBefore(child, parent)) {
        return;
      }
      child = parent;
    }
  }

  private sink(index: number): void {
    for (let parent = index; ;) {
      const left = 2 * parent + 1;
      const child = this.isBefore(left + 1, left) ? left + 1 : left;
      if (!this.swapIfBefore(child, parent)) {
        return;
      }
      parent = child;
    }
  }

  private swapIfBefore(a: number, b: number): boolean {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined || !this.isBefore(a, b)) {
      return false;
    }
    this.heap[a] = second;
    this.heap[b] = first;
    return true;
  }

  private isBefore(a: number, b: number): boolean {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined) {
      return false;
    }
    return first.atMs < second.atMs || (first.atMs === second.atMs && first.order < second.order);
  }
}

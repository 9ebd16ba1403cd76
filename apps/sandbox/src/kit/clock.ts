const LAST_INSTANT = Date.parse('9999-12-30T00:00:00Z');

/**
 * The time of a simulated bank. It runs with the machine's clock until somebody advances, sets or stops it by the
 * control API. It never runs backwards: statuses that were reached stay reached.
 * The bank's day is the UTC day.
 */
export class VirtualClock {
  private offsetMs = 0;
  private stoppedAtMs: number | undefined;

  constructor(private readonly machineNowMs: () => number = Date.now) {}

  nowMs(): number {
    return this.stoppedAtMs ?? this.machineNowMs() + this.offsetMs;
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  /** Today's date at the bank, `YYYY-MM-DD`. */
  today(): string {
    return dateOf(this.now());
  }

  get stopped(): boolean {
    return this.stoppedAtMs !== undefined;
  }

  /** @throws RangeError when the instant is in the bank's past or beyond the year 9999. */
  set(instantMs: number): void {
    if (!(instantMs >= this.nowMs())) {
      throw new RangeError('the clock only runs forwards: give an instant after the present one, or reset the bank');
    }
    if (instantMs > LAST_INSTANT) {
      throw new RangeError('the clock ends on 9999-12-30');
    }
    if (this.stopped) {
      this.stoppedAtMs = instantMs;
    } else {
      this.offsetMs = instantMs - this.machineNowMs();
    }
  }

  advance(byMs: number): void {
    this.set(this.nowMs() + byMs);
  }

  stop(): void {
    this.stoppedAtMs = this.nowMs();
  }

  run(): void {
    if (this.stoppedAtMs !== undefined) {
      this.offsetMs = this.stoppedAtMs - this.machineNowMs();
      this.stoppedAtMs = undefined;
    }
  }
}

/** The UTC date of an instant, `YYYY-MM-DD`. */
export function dateOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** A date some days away from another one, both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return dateOf(new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000));
}

/** True for a date of the calendar written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && dateOf(instant) === text;
}

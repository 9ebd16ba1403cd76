import { errorCode } from './error-code.js';

/** A fault that goes on is told again after this time, with how often it came. */
const tellAgainMs = 60_000;

interface Course {
  toldAt: number;
  untold: number;
}

/**
 * Tells of a fault when it is new, not each time that it comes: a server that is down fails everything that is tried,
 * many times in a second.
 */
export class RepeatedFault {
  private readonly courses = new Map<string, Course>();

  /**
   * @param tell hears of an error, and how often the like of it came since it was told last
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly tell: (error: unknown, repeated: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The fault has come once more. */
  came(error: unknown): void {
    const now = this.now();
    const kind = errorCode(error) ?? (error instanceof Error ? error.message : String(error)).slice(0, 80);
    const course = this.courses.get(kind);
    if (course && now - course.toldAt < tellAgainMs) {
      course.untold += 1;
      return;
    }
    for (const [other, { toldAt }] of this.courses) if (now - toldAt >= tellAgainMs) this.courses.delete(other);
    this.courses.set(kind, { toldAt: now, untold: 0 });
    this.tell(error, course?.untold ?? 0);
  }
}

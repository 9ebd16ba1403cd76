/** A quarter of the calendar, in UTC. */
export interface Quarter {
  /** Such as `2026-Q3`. */
  readonly name: string;
  /** First and last day, YYYY-MM-DD. */
  readonly from: string;
  readonly to: string;
}

export const quarterPattern = /^[1-9]\d{3}-Q[1-4]$/;

/** The quarter in which an instant lies. */
export function quarterOf(instant: Date): Quarter {
  const first = instant.getUTCMonth() - (instant.getUTCMonth() % 3);
  const day = (month: number, date: number) =>
    new Date(Date.UTC(instant.getUTCFullYear(), month, date)).toISOString().slice(0, 10);
  return {
    name: `${instant.getUTCFullYear()}-Q${first / 3 + 1}`,
    from: day(first, 1),
    // Day 0 of a month is the last of the month before.
    to: day(first + 3, 0),
  };
}

/** @param name by {@link quarterPattern} */
export function quarterNamed(name: string): Quarter {
  return quarterOf(new Date(Date.UTC(Number(name.slice(0, 4)), 3 * (Number(name.slice(6)) - 1), 1)));
}

/** Quarters that are over, newest first: from the one of the first instant to the one before the second, at most 12. */
export function finishedQuarters(since: Date, now: Date): Quarter[] {
  const quarters: Quarter[] = [];
  let start = new Date(`${quarterOf(now).from}T00:00:00Z`);
  while (start > since && quarters.length < 12) {
    const quarter = quarterOf(new Date(start.getTime() - 1));
    quarters.push(quarter);
    start = new Date(`${quarter.from}T00:00:00Z`);
  }
  return quarters;
}

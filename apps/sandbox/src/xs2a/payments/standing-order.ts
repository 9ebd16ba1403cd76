import { addDays, isDate } from '../../kit/clock.js';
import { ShapeError, type Shape } from '../../kit/shape.js';
import { TppError, formatError } from '../tpp-error.js';

/** `frequency` of the specification, with the months between two executions (0: counted in days). */
const FREQUENCIES = {
  Daily: { days: 1, months: 0 },
  Weekly: { days: 7, months: 0 },
  EveryTwoWeeks: { days: 14, months: 0 },
  Monthly: { days: 0, months: 1 },
  EveryTwoMonths: { days: 0, months: 2 },
  Quarterly: { days: 0, months: 3 },
  SemiAnnual: { days: 0, months: 6 },
  Annual: { days: 0, months: 12 },
  MonthlyVariable: { days: 0, months: 1 },
} as const;

type Frequency = keyof typeof FREQUENCIES;
const FREQUENCY_NAMES = Object.keys(FREQUENCIES).filter((name): name is Frequency => name in FREQUENCIES);
const EXECUTION_RULES = ['following', 'preceding'] as const;

/** When a periodic payment is executed; all dates `YYYY-MM-DD`. */
export interface StandingOrderPlan {
  startDate: string;
  endDate?: string | undefined;
  frequency: Frequency;
  /** Where an execution goes that falls on a weekend; without it, it stays there. */
  executionRule?: (typeof EXECUTION_RULES)[number] | undefined;
  /** Day of the month, 31 is the last one; without it the day of `startDate`. */
  dayOfExecution?: number | undefined;
  /** For MonthlyVariable: the months, 1 to 12. */
  monthsOfExecution?: readonly number[] | undefined;
}

/**
 * Reads the part of a periodic payment that says when.
 * @throws ShapeError or TppError naming the wrong field; PERIOD_INVALID when it ends before it starts.
 */
export function readPlan(body: Shape, today: string, strict: boolean): StandingOrderPlan {
  const startDate = readDate(body, 'startDate', body.text('startDate', { max: 10 }));
  if (startDate < today) {
    throw formatError(body.at('startDate'), 'is in the past');
  }
  const end = body.optionalText('endDate', { max: 10 });
  const endDate = end === undefined ? undefined : readDate(body, 'endDate', end);
  if (endDate !== undefined && endDate < startDate) {
    throw new TppError(400, 'PERIOD_INVALID', 'endDate is before startDate', body.at('endDate'));
  }
  const frequency = body.choice('frequency', FREQUENCY_NAMES);
  const monthsOfExecution = body.optionalList('monthsOfExecution', (item, path) => readNumber(item, path, 12, strict));
  if ((frequency === 'MonthlyVariable') !== (monthsOfExecution !== undefined)) {
    throw formatError(body.at('monthsOfExecution'), 'is there if and only if frequency is MonthlyVariable');
  }
  if (monthsOfExecution && new Set(monthsOfExecution).size !== monthsOfExecution.length) {
    throw formatError(body.at('monthsOfExecution'), 'must not name a month twice');
  }
  if (monthsOfExecution && (monthsOfExecution.length === 0 || monthsOfExecution.length > 11)) {
    throw formatError(body.at('monthsOfExecution'), 'must have 1 to 11 months');
  }
  return {
    startDate,
    endDate,
    frequency,
    executionRule: body.optionalChoice('executionRule', EXECUTION_RULES),
    dayOfExecution: body.has('dayOfExecution')
      ? readNumber(body.raw('dayOfExecution'), body.at('dayOfExecution'), 31, strict)
      : undefined,
    monthsOfExecution,
  };
}

/** The days of execution from the start on, without end if the plan has none. A weekend moves by `executionRule`. */
export function* executionDates(plan: StandingOrderPlan): Generator<string> {
  for (const date of plannedDates(plan)) {
    if (date > (plan.endDate ?? '9999-11-30')) {
      return;
    }
    const moved = offWeekend(date, plan.executionRule);
    yield moved < plan.startDate ? offWeekend(date, 'following') : moved;
  }
}

function* plannedDates(plan: StandingOrderPlan): Generator<string> {
  const { days, months } = FREQUENCIES[plan.frequency];
  if (days > 0) {
    for (let date = plan.startDate; ; date = addDays(date, days)) {
      yield date;
    }
  }
  const [year = 0, month = 0, startDay = 1] = plan.startDate.split('-').map(Number);
  for (let index = 0; ; index += 1) {
    const date = dayOfMonth(year, month - 1 + index * months, plan.dayOfExecution ?? startDay);
    if (date.startsWith('+')) {
      return;
    }
    const wanted = plan.monthsOfExecution?.includes(Number(date.slice(5, 7))) ?? true;
    if (wanted && date >= plan.startDate) {
      yield date;
    }
  }
}

/** That day of a month counted from January of the year, or the last day when the month is shorter; `+...` after 9999. */
function dayOfMonth(year: number, monthIndex: number, day: number): string {
  const last = new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, monthIndex, Math.min(day, last))).toISOString().slice(0, 10);
}

function offWeekend(date: string, rule: StandingOrderPlan['executionRule']): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  if (rule === undefined || (weekday !== 0 && weekday !== 6)) {
    return date;
  }
  if (rule === 'following') {
    return addDays(date, weekday === 6 ? 2 : 1);
  }
  return addDays(date, weekday === 6 ? -1 : -2);
}

function readDate(body: Shape, name: string, date: string): string {
  if (!isDate(date)) {
    throw formatError(body.at(name), 'must be a date of the calendar, YYYY-MM-DD');
  }
  return date;
}

/** A number as a text, as the specification has it; its own example has a leading zero, which a strict bank refuses. */
function readNumber(value: unknown, path: string, high: number, strict: boolean): number {
  const pattern = strict ? /^[1-9]\d?$/ : /^\d{1,2}$/;
  const number = typeof value === 'string' && pattern.test(value) ? Number(value) : Number.NaN;
  if (!(number >= 1 && number <= high)) {
    throw new ShapeError(path, `must be a text from "1" to "${high}"${strict ? ', without leading zero' : ''}`);
  }
  return number;
}

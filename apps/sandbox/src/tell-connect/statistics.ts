/** The columns of the statistics: services as a reader of the page knows them. */
export const SERVICES = ['ais', 'pis', 'funds'] as const;
export type Service = (typeof SERVICES)[number];

interface DayCount {
  requests: number;
  errors: number;
  totalMs: number;
  downSeconds: number;
}

export interface DayView {
  date: string;
  services: { service: Service; uptimePercent: number; averageMs: number | null; errorPercent: number }[];
}

/** The bank's own figures about its interface, by UTC day and service. */
export class Statistics {
  private readonly days = new Map<string, DayCount>();

  constructor(readonly since: string) {}

  answered(date: string, service: Service, status: number, ms: number): void {
    const day = this.day(date, service);
    day.requests += 1;
    day.errors += status >= 500 ? 1 : 0;
    day.totalMs += ms;
  }

  /** A tester says that the interface was down. */
  wasDown(date: string, service: Service, seconds: number): void {
    const day = this.day(date, service);
    day.downSeconds = Math.min(86_400, day.downSeconds + seconds);
  }

  view(date: string): DayView {
    return {
      date,
      services: SERVICES.map((service) => {
        const { requests, errors, totalMs, downSeconds } = this.day(date, service);
        return {
          service,
          uptimePercent: 100 - (downSeconds / 86_400) * 100,
          averageMs: requests === 0 ? null : Math.round(totalMs / requests),
          errorPercent: requests === 0 ? 0 : (errors / requests) * 100,
        };
      }),
    };
  }

  private day(date: string, service: Service): DayCount {
    const key = `${date} ${service}`;
    const day = this.days.get(key) ?? { requests: 0, errors: 0, totalMs: 0, downSeconds: 0 };
    this.days.set(key, day);
    return day;
  }
}

/** First day of the quarter of a date, `YYYY-MM-DD`. */
export function quarterStart(date: string): string {
  const month = Number(date.slice(5, 7));
  return `${date.slice(0, 4)}-${String(month - ((month - 1) % 3)).padStart(2, '0')}-01`;
}

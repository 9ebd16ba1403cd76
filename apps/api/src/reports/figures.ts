import type { Performance } from '@tributary/banking';

/** The three measures, in the order of the page. Each writes its figure as people read it. */
export const measures = [
  {
    id: 'uptime',
    title: 'Uptime',
    unit: '%',
    value: ({ uptimePercent }: Performance): number | null => uptimePercent,
    // Rounded down: whatever was down a moment is not 100 %.
    write: ({ uptimePercent }: Performance) => `${(Math.floor(uptimePercent * 100) / 100).toFixed(2)}%`,
  },
  {
    id: 'time',
    title: 'Average request time',
    unit: 'ms',
    value: ({ averageMs }: Performance): number | null => averageMs,
    write: ({ averageMs }: Performance) => (averageMs === null ? 'N/A' : `${averageMs} ms`),
  },
  {
    id: 'errors',
    title: 'Error rate',
    unit: '%',
    value: ({ errorPercent }: Performance): number | null => errorPercent,
    // Rounded up: an error that happened is not 0 %. The small part is what a division may leave behind.
    write: ({ errorPercent }: Performance) => `${(Math.ceil(errorPercent * 100 - 1e-9) / 100).toFixed(2)}%`,
  },
] as const;

export type Measure = (typeof measures)[number];

/** M/D/YYYY without leading zeros, as such pages write days. */
export function shortDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${Number(month)}/${Number(day)}/${year}`;
}

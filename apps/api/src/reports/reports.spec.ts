import type { ConnectionPerformance, PerformanceDay } from '@tributary/banking';
import { measures } from './figures.js';
import { performanceCsv } from './performance.csv.js';
import { finishedQuarters, quarterNamed, quarterOf } from './quarter.js';
import { preferredFormat } from './report-format.js';
import { statusPage } from './status.page.js';

const quiet = { uptimePercent: 100, averageMs: null, errorPercent: 0, calls: 0, errors: 0, downSeconds: 0 };

function performance(name: string, days: readonly PerformanceDay[] = []): ConnectionPerformance {
  const createdAt = new Date('2026-01-01T00:00:00Z');
  const connection = { id: 'cnn_1', provider: 'spec', environment: 'sandbox' as const, name, createdAt };
  return { connection, downSince: null, summary: quiet, days };
}

describe('quarters', () => {
  it.each([
    ['2026-02-28T23:59:59Z', { name: '2026-Q1', from: '2026-01-01', to: '2026-03-31' }],
    ['2024-07-23T00:00:00Z', { name: '2024-Q3', from: '2024-07-01', to: '2024-09-30' }],
    ['2026-12-31T23:59:59Z', { name: '2026-Q4', from: '2026-10-01', to: '2026-12-31' }],
  ])('%s', (instant, quarter) => {
    expect(quarterOf(new Date(instant))).toEqual(quarter);
    expect(quarterNamed(quarter.name)).toEqual(quarter);
  });

  it('are finished from the first one on, newest first', () => {
    const names = (since: string) =>
      finishedQuarters(new Date(since), new Date('2026-05-05T00:00:00Z')).map(({ name }) => name);
    expect(names('2025-11-11T00:00:00Z')).toEqual(['2026-Q1', '2025-Q4']);
    expect(names('2026-04-01T00:00:00Z')).toEqual([]);
    expect(names('1999-01-01T00:00:00Z')).toHaveLength(12);
  });
});

describe('figures', () => {
  it.each([
    [quiet, ['100.00%', 'N/A', '0.00%']],
    [{ ...quiet, uptimePercent: 99.9999, averageMs: 12, errorPercent: 0.0001 }, ['99.99%', '12 ms', '0.01%']],
    [{ ...quiet, uptimePercent: 99, averageMs: 0, errorPercent: 7 }, ['99.00%', '0 ms', '7.00%']],
  ])('never make better what was worse', (figures, written) => {
    expect(measures.map(({ write }) => write(figures))).toEqual(written);
  });
});

describe('the format', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['text/csv', 'csv'],
    ['text/*', 'csv'],
    ['text/csv;q=0.5, application/json', 'json'],
    ['application/json;q=0.2, text/csv', 'csv'],
    ['text/csv;q=x', 'json'],
  ])('for Accept %s is %s', (accept, format) => {
    expect(preferredFormat(accept)).toBe(format);
  });
});

describe('CSV', () => {
  it('has a row per connection and day, quotes what needs it, and has no formulas', () => {
    const day = { ...quiet, date: '2026-07-01' };
    expect(performanceCsv([performance('A "big", bank', [day]), performance('=HYPERLINK(1)', [day])])).toBe(
      [
        'date,connectionId,provider,environment,name,uptimePercent,averageMs,errorPercent,calls,errors,downSeconds',
        '2026-07-01,cnn_1,spec,sandbox,"A ""big"", bank",100.0000,,0.0000,0,0,0',
        "2026-07-01,cnn_1,spec,sandbox,'=HYPERLINK(1),100.0000,,0.0000,0,0,0",
        '',
      ].join('\r\n'),
    );
  });
});

describe('the page', () => {
  const parts = { quarter: quarterNamed('2026-Q3'), current: true, finished: [] };

  it('escapes names', () => {
    const day = { ...quiet, date: '2026-07-01' };
    const page = statusPage({ ...parts, connections: [performance('<script>x</script>', [day])] });
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
  });

  it('says that there is nothing to measure', () => {
    for (const connections of [[], [performance('Made later')]]) {
      expect(statusPage({ ...parts, connections })).toContain('there were no connections');
    }
  });
});

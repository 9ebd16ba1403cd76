import html from 'html-template-tag';
import { addDays } from '../../kit/clock.js';
import { safePath } from '../../kit/page.js';
import { notFound } from '../api-error.js';
import { quarterStart, type DayView } from '../statistics.js';
import type { Visit } from '../visit.js';
import { sheet, type PageAnswer, type PageRoute } from './page-route.js';

/** The bank's own statistics: quarter to date, and each quarter that is over. */
export const statisticsPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/statistics', handle: (visit) => show(visit) },
  {
    method: 'GET',
    path: '/ui/statistics.json',
    handle: (visit) => ({
      json: { days: daysUntil(visit, quarterStart(visit.platform.today()), visit.platform.today()) },
    }),
  },
  {
    method: 'GET',
    path: '/ui/statistics/:quarter',
    handle: (visit) => {
      const quarter = finishedQuarters(visit).find(({ from }) => from === visit.params['quarter']);
      if (!quarter) {
        throw notFound('finished quarter');
      }
      return { json: { ...quarter, days: daysUntil(visit, quarter.from, quarter.to) } };
    },
  },
];

function show(visit: Visit): PageAnswer {
  const { platform } = visit;
  const days = daysUntil(visit, quarterStart(platform.today()), platform.today());
  const today = platform.statistics.view(platform.today());
  const quarters = finishedQuarters(visit).map(
    ({ from, to }) =>
      html`<li><a href="$${safePath(`${visit.prefix}/ui/statistics/${from}`)}">${from} to ${to}</a></li>`,
  );
  const body = html`<p>Usage and uptime statistics for the Pockit interface.</p>
    <h2>Current status</h2>
    <p>Operating</p>
    <h2>Quarterly reports</h2>
    $${
      quarters.length === 0
        ? '<p>No quarter is over yet.</p>'
        : html`<ul>
            $${quarters.join('')}
          </ul>`
    }
    <h2>Today</h2>
    $${table('', [
      ['Uptime', ...today.services.map(uptime)],
      ['Average request time', ...today.services.map(time)],
      ['Error rate', ...today.services.map(errors)],
    ])}
    <h2>Daily uptime details</h2>
    $${table('Day', daily(days, uptime))}
    <h2>Daily average request time details</h2>
    $${table('Day', daily(days, time))}
    <h2>Daily error rate details</h2>
    $${table('Day', daily(days, errors))}`;
  return sheet(visit, { title: 'Statistics', body, wide: true });
}

type Figure = DayView['services'][number];
const uptime = ({ uptimePercent }: Figure) => `${uptimePercent.toFixed(2)}%`;
const errors = ({ errorPercent }: Figure) => `${errorPercent.toFixed(2)}%`;
const time = ({ averageMs }: Figure) => (averageMs === null ? 'N/A' : `${averageMs} ms`);

function daily(days: readonly DayView[], figure: (service: Figure) => string): string[][] {
  return days.map(({ date, services }) => [shortDate(date), ...services.map(figure)]);
}

function table(head: string, rows: readonly string[][]): string {
  const lines = rows.map(
    (cells) =>
      html`<tr>
        $${cells.map((cell) => html`<td>${cell}</td>`).join('')}
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <tr>
        <th>${head}</th>
        <th>Account information</th>
        <th>Payment initiation</th>
        <th>Confirmation of funds</th>
      </tr>
      $${lines.join('')}
    </table>
  </div>`;
}

/** M/D/YYYY without leading zeros, as the bank writes days. */
function shortDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${Number(month)}/${Number(day)}/${year}`;
}

function daysUntil({ platform }: Visit, from: string, to: string): DayView[] {
  const days: DayView[] = [];
  for (let date = from; date <= to && days.length < 92; date = addDays(date, 1)) {
    days.push(platform.statistics.view(date));
  }
  return days;
}

/** The last eight quarters that are over and in which the interface existed. What is over does not change any more. */
function finishedQuarters({ platform }: Visit): { from: string; to: string }[] {
  const quarters: { from: string; to: string }[] = [];
  let next = quarterStart(platform.today());
  while (quarters.length < 8) {
    const to = addDays(next, -1);
    if (to < platform.statistics.since) {
      break;
    }
    next = quarterStart(to);
    quarters.push({ from: next, to });
  }
  return quarters;
}

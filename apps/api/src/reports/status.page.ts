import type { ConnectionPerformance, Performance } from '@tributary/banking';
import html from 'html-template-tag';
import { type Measure, measures, shortDate } from './figures.js';
import type { Quarter } from './quarter.js';
import { plot, strokeOf } from './status.plot.js';

export interface StatusParts {
  readonly quarter: Quarter;
  readonly current: boolean;
  readonly finished: readonly Quarter[];
  readonly connections: readonly ConnectionPerformance[];
}

const style = `
:root { --ink: #17242d; --soft: #566670; --line: #d9e0e4; --paper: #f4f6f7; --good: #00735a; --bad: #a3271f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.25rem 0 .6rem; }
p { margin: 0 0 .75rem; } .note, small { color: var(--soft); font-size: .9rem; }
ul { list-style: none; margin: 0; padding: 0; } .states li { margin: .25rem 0; } .quarters li { display: inline-block; margin-right: 1rem; }
.state { font-weight: 600; } .up { color: var(--good); } .down { color: var(--bad); }
.sheet { background: #fff; border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .75rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .8rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } thead th { white-space: normal; min-width: 7rem; vertical-align: bottom; color: var(--soft); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; } tbody th { font-weight: 400; }
svg { display: block; width: 100%; height: auto; padding: .5rem; } svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .line { fill: none; stroke-width: 2; }
svg.key { display: inline-block; width: 1.75rem; height: .75rem; padding: 0; margin-right: .4rem; }
a { color: #0b5c8a; }
@media (max-width: 34rem) { body { padding: 1rem .75rem 2rem; } th, td { padding: .35rem .5rem; } thead th { min-width: 5rem; } svg text { font-size: 20px; } }
`;

/** Usage and uptime of every connection over one quarter: present state, quarterly reports, summary, plots, tables by day. */
export function statusPage({ quarter, current, finished, connections }: StatusParts): string {
  const dates = [...new Set(connections.flatMap(({ days }) => days.map(({ date }) => date)))].toSorted();
  const body =
    dates.length === 0
      ? html`<p>Nothing was measured in this time: there were no connections.</p>`
      : html`<h2>Summary</h2>
          $${summaryTable(connections)} $${measures.map((measure) => section(measure, connections, dates)).join('')}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Status of the interfaces</title>
        <style>
          $${style}
        </style>
      </head>
      <body>
        <h1>Status of the interfaces</h1>
        <p class="note">
          Uptime, request times and errors of the banks' interfaces, measured by us. Days are UTC days. An interface is
          down from the first of five requests in a row without an answer in 30 seconds, until the next answer.
        </p>
        <h2>Current status</h2>
        <ul class="states">
          $${connections.map(state).join('')}
        </ul>
        <h2>Quarterly reports</h2>
        <ul class="quarters">
          $${[link(undefined, 'Quarter to date', current), ...finished.map(({ name }) => link(name, name, !current && name === quarter.name))].join('')}
        </ul>
        <p><small>This page shows ${shortDate(quarter.from)} to ${shortDate(dates.at(-1) ?? quarter.to)}.</small></p>
        $${body}
      </body>
    </html>`;
}

function link(name: string | undefined, words: string, shown: boolean): string {
  const href = name === undefined ? '/status' : `/status?quarter=${name}`;
  return shown
    ? html`<li><strong aria-current="page">${words}</strong></li>`
    : html`<li><a href="$${href}">${words}</a></li>`;
}

function state({ connection, downSince }: ConnectionPerformance): string {
  const words = downSince ? `down since ${downSince.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'operating';
  return html`<li>${nameOf(connection)}: <span class="state ${downSince ? 'down' : 'up'}">${words}</span></li>`;
}

function section(measure: Measure, connections: readonly ConnectionPerformance[], dates: readonly string[]): string {
  const rows = dates.map((date) => ({
    head: html`<time datetime="${date}">${shortDate(date)}</time>`,
    figures: connections.map(({ days }) => days.find((day) => day.date === date)),
  }));
  return html`<section id="${measure.id}">
    <h2>Daily ${measure.title.toLowerCase()} details</h2>
    <div class="sheet">$${plot(measure, connections, dates)}</div>
    $${table(
      'Day',
      connections,
      rows.map(({ head, figures }) => ({ head, cells: figures.map((day) => (day ? measure.write(day) : '')) })),
    )}
  </section>`;
}

function summaryTable(connections: readonly ConnectionPerformance[]): string {
  const rows = measures.map(({ title, write }) => ({
    head: title,
    cells: connections.map(({ summary }: { summary: Performance }) => write(summary)),
  }));
  return html`<section id="summary">$${table('', connections, rows)}</section>`;
}

/** A column for each connection, with the line that it has in the plots. `head` is safe HTML. */
function table(
  corner: string,
  connections: readonly ConnectionPerformance[],
  rows: readonly { readonly head: string; readonly cells: readonly string[] }[],
): string {
  const heads = connections.map(({ connection }, index) => {
    const { colour, dash } = strokeOf(index);
    return html`<th scope="col">
      <svg class="key" viewBox="0 0 28 12" aria-hidden="true">
        <line x1="0" x2="28" y1="6" y2="6" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}" /></svg
      >${nameOf(connection)}
    </th>`;
  });
  const lines = rows.map(
    ({ head, cells }) =>
      html`<tr>
        <th scope="row">$${head}</th>
        $${cells.map((cell) => html`<td>${cell}</td>`).join('')}
      </tr>`,
  );
  return html`<div class="sheet scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">${corner}</th>
          $${heads.join('')}
        </tr>
      </thead>
      <tbody>
        $${lines.join('')}
      </tbody>
    </table>
  </div>`;
}

function nameOf({ name, environment }: ConnectionPerformance['connection']): string {
  return environment === 'production' ? name : `${name} (${environment})`;
}

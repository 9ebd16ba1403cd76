import type { ConnectionPerformance } from '@tributary/banking';
import html from 'html-template-tag';
import { type Measure, shortDate } from './figures.js';

/** Colours that people with a colour vision deficiency can tell apart (Okabe and Ito), dark enough for lines on white. */
const colours = ['#0072b2', '#b35900', '#00735a', '#aa4586', '#444444', '#7a6a00'] as const;
/** From the seventh connection on the lines are dashed. */
const dashes = ['none', '6 3', '2 3'] as const;

const [width, height] = [720, 200];
const margin = { left: 96, right: 12, top: 16, bottom: 30 };

interface Stroke {
  readonly colour: string;
  readonly dash: string;
}

/** How the line of the n-th connection looks. */
export function strokeOf(index: number): Stroke {
  return {
    colour: colours[index % colours.length] ?? colours[0],
    dash: dashes[Math.floor(index / colours.length) % dashes.length] ?? 'none',
  };
}

/** One measure over the days, a line for each connection, as SVG without script. A day without a figure is a gap. */
export function plot(
  measure: Measure,
  connections: readonly ConnectionPerformance[],
  dates: readonly string[],
): string {
  const values = connections.flatMap(({ days }) => days.flatMap((day) => measure.value(day) ?? []));
  const [low, high] = rangeOf(measure, values);
  const x = (date: string) =>
    margin.left +
    (Math.max(0, dates.indexOf(date)) / Math.max(1, dates.length - 1)) * (width - margin.left - margin.right);
  const y = (value: number) => margin.top + (1 - (value - low) / (high - low)) * (height - margin.top - margin.bottom);
  const lines = connections.map(({ days }, index) => {
    const points = days.map((day) => {
      const value = measure.value(day);
      return value === null ? null : { at: `${x(day.date).toFixed(1)},${y(value).toFixed(1)}`, date: day.date };
    });
    return line(points, strokeOf(index));
  });
  const [left, right] = [String(margin.left), String(width - margin.right)];
  const foot = String(height - 6);
  const ticks = [low, (low + high) / 2, high].map((value) => {
    const words = `${tick(value)} ${measure.unit}`;
    return html`<line class="grid" x1="${left}" x2="${right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" />
      <text x="${String(margin.left - 8)}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${words}</text>`;
  });
  const label = `${measure.title} per day, a line for each connection; the figures are in the table below`;
  return html`<svg viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${label}">
    $${ticks.join('')} $${lines.join('')}
    <text x="${left}" y="${foot}">${shortDate(dates.at(0) ?? '')}</text>
    <text x="${right}" y="${foot}" text-anchor="end">${shortDate(dates.at(-1) ?? '')}</text>
  </svg>`;
}

/** Lines between neighbours, and a dot where a day stands alone. */
function line(points: readonly ({ at: string; date: string } | null)[], { colour, dash }: Stroke): string {
  let path = '';
  const alone: string[] = [];
  points.forEach((point, index) => {
    if (!point) return;
    const [before, after] = [points[index - 1], points[index + 1]];
    path += `${before ? 'L' : 'M'}${point.at} `;
    if (!before && !after) alone.push(point.at);
  });
  const dots = alone.map((at) => {
    const [cx = '0', cy = '0'] = at.split(',');
    return html`<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}" />`;
  });
  return html`<path class="line" d="${path.trim()}" stroke="${colour}" stroke-dasharray="${dash}" />$${dots.join('')}`;
}

/** Percentages of uptime from below the lowest to 100, everything else from zero. */
function rangeOf({ id }: Measure, values: readonly number[]): [number, number] {
  if (id === 'uptime') {
    const lowest = Math.min(99, ...values);
    return [Math.max(0, Math.floor(lowest)), 100];
  }
  const highest = Math.max(0, ...values);
  return [0, highest === 0 ? 1 : highest];
}

function tick(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

// What the bench says: a line per goal, on the terminal and in docs/benchmarks.md.
import os from 'node:os';
import { causes } from './causes.mjs';
import { median } from './samples.mjs';

const number = (value) => {
  if (value >= 1_000) return Math.round(value).toLocaleString('en-GB');
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(size < 0.1 ? 3 : 2);
};
const figureOf = (values, unit) => (values.length === 0 ? '' : `${number(median(values))}${unit && ` ${unit}`}`);
const mustOf = (must) => (must === undefined ? '' : 'atLeast' in must ? `>= ${must.atLeast}` : `<= ${must.atMost}`);
const passOf = (pass) => (pass === null ? '' : pass ? 'yes' : 'NO');

const columns = ['Goal', 'Product', 'Peer', 'Ratio or figure (min to max)', 'Must', 'Pass'];

function cells({ name, unit, product, peer, ratios, must, pass, figure }) {
  const span = ratios.length > 1 ? ` (${number(Math.min(...ratios))} to ${number(Math.max(...ratios))})` : '';
  return [name, figureOf(product, unit), figureOf(peer, unit), `${number(figure)}${span}`, mustOf(must), passOf(pass)];
}

/** @returns a table with padded columns, which is also how prettier writes Markdown */
export function table(goals) {
  const rows = [columns, ...goals.map(cells)];
  const widths = columns.map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
}

export function notes(goals) {
  return [...new Set(goals.flatMap(({ name, note }) => (note ? [`- ${name}: ${note}`] : [])))].join('\n');
}

/** What profiles say about the goals that were missed. */
function whereMissed(goals) {
  const missed = goals.filter(({ pass }) => pass === false).map(({ name }) => name);
  const said = causes.filter(({ of }) => missed.some((name) => of.some((beginning) => name.startsWith(beginning))));
  if (said.length === 0) return '';
  return `## Where the goals are missed, and by what

Shares are from CPU profiles of the process under the load of its row, of what is not idle. Most were taken beside other work, which
shares bear and rates do not. What is said of the latency is timed, not sampled.

${said.map(({ says }) => `- ${says.replaceAll('\n', '\n  ')}`).join('\n')}

`;
}

/** The page of the last full run. */
export function benchmarksPage(goals, { rounds, quick, sizes, parts, missing }) {
  const [cpu] = os.cpus();
  const said = notes(goals);
  return `# Benchmarks

The last full run of \`npm run bench -- --record\`; do not edit. Only the ratios mean something: product and peers ran in turns on one
machine, in fresh processes, ${rounds} rounds${quick ? ' (a quick run)' : ''}. A ratio is the median of the rounds, with the lowest and the highest.
Not in turns: BullMQ's no-op, which knows no payments, is measured beside 10,000 open ones and compared with all sizes; sizes of the same
row follow each other; parsed keys and claims are one pass in one process.${parts > 1 ? `\nThe rows were measured in ${parts} parts, one after the other (\`--continue\`), while the code went on changing.` : ''}

Rates depend on who else is at the machine.
Machine: ${os.availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.versions.node}.
Open payments of the status sync: ${sizes.map((size) => size.toLocaleString('en-GB')).join(', ')}.

${table(goals)}
${said && `\n${said}\n`}${missing.length > 0 ? `\nNot measured in this run: ${missing.join(', ')}.\n` : ''}
${whereMissed(goals)}## Who is compared

- P0: Fastify and undici: asks the bank, parses, maps, answers. P1: P0 with an HS256 token, one select and one insert, each durable.
  P1-RSA: a payment in that manner, signed with RSA-2048. P2: P0's job in Express and axios. P3: the default Nest stack (Express, axios,
  jose, TypeORM find and save). All of them are in \`bench/peers\`, at most 60 lines each.
- P1 and P3 select and insert once per read. The product looks up the consents of all reads that arrive at the same time with one
  statement, each after it arrived, and writes what it keeps of reads (when, and how the bank answered) for many together.
- BullMQ on Redis (append-only file): jobs that do nothing, and the full cycle (ask the bank, update the row, add the job again).
- The product as it is shipped: built, production settings, logging on; but for the limits of requests per app, which one app that sends
  all the load would meet, and connections that may reach a bank on loopback, open 100 connections to it (64 if not said) and wait 5 s
  for it (10 s if not said). The bank has fixed answers and a process of its own; so has the
  generator. PostgreSQL is durable for everyone (fsync, synchronous_commit, full_page_writes).
- Unified GETs go to a bank that wants no signature; the row that says so has each call signed.
- Everybody is warmed up alike before the measuring begins: reads 8 s under full load, initiations 12 s, those
  of ten banks 8 s (all healthy), the status sync two passes of
  10,000 payments. The share of reused connections counts the warm-up in.
- The worker of the status sync sends no bank's reports, which would open contexts of tenants in it. The queue of BullMQ's full cycle keeps what it
  adds again, about 30,000 delayed jobs a round.
- One of ten banks hangs: all are asked at a fixed rate, below what one process can serve. The p99 is that of all reads of the other nine
  together, from the moment at which the tenth falls silent.
- A figure counts only if every answer was right; for live reads, latency, payments and polls, if the bank was asked exactly once per request;
  for polls, if the timelines have one entry per change of a status.
`;
}

// npm run bench [-- --only=get,latency --rounds=7 --quick --record --continue=bench/results/<file>.json]
// Measures the built product against peers; prints a line per goal, keeps the raw rounds in bench/results, and with --record writes
// docs/benchmarks.md. A run that was cut short goes on with the rows that its file of raw rounds lacks. The goals and the rules of honesty are in the head of that page and of each row.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, checkNode, fail, install, npm, root, run as runProgram, say } from '../scripts/prepare.mjs';
import { benchDir } from './processes.mjs';

const rowFiles = ['get', 'latency', 'keys', 'payment', 'hung', 'startup', 'sync', 'claim'];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    continue: { type: 'string' },
  },
});
const before = values.continue && JSON.parse(fs.readFileSync(path.resolve(values.continue), 'utf8'));
const { quick } = before || values;
const rounds = Number(before?.rounds ?? values.rounds ?? (quick ? 3 : 7));
const wanted = (values.only?.split(',') ?? rowFiles).filter((row) => !before?.rows[row]);
const unknown = wanted.filter((row) => !rowFiles.includes(row));
if (unknown.length > 0) fail(`There is no row "${unknown.join(', ')}". There are: ${rowFiles.join(', ')}.`, 2);
if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds must be a whole number of 1 or more.', 2);

checkNode();
install();
if (!fs.existsSync(path.join(benchDir, 'node_modules'))) {
  say('Installing what the peers need (npm ci in bench).');
  const status = npm(['ci', '--prefix', benchDir, '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) fail('The peers could not be installed; the lines above say why.', status);
}
build();

const sizes = quick ? [10_000, 50_000] : [10_000, 100_000, 1_000_000];
const { openWorld } = await import('./world.mjs');
const { table, benchmarksPage, notes } = await import('./report.mjs');
const page = path.join(root, 'docs/benchmarks.md');

const world = await openWorld(say);
const raw = before || { at: new Date().toISOString(), node: process.version, rounds, quick, rows: {} };
raw.parts = (raw.parts ?? 0) + 1;
const goals = Object.values(raw.rows).flatMap((row) => row.goals);
const missing = Object.values(raw.rows).flatMap((row) => row.missing ?? []);
const failures = [];
const results = path.join(benchDir, 'results');
const file = path.join(results, `${raw.at.replaceAll(':', '-').slice(0, 19)}.json`);
fs.mkdirSync(results, { recursive: true });

/** After each row, so that a run that is cut short has kept what it found. */
function keep() {
  fs.writeFileSync(file, JSON.stringify(raw, null, 2));
  if (!values.record || goals.length === 0) return;
  const left = rowFiles.filter((row) => !(row in raw.rows) && !missing.some((name) => name.startsWith(row)));
  fs.writeFileSync(
    page,
    benchmarksPage(goals, { rounds, quick, sizes, parts: raw.parts, missing: [...left, ...missing] }),
  );
  runProgram(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--write', page, '--log-level', 'warn']);
}

try {
  await world.seed(quick ? 200 : 1_200, say);
  for (const row of wanted) {
    const began = performance.now();
    say(`Row "${row}".`);
    try {
      const { run } = await import(`./rows/${row}.mjs`);
      const result = await run(world, { rounds, quick, sizes, say: (line) => say(`  ${line}`) });
      raw.rows[row] = { seconds: Math.round((performance.now() - began) / 1_000), ...result };
      say(`Row "${row}" took ${raw.rows[row].seconds} s.`);
      goals.push(...result.goals);
      if (result.missing) missing.push(result.missing);
    } catch (error) {
      // A figure counts only if every answer is right: the row has none. What the other rows found is no worse for it.
      failures.push(error);
      missing.push(`${row} (broke off: ${error.message.split('\n')[0]})`);
      say(`Row "${row}" broke off.`);
    }
    keep();
  }
} finally {
  await world.close();
}

if (goals.length > 0) console.log(`\n${[table(goals), notes(goals)].filter(Boolean).join('\n\n')}\n`);
console.log(`Raw rounds: ${path.relative(root, file)}`);
if (values.record) say('Wrote docs/benchmarks.md.');
for (const failure of failures) console.error(failure);
if (failures.length > 0) fail('A row broke off: a figure counts only if every answer is right.');

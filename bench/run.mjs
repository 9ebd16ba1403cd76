// npm run bench [-- --only=get,latency --rounds=7 --quick --record]
// Measures the built product against peers; prints a line per goal, keeps the raw rounds in bench/results, and with --record writes
// docs/benchmarks.md. The goals and the rules of honesty are in the head of that page and of each row.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, checkNode, fail, install, npm, root, run as runProgram, say } from '../scripts/prepare.mjs';
import { benchDir } from './processes.mjs';

const rowFiles = ['get', 'latency', 'keys', 'payment', 'hung', 'sync', 'claim', 'startup'];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 3 : 7));
const wanted = values.only?.split(',') ?? rowFiles;
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
const { table, page, notes } = await import('./report.mjs');

const world = await openWorld(say);
const goals = [];
const missing = [];
const raw = { at: new Date().toISOString(), node: process.version, rounds, quick, rows: {} };
const failures = [];
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
  }
} finally {
  await world.close();
}

const results = path.join(benchDir, 'results');
fs.mkdirSync(results, { recursive: true });
const file = path.join(results, `${raw.at.replaceAll(':', '-').slice(0, 19)}.json`);
fs.writeFileSync(file, JSON.stringify(raw, null, 2));
if (goals.length > 0) console.log(`\n${[table(goals), notes(goals)].filter(Boolean).join('\n\n')}\n`);
console.log(`Raw rounds: ${path.relative(root, file)}`);
for (const failure of failures) console.error(failure);
if (values.record && goals.length > 0) {
  const left = rowFiles.filter((row) => !wanted.includes(row)).concat(missing);
  fs.writeFileSync(path.join(root, 'docs/benchmarks.md'), page(goals, { rounds, quick, sizes, missing: left }));
  runProgram(process.execPath, [
    'node_modules/prettier/bin/prettier.cjs',
    '--write',
    'docs/benchmarks.md',
    '--log-level',
    'warn',
  ]);
  say('Wrote docs/benchmarks.md.');
}
if (failures.length > 0) fail('A row broke off: a figure counts only if every answer is right.');

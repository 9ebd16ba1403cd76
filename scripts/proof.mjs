// npm run proof [-- <name> [--seed=<number>]]
// Runs one proof of test/proof at its full size, or all of them. Each prints one line of JSON with what it did and found,
// and fails where something was lost, doubled, believed or leaked, or where it proved nothing.
import fs from 'node:fs';
import path from 'node:path';
import { build, checkNode, fail, install, root, run, say } from './prepare.mjs';

const SEED = '--seed=';
const ENDING = '.spec.ts';
/** Proofs that live with the tests of the api. */
const elsewhere = { requests: 'test/e2e/api/random-requests', tenants: 'test/e2e/api/tenancy' };

const args = process.argv.slice(2);
const seed = args.find((arg) => arg.startsWith(SEED))?.slice(SEED.length);
const [name, ...rest] = args.filter((arg) => !arg.startsWith(SEED));
const own = fs
  .readdirSync(path.join(root, 'test/proof'))
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length));
const names = [...own, ...Object.keys(elsewhere)].toSorted((one, other) => one.localeCompare(other));
if (rest.length > 0 || (name !== undefined && !names.includes(name))) {
  fail(`Usage: npm run proof [-- <name> [--seed=<number>]]. Names: ${names.join(', ')}.`, 2);
}

checkNode();
install();
build();
const chosen = name === undefined ? names : [name];
for (const one of chosen) {
  say(`Proof "${one}" at its full size.`);
  const file = elsewhere[one] ?? `test/proof/${one}`;
  const status = run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'node_modules/jest/bin/jest.js'),
      '--runInBand',
      `${file}${ENDING.replaceAll('.', '\\.')}$`,
    ],
    { PROOF: 'full', ...(seed !== undefined && { PROOF_SEED: seed, RANDOM_REQUESTS_SEED: seed }) },
  );
  if (status !== 0) fail(`Proof "${one}" failed.`, status);
}
say('Proved.');

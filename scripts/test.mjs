// npm test [-- --report=<file>] [-- <jest arguments>]
// Installs if needed, then lint, build and all tests; stops at the first that fails. With jest arguments, lint is left out.
import path from 'node:path';
import { build, checkNode, fail, install, npm, root, run, say } from './prepare.mjs';

const REPORT = '--report=';
const args = process.argv.slice(2);
const report = args.find((arg) => arg.startsWith(REPORT))?.slice(REPORT.length);
const jestArgs = args.filter((arg) => !arg.startsWith(REPORT));

checkNode();
install();

if (jestArgs.length === 0) {
  say('Static checks (npm run lint).');
  const status = npm(['run', '--silent', 'lint']);
  if (status !== 0) fail('Static checks failed.', status);
}

build();

say('Tests (jest).');
const status = run(process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  path.join(root, 'node_modules/jest/bin/jest.js'),
  ...(report ? ['--json', `--outputFile=${path.resolve(report)}`] : []),
  ...jestArgs,
]);
if (status !== 0) fail('Tests failed.', status);
say('All passed.');

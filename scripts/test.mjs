// npm test [-- --report=<file>] [-- <jest arguments>]
// Installs if needed, then lint, build and all tests; stops at the first that fails. With jest arguments, lint is left out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { build, checkNode, fail, install, npm, root, run, say } from './prepare.mjs';

const REPORT = '--report=';
const args = process.argv.slice(2);
const report = args.find((arg) => arg.startsWith(REPORT))?.slice(REPORT.length);
const jestArgs = args.filter((arg) => !arg.startsWith(REPORT));

checkNode();
install();

if (jestArgs.length === 0) {
  // Side by side with the build, which keeps one core busy.
  const building = "import { build } from './scripts/prepare.mjs'; build();";
  const child = spawn(process.execPath, ['--input-type=module', '--eval', building], { cwd: root, stdio: 'inherit' });
  const built = once(child, 'exit');
  say('Static checks (npm run lint).');
  const status = npm(['run', '--silent', 'lint']);
  const [code] = await built;
  if (status !== 0) fail('Static checks failed.', status);
  if (code !== 0) process.exit(code ?? 1);
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

// npm start, npm run demo, npm run chaos: installs and builds if needed, then runs the launcher in this very process, so that Ctrl-C and
// other signals reach it directly.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, checkNode, fail, install, root } from './prepare.mjs';

const programs = { start: 'main.js', demo: 'demo/main.js', chaos: 'chaos/main.js' };

const command = process.argv[2] ?? 'start';
if (!Object.hasOwn(programs, command))
  fail(`Unknown command "${command}". Use: node scripts/run.mjs start|demo|chaos`, 2);

checkNode();
install();
build();
process.chdir(root);
await import(pathToFileURL(path.join(root, 'dist/apps/launcher/src', programs[command])).href);

// What both "npm start" and "npm test" need first: a fitting Node, installed dependencies, a fresh build.
// Plain Node without dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project, from wherever it was called. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** One line about what happens now, with the seconds since the start. */
export function say(line) {
  console.log(`[${(performance.now() / 1000).toFixed(1).padStart(5)} s] ${line}`);
}

/** Ends the process with a message that says what to do. */
export function fail(message, status = 1) {
  console.error(`\n${message}`);
  process.exit(status);
}

/** Runs a program in the project folder with our terminal. @returns its exit code; 1 if a signal ended it. */
export function run(program, args, env = {}) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) fail(`${program} could not be started: ${error.message}`);
  return status ?? 1;
}

/** Runs npm: the one that called us if there is one, so that it need not be on the PATH. */
export function npm(args) {
  // npm writes a cache into the home folder. Without a usable one it gets a place of its own.
  const env = isWritable(os.homedir())
    ? {}
    : { npm_config_cache: path.join(os.tmpdir(), `npm-cache-${os.userInfo().uid}`) };
  const caller = process.env.npm_execpath;
  if (caller?.endsWith('.js')) return run(process.execPath, [caller, ...args], env);
  const beside = path.join(path.dirname(process.execPath), process.platform === 'win32' ? 'npm.cmd' : 'npm');
  return run(fs.existsSync(beside) ? beside : 'npm', args, env);
}

function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return folder !== '';
  } catch {
    return false;
  }
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Tributary needs Node 20.19 or newer, and this is ${process.version}. Install a newer one from https://nodejs.org`,
  );
}

/** Installs when node_modules is missing or belongs to another package-lock.json. */
export function install() {
  const lock = path.join(root, 'package-lock.json');
  const stamp = path.join(root, 'node_modules', '.installed-from');
  const wanted = hashOf([lock]);
  if (readIfThere(stamp) === wanted) return;
  // Somebody may have run npm themselves; npm then leaves a lock file of its own that is newer.
  const own = fs.statSync(path.join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  const unstamped = readIfThere(stamp) === undefined;
  if (!(unstamped && own && own.mtimeMs >= fs.statSync(lock).mtimeMs)) {
    say('Installing dependencies (npm ci). The first time this takes about half a minute.');
    const status = npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']);
    if (status !== 0) fail('The dependencies could not be installed; the lines above say why.', status);
    say('Installed.');
  }
  fs.writeFileSync(stamp, wanted);
}

/** Compiles when dist is missing or was made from other sources. */
export function build() {
  const stamp = path.join(root, 'dist', '.built-from');
  const wanted = hashOf(sources());
  if (readIfThere(stamp) === wanted) return;
  say('Compiling.');
  for (const script of ['node_modules/@nestjs/cli/bin/nest.js build', 'scripts/bundle.mjs']) {
    const status = run(process.execPath, script.split(' '));
    if (status !== 0) fail('The project does not compile; the lines above say where.', status);
  }
  fs.writeFileSync(stamp, wanted);
  say('Compiled.');
}

function sources() {
  const settings = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'nest-cli.json',
    'scripts/bundle.mjs',
  ];
  const code = ['apps', 'libs'].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => path.join(folder, name)),
  );
  return [...settings, ...code.toSorted((a, b) => (a < b ? -1 : 1))].map((name) => path.join(root, name));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function readIfThere(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

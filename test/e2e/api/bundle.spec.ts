import fs from 'node:fs';
import path from 'node:path';
import { send, startApi } from './process.js';

const dist = path.resolve(import.meta.dirname, '../../../dist');

async function documentOf(main: string): Promise<unknown> {
  const api = await startApi({ PUBLIC_URL: 'http://api.example' }, main);
  try {
    const { text } = await send(`${api.url}/docs-json`);
    return JSON.parse(text);
  } finally {
    await api.stop();
  }
}

// Negative control, carried out once: a bundle whose functions are named by a helper that does nothing has schemas without a name.
it('the bundled api has the document of its modules: no class or property lost its name', async () => {
  const [bundle, modules] = await Promise.all(
    ['programs/api.js', 'apps/api/src/main.js'].map((main) => documentOf(path.join(dist, main))),
  );
  expect(bundle).toEqual(modules);
});

const programs = path.join(dist, 'programs');
const texts = fs
  .readdirSync(programs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js'))
  .map((file) => fs.readFileSync(path.join(programs, file), 'utf8'));

it('a function is not named anew each time it is made', () => {
  const calls = texts.flatMap((text) => text.match(/\b__name\([^)]{0,10}/g) ?? []);
  expect(calls.length).toBeGreaterThan(100);
  expect([...new Set(calls.map((call) => call.slice(0, 12)))]).toEqual(['__name(this,']);
});

// Negative control, carried out once: without what `scripts/bundle.mjs` does about mapped-types, it asks for both.
it('validation and transformation are there once', () => {
  const asked = texts.flatMap((text) => text.match(/require\d*\("class-(?:validator|transformer)[^)]*\)/g) ?? []);
  expect(asked).toEqual([]);
});

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

// Negative control, carried out once: a bundle that keeps no names of functions has schemas without a name.
it('the bundled api has the document of its modules: no class or property lost its name', async () => {
  const [bundle, modules] = await Promise.all(
    ['programs/api.js', 'apps/api/src/main.js'].map((main) => documentOf(path.join(dist, main))),
  );
  expect(bundle).toEqual(modules);
});

it('a function is not named anew each time it is made', () => {
  const parts = path.join(dist, 'programs/parts');
  const calls = fs
    .readdirSync(parts)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => fs.readFileSync(path.join(parts, file), 'utf8').match(/\b__name\([^)]{0,10}/g) ?? []);
  expect(calls.length).toBeGreaterThan(100);
  expect([...new Set(calls.map((call) => call.slice(0, 12)))]).toEqual(['__name(this,']);
});

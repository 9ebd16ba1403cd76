import fs from 'node:fs';
import path from 'node:path';
import { generators } from './generators.js';
import { projectRoot } from './project-root.js';

describe('generated files', () => {
  it.each(generators)('$file is what the code says now (run: npm run build && npm run generate)', async (generator) => {
    const committed = fs.readFileSync(path.join(projectRoot(), generator.file), 'utf8');
    expect(committed).toBe(await generator.generate());
  });
});

/** `npm run generate`: writes every committed file that is made from the code. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { generators } from './generators.js';
import { projectRoot } from './project-root.js';

for (const generator of generators) {
  const target = path.join(projectRoot(), generator.file);
  await fs.mkdir(path.dirname(target), { recursive: true });
  await fs.writeFile(target, await generator.generate());
  console.log(`Wrote ${generator.file}`);
}

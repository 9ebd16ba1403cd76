import { renderProvidersDoc } from '@tributary/providers';
import { envExample } from './env-example.js';

/** A committed file that is made from the code. */
export interface Generator {
  /** Path from the project folder. */
  readonly file: string;
  /** The whole text that the file must have. */
  generate(): string | Promise<string>;
}

/** Every generated file. `npm run generate` writes them; a spec fails when a committed one is stale. */
export const generators: readonly Generator[] = [
  { file: '.env.example', generate: envExample },
  { file: 'docs/providers.md', generate: () => renderProvidersDoc() },
];

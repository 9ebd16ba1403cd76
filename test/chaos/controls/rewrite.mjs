// Breaks the product for a negative control: rewrites statements of one compiled module while Node loads it. Nothing of
// this is in the product; a process gets it by `--import`, and does not start where a statement is not found as it was.
import { register } from 'node:module';

/**
 * @param {string} module end of the path of the compiled module
 * @param {readonly (readonly [string, string])[]} changes each statement, which must be there once, and what stands for it
 */
export function rewrite(module, changes) {
  register('./rewriting.hooks.mjs', import.meta.url, { data: { module, changes } });
}

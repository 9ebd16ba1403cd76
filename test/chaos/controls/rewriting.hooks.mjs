// The hooks of rewrite.mjs; Node runs them in a thread of their own.
/** @type {{ module: string, changes: readonly (readonly [string, string])[] }} */
let wanted = { module: '', changes: [] };

export function initialize(data) {
  wanted = data;
}

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith(wanted.module)) return loaded;
  let source = Buffer.from(loaded.source).toString();
  for (const [before, after] of wanted.changes) {
    if (source.split(before).length !== 2) throw new Error(`${wanted.module} does not have once: ${before}`);
    source = source.replace(before, () => after);
  }
  return { ...loaded, source };
}

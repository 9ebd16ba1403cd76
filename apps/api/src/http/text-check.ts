import { Refusal } from '@tributary/banking';

/** Deeper than any body of this API; a guard against inputs made to exhaust whoever walks them. */
const deepest = 20;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** PostgreSQL stores neither; JSON can spell both. */
const unstorable = (text: string): boolean => text.includes('\0') || loneSurrogate.test(text);

/**
 * Refuses text that cannot be stored (NUL, lone surrogates) and values that are nested too deep, wherever they stand.
 * Walks with a stack of its own, since the depth of the input is what is in doubt.
 * @throws Refusal with the pointer of the first fault
 */
export function checkTexts(value: unknown, root: string): void {
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value, pointer: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: found, pointer, depth } = next;
    if (typeof found === 'string') {
      if (unstorable(found)) throw refuse(pointer, 'a character that is not allowed (NUL or half of a pair)');
      continue;
    }
    if (typeof found !== 'object' || found === null || Buffer.isBuffer(found)) continue;
    if (depth >= deepest) throw refuse(pointer, 'more levels than this API has');
    for (const [name, inner] of Object.entries(found)) {
      if (unstorable(name)) throw refuse(pointer, 'a name with a character that is not allowed');
      const below = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`.slice(0, 200);
      open.push({ value: inner, pointer: below, depth: depth + 1 });
    }
  }
}

function refuse(pointer: string, message: string): Refusal {
  return new Refusal('invalid_request', 'Correct the fields named in "errors" and send the request again.', {
    errors: [{ pointer, code: 'invalid', message: `holds ${message}` }],
  });
}

/** How a text looks where somebody wrote it down, by the name of the spelling. Only those that differ from it. */
export function spellings(text: string): readonly (readonly [name: string, spelt: string])[] {
  const bytes = Buffer.from(text);
  const all: (readonly [string, string])[] = [
    ['as it is', text],
    ['in JSON', JSON.stringify(text).slice(1, -1)],
    ['in a URL', encodeURIComponent(text)],
    ['in a form', new URLSearchParams([['', text]]).toString().slice(1)],
    ['in hexadecimal digits', bytes.toString('hex')],
    ...[0, 1, 2].flatMap((before) => {
      const within = inBase64(bytes, before);
      return [
        ['in base64', within] as const,
        ['in base64url', within.replaceAll('+', '-').replaceAll('/', '_')] as const,
      ];
    }),
  ];
  const seen = new Set<string>();
  return all.filter(([, spelt]) => !seen.has(spelt) && seen.add(spelt));
}

/** The characters that the bytes have in base64 after so many others, whatever those are and whatever follows. */
function inBase64(bytes: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replaceAll('=', '');
  // The first characters carry bits of what comes before; the last one may carry bits of what follows.
  const ownFrom = Math.ceil((before * 8) / 6);
  const ownTo = Math.floor(((before + bytes.length) * 8) / 6);
  return encoded.slice(ownFrom, ownTo);
}

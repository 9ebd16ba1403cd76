import type { Call } from './call.js';
import { TppError } from './tpp-error.js';

interface Range {
  type: string;
  quality: number;
}

/**
 * The media type to answer in: what Accept likes best of what is offered, the first offered when it does not care
 * (RFC 9110, section 12.5.1).
 * @throws TppError 406 REQUESTED_FORMATS_INVALID when nothing fits.
 */
export function chooseType<T extends string>(call: Call, offered: readonly [T, ...T[]]): T {
  const ranges = readRanges(call.header('Accept') ?? '*/*');
  const [best] = offered
    .map((type) => ({ type, ...preferenceOf(type, ranges) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality || a.place - b.place);
  if (!best) {
    throw new TppError(406, 'REQUESTED_FORMATS_INVALID', `This resource comes as ${offered.join(', ')}`, 'Accept');
  }
  return best.type;
}

/** @throws TppError 406 REQUESTED_FORMATS_INVALID when the TPP takes no JSON. */
export function assertAcceptsJson(call: Call): void {
  chooseType(call, ['application/json', 'application/problem+json']);
}

function readRanges(accept: string): Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1');
    return { type, quality: Number.isNaN(quality) ? 0 : quality };
  });
}

/** The most exact range decides; `place` is where it stands, so that of equals the first named wins. */
function preferenceOf(type: string, ranges: readonly Range[]): { quality: number; place: number } {
  const main = type.split('/')[0] ?? '';
  for (const pattern of [type, `${main}/*`, '*/*']) {
    const place = ranges.findIndex((range) => range.type === pattern);
    const range = ranges[place];
    if (range) {
      return { quality: range.quality, place };
    }
  }
  return { quality: 0, place: ranges.length };
}

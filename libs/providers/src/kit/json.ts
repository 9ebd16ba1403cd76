import { isLosslessNumber, parse } from 'lossless-json';
import { storable } from './storable.js';

/** An answer that is not what its interface says. Names the place and what was expected, never the value. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
  constructor(
    readonly path: string,
    readonly expected: string,
  ) {
    super(`${path === '' ? 'the answer' : path} is not ${expected}`);
  }
}

/** Reads a value of a parsed JSON tree, or throws a {@link MalformedAnswer} that names its path. */
export type Reader<T> = (value: unknown, path: string) => T;
export type Read<R> = R extends Reader<infer T> ? T : never;

/**
 * Numbers whose source text a double may not give back: a fraction, an exponent, or sixteen and more digits. Where a text has
 * none, the much faster JSON.parse loses nothing. (A match inside a string only costs the slow way.)
 */
const inexactNumber = /[:,[]\s*-?(?:\d+[.eE]|\d{16})/;
/** Escapes that can make an unstorable text; without one, the walk through the tree is spared. */
const suspectEscape = /\\u(?:0000|[dD][89a-fA-F])/;

/**
 * Parses JSON so that amounts keep their source text: 150.020 stays 150.020 and never becomes a binary fraction. Texts come out
 * {@link storable}.
 * @throws MalformedAnswer
 */
export function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8');
  if (mayBeDeep(text) && depthOf(text) > deepest) throw new MalformedAnswer('', 'JSON');
  try {
    const tree: unknown = inexactNumber.test(text) ? parse(text) : JSON.parse(text);
    return suspectEscape.test(text) ? withStorableTexts(tree) : tree;
  } catch {
    // The parsers' own messages quote the text.
    throw new MalformedAnswer('', 'JSON');
  }
}

function withStorableTexts(tree: unknown): unknown {
  if (typeof tree === 'string') return storable(tree);
  if (Array.isArray(tree)) return tree.map(withStorableTexts);
  if (!isObject(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [storable(name), withStorableTexts(value)]));
}

/** Deeper than any interface goes; readers recurse. */
const deepest = 64;

/** Whether so many signs open anything at all, in strings or not: most answers are done with after this quick look. */
function mayBeDeep(text: string): boolean {
  let opened = 0;
  for (const sign of ['{', '[']) {
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1))
      if ((opened += 1) > deepest) return true;
  }
  return false;
}

const [quote, backslash] = [0x22, 0x5c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** How deep objects and lists are nested, strings left out. Takes time by the length of the text, whatever is in it. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === quote) at = endOfString(text, at);
    else if (opening.has(sign)) most = Math.max(most, (depth += 1));
    else if (closing.has(sign)) depth -= 1;
  }
  return most;
}

/** Where the string that starts there ends: at the first quote with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === backslash) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

/** A parsed tree as plain JSON, for the record: numbers that a double cannot hold become their text. Without any, the tree itself. */
export function plainJson(tree: unknown): unknown {
  return holdsLossless(tree) ? plainCopy(tree) : tree;
}

function holdsLossless(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  return isLosslessNumber(tree) || Object.values(tree).some(holdsLossless);
}

function plainCopy(tree: unknown): unknown {
  if (isLosslessNumber(tree)) {
    const text = tree.toString();
    return String(Number(text)) === text ? Number(text) : text;
  }
  if (Array.isArray(tree)) return tree.map(plainCopy);
  if (isObject(tree)) return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, plainCopy(value)]));
  return tree;
}

export const text: Reader<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw new MalformedAnswer(path, 'a text');
};

/** A text, or a number as it was written. For amounts, and for identifiers that some write as numbers. */
export const textOrNumber: Reader<string> = (value, path) => {
  if (typeof value === 'string') return value;
  if (isLosslessNumber(value)) return value.toString();
  if (typeof value === 'number') return String(value);
  throw new MalformedAnswer(path, 'a text or a number');
};

/** A name that a later call needs: never empty. */
export const named: Reader<string> = (value, path) => {
  const name = textOrNumber(value, path);
  if (name !== '') return name;
  throw new MalformedAnswer(path, 'a name');
};

export const wholeNumber: Reader<number> = (value, path) => {
  const number = Number(textOrNumber(value, path));
  if (Number.isSafeInteger(number)) return number;
  throw new MalformedAnswer(path, 'a whole number');
};

/** true or false, also as texts, which occur. */
export const flag: Reader<boolean> = (value, path) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new MalformedAnswer(path, 'true or false');
};

/** Any JSON value, untouched. */
export const anything: Reader<unknown> = (value) => value;

/** One of these words. */
export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new MalformedAnswer(path, `one of ${words.join(', ')}`);
    return found;
  };
}

/** undefined for a missing member and for null. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : read(value, path));
}

/** undefined also for a value that does not read: for what is nice to have and not worth an error. */
export function lenient<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, path) => {
    try {
      return optional(read)(value, path);
    } catch (error) {
      if (error instanceof MalformedAnswer) return undefined;
      throw error;
    }
  };
}

export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new MalformedAnswer(path, 'a list');
    return value.map((item, index) => read(item, `${path}[${index}]`));
  };
}

/** A missing or null list is an empty one. */
export function listOrNone<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, path) => optional(list(read))(value, path) ?? [];
}

/** An object with these members; others are ignored, since upstreams may add some. */
export function record<S extends Readonly<Record<string, Reader<unknown>>>>(
  members: S,
): Reader<{ readonly [K in keyof S]: Read<S[K]> }> {
  const entries = Object.entries(members);
  return (value, path) => {
    if (!isObject(value)) throw new MalformedAnswer(path, 'an object');
    const read: Record<string, unknown> = {};
    for (const [name, member] of entries) {
      read[name] = member(Object.hasOwn(value, name) ? value[name] : undefined, path === '' ? name : `${path}.${name}`);
    }
    return read as { readonly [K in keyof S]: Read<S[K]> };
  };
}

/** An object with any names. */
export function dictionary<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (!isObject(value)) throw new MalformedAnswer(path, 'an object');
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, read(member, `${path}.${name}`)]));
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

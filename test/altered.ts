import type { Exchange } from './wire-tap.js';

/** An exchange that did not happen so, and what is different. */
export interface Alteration {
  readonly side: 'request' | 'answer';
  readonly what: string;
  readonly exchange: Exchange;
}

/**
 * Every way to spoil one thing in an exchange: each member becomes something else, each object gets one more, and so on.
 * @param required headers that may not be left out
 */
export function alterationsOf(
  exchange: Exchange,
  required: { readonly request: readonly string[]; readonly answer: readonly string[] },
): readonly Alteration[] {
  const { headers, body, answer, path } = exchange;
  const asked = (what: string, more: Partial<Exchange>) =>
    ({ side: 'request', what, exchange: { ...exchange, ...more } }) as const;
  const told = (what: string, more: Partial<Exchange['answer']>) =>
    ({ side: 'answer', what, exchange: { ...exchange, answer: { ...answer, ...more } } }) as const;
  return [
    asked('another path', { path: path.replace(/(?=$|\?)/, '/altered/altered/altered') }),
    asked('a parameter more', { path: `${path}${path.includes('?') ? '&' : '?'}altered=1` }),
    ...bodiesBeside(body).map(([at, altered]) => asked(at, { body: altered })),
    ...required.request.map((name) => asked(`without ${name}`, { headers: without(headers, name) })),
    told('another status', { status: 299 }),
    ...bodiesBeside(answer.body).map(([at, altered]) => told(at, { body: altered })),
    ...required.answer.map((name) => told(`without ${name}`, { headers: without(answer.headers, name) })),
  ];
}

function without(headers: Exchange['headers'], name: string): Exchange['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

function bodiesBeside(body: string): readonly (readonly [string, string])[] {
  if (body === '') return [['', '{"altered":true}']];
  if (!body.startsWith('{')) return [['', `${body}&altered=1`]];
  return [...treesBeside(JSON.parse(body), '')].map(([at, tree]) => [at, JSON.stringify(tree)] as const);
}

/** Of lists the first item stands for all. */
function* treesBeside(tree: unknown, at: string): Generator<readonly [string, unknown]> {
  if (typeof tree !== 'object' || tree === null) return yield [at, { altered: true }];
  if (Array.isArray(tree)) {
    for (const [where, item] of treesBeside(tree[0] ?? '', `${at}/0`)) yield [where, [item, ...tree.slice(1)]];
    return;
  }
  yield [`${at}/altered`, { ...tree, altered: true }];
  for (const [name, value] of Object.entries(tree)) {
    for (const [where, altered] of treesBeside(value, `${at}/${name}`)) yield [where, { ...tree, [name]: altered }];
  }
}

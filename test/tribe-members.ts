import { examine } from './tribe-agreement.js';
import { wireSample } from './upstream.js';
import type { Exchange } from './wire-tap.js';

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const documents = Object.fromEntries(
  ['tpp', 'bank'].map((plane) => [plane, JSON.parse(wireSample('tribe', `${plane}-plane.schema.json`)) as Schema]),
);

/**
 * Members that Tribe's documents describe, as `schema/member`, and that no exchange had: what was never said was never compared. A schema
 * that several operations share is one.
 */
export function unsaidMembers(exchanges: readonly Exchange[]): readonly string[] {
  const said = new Map<string, boolean>();
  for (const exchange of exchanges) {
    const { operation, status } = examine(exchange) ?? {};
    if (!operation || status === undefined || status >= 400) continue;
    const answer = operation.answers[status];
    if (operation.request !== undefined && operation.form !== true) note(said, operation.request, exchange.body);
    if (answer) note(said, answer, exchange.answer.body);
  }
  return [...said].flatMap(([member, was]) => (was ? [] : [member])).toSorted((one, other) => one.localeCompare(other));
}

function note(said: Map<string, boolean>, pointer: string, body: string): void {
  const [plane = ''] = pointer.split('#');
  const walk = (name: string, schema: Schema, value: unknown): void => {
    const { $ref, properties = {}, items } = schema;
    if ($ref !== undefined) return walk(nameOf(plane, $ref), schemaAt(plane, $ref), value);
    for (const item of Array.isArray(value) ? value : []) if (items) walk(name, items, item);
    if (items && !Array.isArray(value)) walk(name, items, undefined);
    for (const [member, below] of Object.entries(properties)) {
      const part: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, member) : undefined;
      const full = `${name}/${member}`;
      said.set(full, said.get(full) === true || part !== undefined);
      walk(full, below, part);
    }
  };
  walk(nameOf(plane, pointer), schemaAt(plane, pointer), JSON.parse(body === '' ? 'null' : body));
}

const nameOf = (plane: string, pointer: string): string => `${plane} ${pointer.split('/').at(-1)}`;

function schemaAt(plane: string, pointer: string): Schema {
  let schema = documents[plane];
  for (const part of pointer.slice(pointer.indexOf('#') + 2).split('/')) {
    if (part !== '$defs') schema = schema?.$defs?.[part];
  }
  if (!schema) throw new Error(`no schema ${pointer}`);
  return schema;
}

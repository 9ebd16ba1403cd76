import { newId } from '@tributary/platform';
import { type Document, idPrefixOf, type KnownIds, type Operation } from './openapi.js';
import { sample } from './sample.js';

/** What belongs to one app. Apps and connections belong to the installation, institutions to nobody. */
const owned = new Set(['con', 'aut', 'acc', 'txn', 'pay', 'blk', 'bsk', 'evt', 'whk', 'bau', 'bpy', 'btk']);

/** A place in a request that takes the id of something that an app owns. */
export interface Slot {
  readonly operation: Operation;
  readonly prefix: string;
  readonly where: 'path' | 'query' | 'body';
  /** Name of the parameter, or member of the body. */
  readonly name: string;
}

export interface WalkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An answer without what must differ from request to request. */
export interface WalkAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Every slot of every operation. */
export function slotsOf(document: Document): readonly Slot[] {
  return document.operations.flatMap((operation) => {
    const parameters = operation.parameters.flatMap(({ name, in: where, schema }): Slot[] => {
      const prefix = idPrefixOf(document.resolve(schema));
      return prefix && where !== 'header' ? [{ operation, prefix, where, name }] : [];
    });
    const body = operation.body && document.resolve(operation.body);
    const members = Object.entries(body?.properties ?? {}).flatMap(([name, schema]): Slot[] => {
      const prefix = idPrefixOf(document.resolve(schema));
      return prefix ? [{ operation, prefix, where: 'body', name }] : [];
    });
    return [...parameters, ...members].filter(({ prefix }) => owned.has(prefix));
  });
}

/**
 * The request of a slot's operation with this id in the slot, and otherwise as good as the document knows.
 * @param others ids for the other slots; absent: only the slot names something of another app
 */
export function requestFor(
  document: Document,
  slot: Slot,
  id: string,
  ids: KnownIds,
  others: KnownIds = { ins: ids['ins'] ?? [] },
): WalkRequest {
  const { operation } = slot;
  let { path } = operation;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const { name, in: place, required, schema } of operation.parameters) {
    const chosen = slot.where === place && slot.name === name;
    if (!chosen && !required) continue;
    const value = chosen ? id : String(sample(document, schema, others));
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (place === 'query') query.push(`${name}=${encodeURIComponent(value)}`);
    // Two requests with one key would be the same request.
    else headers[name] = name.toLowerCase() === 'idempotency-key' ? newId('key') : value;
  }
  const plain = operation.body && sample(document, operation.body, others);
  const body = slot.where === 'body' ? { ...Object(plain), [slot.name]: id } : plain;
  return { method: operation.method, path: query.length > 0 ? `${path}?${query.join('&')}` : path, headers, body };
}

/**
 * Asks at every slot with an id of another app and with one that nobody has, and tells where the answers differ.
 * @param ask sends a request as the app that owns nothing
 */
export async function findLeaks(
  document: Document,
  slots: readonly Slot[],
  foreign: KnownIds,
  ask: (request: WalkRequest) => Promise<WalkAnswer>,
): Promise<readonly string[]> {
  const leaks: string[] = [];
  for (const slot of slots) {
    const id = foreign[slot.prefix]?.[0];
    if (id === undefined) continue;
    const theirs = await ask(requestFor(document, slot, id, foreign));
    const nobodys = await ask(requestFor(document, slot, newId(slot.prefix), foreign));
    const [seen, expected] = [JSON.stringify(theirs), JSON.stringify(nobodys)];
    if (seen !== expected)
      leaks.push(`${slot.operation.operationId} ${slot.where} ${slot.name}: ${seen} is not ${expected}`);
  }
  return leaks;
}

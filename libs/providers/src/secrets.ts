import type { RegisteredProvider } from './registry.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** Settings in two halves: what an administrator may read again, and what only the vault may hold. */
export interface SplitSettings {
  readonly open: JsonObject;
  /** Only the secrets, in the same nesting. */
  readonly secret: JsonObject;
}

/** Takes the secrets (`writeOnly: true` in the schema) out of schema-valid settings. */
export function splitSecrets(definition: RegisteredProvider, settings: JsonObject): SplitSettings {
  return split(settings, secretTree(definition.settings, definition.settings));
}

/** Puts both halves together again; a secret wins over an open value of the same name. */
export function joinSecrets(open: JsonObject, secret: JsonObject): JsonObject {
  const joined: Record<string, unknown> = { ...open };
  for (const [name, value] of Object.entries(secret)) {
    const other = joined[name];
    joined[name] = isObject(other) && isObject(value) ? joinSecrets(other, value) : value;
  }
  return joined;
}

/** Where secrets are: `true` for a secret, a tree for an object that holds some. */
interface SecretTree {
  readonly [name: string]: true | SecretTree;
}

function split(value: JsonObject, secrets: SecretTree): SplitSettings {
  const open: Record<string, unknown> = {};
  const secret: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    const mark = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (mark === undefined) open[name] = part;
    else if (mark === true || !isObject(part)) secret[name] = part;
    else {
      const halves = split(part, mark);
      open[name] = halves.open;
      if (Object.keys(halves.secret).length > 0) secret[name] = halves.secret;
    }
  }
  return { open, secret };
}

/** Reads the marks from a schema, also through `$ref` into `$defs`, `allOf`, `anyOf` and `oneOf`. */
function secretTree(schema: JsonObject, root: JsonObject): SecretTree {
  const tree: Record<string, true | SecretTree> = {};
  const absorb = (part: unknown): void => {
    if (!isObject(part)) return;
    if (typeof part['$ref'] === 'string') absorb(definitionOf(part['$ref'], root));
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      const branches = part[keyword];
      if (Array.isArray(branches)) branches.forEach(absorb);
    }
    if (containsSecret(part['items'])) throw new Error('a secret in a list of settings cannot be kept apart');
    const properties = isObject(part['properties']) ? part['properties'] : {};
    for (const [name, property] of Object.entries(properties)) {
      if (!isObject(property)) continue;
      if (property['writeOnly'] === true) tree[name] = true;
      else {
        const below = secretTree(property, root);
        const known = tree[name];
        if (known !== true && Object.keys(below).length > 0) tree[name] = { ...known, ...below };
      }
    }
  };
  absorb(schema);
  return tree;
}

function definitionOf(reference: string, root: JsonObject): unknown {
  const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1];
  const definitions = root['$defs'];
  if (name === undefined || !isObject(definitions)) throw new Error(`settings schema: cannot follow ${reference}`);
  return definitions[name];
}

function containsSecret(schema: unknown): boolean {
  return isObject(schema) && (schema['writeOnly'] === true || Object.values(schema).some(containsSecret));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

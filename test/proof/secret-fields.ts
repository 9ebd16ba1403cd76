import { providerDefinitions } from '@tributary/providers';
import type { SealedColumn } from './vault-contents.js';

/** A place for secrets, and the secrets that are in it. */
export interface SecretField {
  readonly field: string;
  /** Nothing was in it that could be searched for. */
  readonly unproven: boolean;
  readonly values: readonly string[];
}

const settingsColumn = 'connections.secrets_envelope';

/**
 * What in a column of envelopes is secret: the names of the members that lead to it, `^$` for a column that holds a text.
 * The rest of such a column may be elsewhere too, such as the amount of a payment. A column that is not here has no secrets,
 * and fails the proof for it.
 */
const secretMembers: Readonly<Record<string, RegExp>> = {
  'authorisations.continuation_envelope': /(^|\/)(state|link)$/,
  'authorisations.next_step_envelope': /^url$/,
  'bank_authorisations.callback_url_envelope': /^$/,
  'bank_authorisations.cancel_url_envelope': /^$/,
  'bank_authorisations.request_url_envelope': /^$/,
  'bank_desks.login_secret_envelope': /^$/,
  'bank_requests.answer_envelope': /_url$/,
  'bank_tokens.token_envelope': /^$/,
  'consent_accounts.continuation_envelope': /^links\//,
  'consents.continuation_envelope': /^(links\/|callbackState$)/,
  'grants.tokens_envelope': /Token$/,
  'idempotency_records.answer_envelope': /secret$/i,
  'inbox.notice_envelope': /^(?!eventKey$|subject\/(type|reference)$)/,
  'payment_observations.raw_envelope': /(href|callbackState)$/,
  'payments.answer_envelope': /^nextStep\/url$/,
  'payments.continuation_envelope': /^(links\/|link$)/,
  'signing_baskets.continuation_envelope': /^links\//,
  'signing_keys.private_envelope': /^d$/,
  'transactions.raw_envelope': /creditorId$/,
  'webhook_endpoints.secrets_envelope': /^(current|previous\/secret)$/,
};

/** A column that may hold secrets and today has none: what a notice points to is in its row as well. */
const pointsOnly = 'inbox.notice_envelope';

/** The secrets of every column of envelopes, and of every setting that a provider's schema marks as secret. */
export function secretFields(vault: readonly SealedColumn[]): readonly SecretField[] {
  const settings = vault.find(({ column }) => column === settingsColumn);
  if (!settings) throw new Error(`There is no ${settingsColumn}.`);
  const columns = vault.filter((column) => column !== settings);
  return [
    ...columns.map(({ column, contents }) => {
      const members = secretMembers[column];
      const inside = contents.flatMap(({ text }) => leaves(parsed(text)));
      const secrets = inside.filter(([path]) => members?.test(path)).map(([, value]) => value);
      return field(column, secrets, column === pointsOnly && inside.length > 0);
    }),
    ...providerDefinitions.flatMap(({ id, settings: schema }) =>
      secretPaths(schema, schema).map((path) => {
        const own = settings.contents.filter(({ provider }) => provider === id);
        const inside = own.flatMap(({ text }) => leaves(at(parsed(text), path)));
        return field(
          `${id} ${path.join('/')}`,
          inside.map(([, value]) => value),
        );
      }),
    ),
  ];
}

/** Of a PEM text its longest line: its first and last say only what it is. */
function field(name: string, texts: readonly string[], mayBeEmpty = false): SecretField {
  const values = texts.map((text) =>
    text.startsWith('-----BEGIN')
      ? text.split('\n').reduce((one, line) => (line.length >= one.length ? line : one), '')
      : text,
  );
  return { field: name, unproven: values.length === 0 && !mayBeEmpty, values: [...new Set(values)] };
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Every way down `properties` to a `writeOnly`, through whatever keywords of JSON Schema lie between. */
function secretPaths(schema: unknown, root: Tree, path: readonly string[] = []): readonly (readonly string[])[] {
  if (!isTree(schema)) return [];
  if (schema['writeOnly'] === true) return [path];
  const { properties = {}, $ref, $defs: _, ...keywords } = schema;
  return [
    ...(isTree(properties) ? Object.entries(properties) : []).flatMap(([name, below]) =>
      secretPaths(below, root, [...path, name]),
    ),
    ...(typeof $ref === 'string' ? secretPaths(at(root, $ref.split('/').slice(1)), root, path) : []),
    ...Object.values(keywords).flatMap((below) => secretPaths(below, root, path)),
  ];
}

function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((below, name) => (isTree(below) ? below[name] : undefined), tree);
}

/** All texts in a tree, with the names of the members that lead there (`a/0/b`). */
function leaves(tree: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof tree === 'string') return [[path, tree]];
  if (!isTree(tree)) return [];
  return Object.entries(tree).flatMap(([name, below]) => leaves(below, path === '' ? name : `${path}/${name}`));
}

function parsed(text: string): unknown {
  return /^[[{]/.test(text) ? JSON.parse(text) : text;
}

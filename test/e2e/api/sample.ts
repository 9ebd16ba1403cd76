import { newId } from '@tributary/platform';
import { type Document, idPrefixOf, type KnownIds, type Schema } from './openapi.js';

/** One value that fits a schema: its example, or the smallest that fits. Ids are known ones where there are any. */
export function sample(document: Document, given: Schema, ids: KnownIds): unknown {
  const schema = document.resolve(given);
  const prefix = idPrefixOf(schema);
  if (prefix) return ids[prefix]?.[0] ?? newId(prefix);
  const [branch] = schema.oneOf ?? schema.anyOf ?? schema.allOf ?? [];
  if (branch) return sample(document, branch, ids);
  if (schema.properties) {
    // Where nothing is required, one of them is: the ways to name an account, for example.
    const required = new Set(schema.required ?? Object.keys(schema.properties).slice(0, 1));
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([name]) => required.has(name))
        .map(([name, property]) => [name, sample(document, property, ids)]),
    );
  }
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return schema.items ? [sample(document, schema.items, ids)] : [];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.format === 'date') return new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  if (schema.format === 'uri') return 'https://app.example.com/callback';
  return schema.type === 'object' ? {} : 'text';
}

import { send } from './process.js';

/** Ids of rows that exist, by prefix. */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

/** A JSON Schema as far as our document uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly nullable?: boolean;
  readonly example?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** One operation of the document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  /** Schema of the JSON body; undefined where there is none. */
  readonly body: Schema | undefined;
  /** Schema of the form, where the body is one. */
  readonly form: Schema | undefined;
  readonly scopes: readonly string[];
  /** Documented statuses. */
  readonly statuses: readonly string[];
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Whether nobody but administrators may call it. */
export const isForAdministrators = ({ scopes }: Pick<Operation, 'scopes'>): boolean =>
  scopes.length > 0 && scopes.every((scope) => scope === 'admin');

export interface Document {
  readonly operations: readonly Operation[];
  /** The named schemas. */
  readonly schemas: readonly (readonly [string, Schema])[];
  /** The schema that a reference names. */
  resolve(schema: Schema): Schema;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, unknown>>;
}

interface RawDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Our own document, as the running api serves it. */
export async function readDocument(url: string): Promise<Document> {
  const { body } = await send(`${url}/docs-json`);
  const document = body as RawDocument;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      return {
        method: method.toUpperCase(),
        path,
        operationId: operation.operationId,
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content['application/json']?.schema,
        form: operation.requestBody?.content['application/x-www-form-urlencoded']?.schema,
        scopes: (operation.security ?? []).flatMap((each) => Object.values(each).flat()),
        statuses: Object.keys(operation.responses),
        raw: { ...operation },
      };
    }),
  );
  const resolve = (schema: Schema): Schema => {
    const name = schema.$ref?.replace('#/components/schemas/', '');
    const found = name === undefined ? schema : document.components.schemas[name];
    if (!found) throw new Error(`no schema ${schema.$ref}`);
    return found.$ref === undefined ? found : resolve(found);
  };
  return { operations, schemas: Object.entries(document.components.schemas), resolve };
}

/** The prefix that a schema of one of our ids asks for. */
export function idPrefixOf(schema: Schema): string | undefined {
  return /^\^([a-z]{3})_\[0-7\]/.exec(schema.pattern ?? '')?.[1];
}

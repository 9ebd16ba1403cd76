import fc from 'fast-check';
import { type Document, idPrefixOf, type KnownIds, type Operation, type Parameter, type Schema } from './openapi.js';
import { sample } from './sample.js';

/** A request as it is put on the wire. */
export interface WireRequest {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether it was made to fit the document. */
  readonly valid: boolean;
}

const ulidTail = fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);

/** Requests out of the document: two thirds fit it, the others are broken in every way that we could think of. */
export function requests(document: Document, known: KnownIds): fc.Arbitrary<WireRequest> {
  const values = valuesFor(document, known);
  return fc.oneof(
    ...document.operations.flatMap((operation) => [
      shown(document, known, operation),
      fitting(values, operation),
      broken(values, operation),
    ]),
  );
}

/** What the document itself shows: required things only, with its examples. Few of these should be refused. */
function shown(document: Document, known: KnownIds, operation: Operation): fc.Arbitrary<WireRequest> {
  const { parameters, body } = operation;
  const text = body && JSON.stringify(local(sample(document, body, known)));
  return fc.uuid().map((key) => {
    const chosen = parameters
      .filter(({ required }) => required)
      .map(
        (each) => [each, each.name === 'Idempotency-Key' ? key : String(sample(document, each.schema, known))] as const,
      );
    return assemble(operation, chosen, text, true);
  });
}

function fitting(values: Values, operation: Operation): fc.Arbitrary<WireRequest> {
  const parameters = fc.tuple(...operation.parameters.map((parameter) => fittingParameter(parameter, values)));
  return fc
    .tuple(parameters, fittingBody(values, operation))
    .map(([chosen, text]) => assemble(operation, chosen, text, true));
}

function fittingBody(values: Values, { body, form }: Operation): fc.Arbitrary<string | undefined> {
  if (body) return values(body).map((value) => JSON.stringify(value));
  if (!form) return fc.constant(undefined);
  return values(form).map((value) => {
    const entries = Object.entries(Object(value)).map(([name, each]): [string, string] => [name, String(each)]);
    return new URLSearchParams(entries).toString();
  });
}

/** What a schema cannot say: a key names one request, a cursor comes from a page, and a PSU's header has its own form. */
function fittingParameter(
  parameter: Parameter,
  values: Values,
): fc.Arbitrary<readonly [Parameter, string | undefined]> {
  const { name, schema } = parameter;
  if (name === 'Idempotency-Key') return fc.uuid().map((key) => [parameter, key] as const);
  if (name === 'cursor') return fc.constant([parameter, undefined] as const);
  if (parameter.in === 'header' && schema.example !== undefined) {
    const example = typeof schema.example === 'string' ? schema.example : JSON.stringify(schema.example);
    return fc.constantFrom(undefined, example).map((value) => [parameter, value] as const);
  }
  return parameterValue(parameter, values);
}

function broken(good: Values, operation: Operation): fc.Arbitrary<WireRequest> {
  const parameters = fc.tuple(
    ...operation.parameters.map((parameter) =>
      fc.oneof(parameterValue(parameter, good), fc.tuple(fc.constant(parameter), hostileText)),
    ),
  );
  const body = operation.body ? fc.oneof(mutated(good(operation.body)), hostileBody) : hostileBody;
  const extra = fc.oneof(
    fc.constant(''),
    fc.tuple(hostileText, hostileText).map((pair) => pair.map(encode).join('=')),
  );
  return fc
    .tuple(parameters, fc.option(body, { nil: undefined }), extra, hostileHeaders)
    .map(([values, text, query, headers]) => {
      const request = assemble(operation, values, operation.method === 'GET' ? undefined : text, false);
      const path = query ? `${request.path}${request.path.includes('?') ? '&' : '?'}${query}` : request.path;
      return { ...request, path, headers: { ...request.headers, ...headers } };
    });
}

type Values = (schema: Schema) => fc.Arbitrary<unknown>;

function parameterValue(parameter: Parameter, values: Values): fc.Arbitrary<readonly [Parameter, string | undefined]> {
  const value = values(parameter.schema).map(String);
  const present = parameter.required ? value : fc.option(value, { nil: undefined });
  return present.map((text) => [parameter, text] as const);
}

/** Values that fit a schema. */
function valuesFor(document: Document, known: KnownIds): Values {
  const values = (given: Schema, depth = 0): fc.Arbitrary<unknown> => {
    const schema = document.resolve(given);
    const plain = () => plainValue(schema, (inner) => values(inner, depth + 1), known);
    const branches = schema.oneOf ?? schema.anyOf;
    if (branches) return fc.oneof(...branches.map((branch) => values(branch, depth + 1)));
    if (schema.allOf) {
      return fc
        .tuple(...schema.allOf.map((part) => values(part, depth + 1)))
        .map((parts) => Object.assign({}, ...parts));
    }
    if (schema.nullable)
      return fc.oneof({ weight: 4, arbitrary: plain() }, { weight: 1, arbitrary: fc.constant(null) });
    return plain();
  };
  return (schema) => values(schema);
}

function plainValue(schema: Schema, inner: Values, known: KnownIds): fc.Arbitrary<unknown> {
  const prefix = idPrefixOf(schema);
  if (prefix) return idValue(prefix, known);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const example = schema.example === undefined ? [] : [fc.constant(local(schema.example))];
  switch (schema.type ?? 'string') {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, 1_000_000) });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.oneof(
        ...example,
        fc.uniqueArray(inner(schema.items ?? {}), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 5, 5),
          comparator: 'SameValue',
        }),
      );
    case 'object':
      if (!schema.properties) return example[0] ?? fc.constant({});
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, inner(property)])),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    default:
      return fc.oneof(...example, textValue(schema));
  }
}

/** Mostly ids that exist: the others are soon told. */
function idValue(prefix: string, known: KnownIds): fc.Arbitrary<string> {
  const unknown = ulidTail.map((tail) => `${prefix}_${tail}`);
  const rows = known[prefix] ?? [];
  return rows.length === 0
    ? unknown
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...rows) }, { weight: 1, arbitrary: unknown });
}

function textValue({ format, pattern, minLength, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'date') return day;
  if (format === 'date-time') return day.map((date) => `${date}T12:00:00Z`);
  if (format === 'uri') return fc.constantFrom('https://app.example.com/callback', 'https://app.example.com/other');
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? 30, 30), unit: 'grapheme' });
}

const day = fc
  .integer({ min: 1, max: 60 })
  .map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));

/** Examples name public hosts; from a test nothing is asked that is not this machine. Port 9 refuses. */
function local(example: unknown): unknown {
  const text = JSON.stringify(example).replaceAll(/https:\/\/api\.[a-z.]+/g, 'http://127.0.0.1:9');
  return JSON.parse(text) as unknown;
}

const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '%',
    '../../etc/passwd',
    "' OR 1=1 --",
    '{{7*7}}',
    '-1',
    '0',
    '1e309',
    'NaN',
    '99999999999999999999',
    '9223372036854775808',
    '2026-02-30',
    '2026-W08-1',
    '0000-00-00',
    '+275760-09-14',
    '__proto__',
    'constructor',
    'null',
    'DE89370400440532013000',
    'a'.repeat(5_000),
    'con_01KAHX5V4Q0N6W2T8B7C9D3E5F',
    'con_81KAHX5V4Q0N6W2T8B7C9D3E5F',
  ),
);

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e300, [], {}, [[]], { a: { b: [null] } }),
  fc.jsonValue({ maxDepth: 4 }),
);

const hostileBody: fc.Arbitrary<string> = fc.oneof(
  hostileValue.map((value) => JSON.stringify(value)),
  fc.constantFrom('', '{', '[]', 'null', '"x"', '{"a":1,"a":2}', '{"__proto__":{}}', '\ufeff{}', '['.repeat(2_000)),
  hostileText,
);

/** A good value with one thing changed: a member gone, added, or replaced, at any depth. */
function mutated(good: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .tuple(good, fc.nat(), fc.constantFrom('drop', 'replace', 'add'), hostileValue, fc.nat({ max: 3 }))
    .map(([value, choice, way, hostile, depth]) => JSON.stringify(change(value, choice, way, hostile, depth)));
}

function change(value: unknown, choice: number, way: string, hostile: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return hostile;
  const entries = Object.entries(value);
  const [name = 'more', inner] = entries[choice % Math.max(1, entries.length)] ?? [];
  if (depth > 0 && typeof inner === 'object' && inner !== null) {
    return { ...value, [name]: change(inner, choice, way, hostile, depth - 1) };
  }
  if (way === 'drop') return Object.fromEntries(entries.filter(([each]) => each !== name));
  return { ...value, [way === 'add' ? 'more' : name]: hostile };
}

/** Header values that HTTP can carry. */
const hostileHeaders: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=latin1',
      'x',
      'multipart/form-data',
    ),
    'idempotency-key': fc.constantFrom('a', ' ', 'x'.repeat(300), 'b c'),
    'psu-ip-address': fc.constantFrom('192.0.2.1', '999.1.1.1', 'x', '::1'),
    'psu-device-id': fc.constantFrom('x', '99435c7e-ad88-49ec-a2ad-99ddcb1f5555'),
    'psu-geo-location': fc.constantFrom('GEO:1;2', 'nowhere'),
    'x-request-id': fc.constantFrom('abc', 'x'.repeat(200)),
    'cache-control': fc.constantFrom('no-cache', 'max-age=0'),
    authorization: fc.constantFrom('Bearer x', 'Basic eA==', 'Bearer', 'x'.repeat(500)),
  },
  { requiredKeys: [] },
);

function assemble(
  operation: Operation,
  values: readonly (readonly [Parameter, string | undefined])[],
  body: string | undefined,
  valid: boolean,
): WireRequest {
  let { path } = operation;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const [{ name, in: place }, value] of values) {
    if (value === undefined) continue;
    if (place === 'path') path = path.replace(`{${name}}`, encode(value) || '%20');
    else if (place === 'query') query.push(`${name}=${encode(value)}`);
    else if (/^[\x21-\x7e][\x20-\x7e]*$/.test(value)) headers[name.toLowerCase()] = value.trim();
  }
  if (body !== undefined) {
    headers['content-type'] = operation.form ? 'application/x-www-form-urlencoded' : 'application/json';
  }
  const { operationId, method } = operation;
  return { operationId, method, path: query.length > 0 ? `${path}?${query.join('&')}` : path, headers, body, valid };
}

/** URL text; halves of pairs, which cannot be encoded, as a server could get them. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replaceAll('%EF%BF%BD', '%ED%A0%80');
}

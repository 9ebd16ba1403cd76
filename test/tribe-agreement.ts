import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { default as ajvFormats } from 'ajv-formats';
import { type Deviation, deviations } from './tribe-deviations.js';
import { type Operation, operations, type Plane, planeOf, refusalOf } from './tribe-operations.js';
import { wireSample } from './upstream.js';
import type { Exchange } from './wire-tap.js';

/** What an exchange is, and in what it departs from Tribe's documents. */
export interface Finding {
  readonly plane: Plane;
  /** null: one that the plane does not have. */
  readonly operation: Operation | null;
  readonly status: number;
  readonly request: readonly string[];
  readonly answer: readonly string[];
  /** Departures that are known and right. */
  readonly deviations: readonly Deviation[];
}

function compiler(coerceTypes: false | 'array'): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes });
  ajvFormats.default(ajv);
  for (const plane of ['tpp', 'bank'])
    ajv.addSchema(JSON.parse(wireSample('tribe', `${plane}-plane.schema.json`)), plane);
  return ajv;
}
const bodies = compiler(false);
/** Headers and queries are texts, whatever they mean. */
const texts = compiler('array');

/**
 * Holds an exchange against the documents of its plane.
 * @returns null for what is on none of the planes, such as pages and the controls of the simulator
 */
export function examine(exchange: Exchange): Finding | null {
  const { method, path, answer } = exchange;
  const plane = planeOf(path);
  if (plane === null) return null;
  const [at = '', query = ''] = path.split('?');
  const operation = operations.find((one) => one.plane === plane && one.method === method && one.path.test(at)) ?? null;
  const { status } = answer;
  if (operation === null) {
    const faults = refusalFaults(plane, null, exchange);
    return { plane, operation, status, request: ['no such operation'], answer: faults, deviations: [] };
  }
  const asked = requestFaults(operation, exchange, query);
  const told =
    status in operation.answers ? answerFaults(operation, exchange) : refusalFaults(plane, operation, exchange);
  const known = deviations.filter(({ of, side, faults }) => {
    return of.test(operation.name) && (side === 'request' ? asked : told).some((fault) => faults.test(fault));
  });
  const rest = (side: Deviation['side'], faults: readonly string[], body: string) => {
    const here = known.filter((deviation) => deviation.side === side);
    return [
      ...faults.filter((fault) => !here.some((deviation) => deviation.faults.test(fault))),
      ...here.flatMap(({ instead }) => (instead ? insteadFaults(instead, body) : [])),
    ];
  };
  const request = rest('request', asked, exchange.body);
  return { plane, operation, status, request, answer: rest('answer', told, answer.body), deviations: known };
}

function requestFaults(
  { headers, query, request, form = false, own = [] }: Operation,
  exchange: Exchange,
  asked: string,
) {
  const { body } = exchange;
  const isForm = /^application\/x-www-form-urlencoded\b/.test(exchange.headers['content-type'] ?? '');
  if (form && !isForm) return ['content-type: is no form'];
  return [
    ...headerFaults(headers, exchange.headers),
    ...textFaults('query', query, new URLSearchParams(asked), own),
    ...(form ? textFaults('form', request, new URLSearchParams(body)) : bodyFaults(request ?? null, body)),
  ];
}

function answerFaults({ answers, answerHeaders, location, own }: Operation, { headers, answer }: Exchange): string[] {
  const echo = answerHeaders === undefined ? undefined : answer.headers['x-request-id'];
  return [
    ...headerFaults(answerHeaders, answer.headers),
    ...(echo === undefined || echo === headers['x-request-id']
      ? []
      : ['header: x-request-id is not the one asked with']),
    ...(answers[answer.status] === null ? [] : mediaFaults(answer)),
    ...bodyFaults(answers[answer.status] ?? null, answer.body),
    ...(location === undefined
      ? []
      : textFaults('location', location, new URL(answer.headers.location ?? 'about:blank').searchParams, own)),
  ];
}

function refusalFaults(plane: Plane, operation: Operation | null, { answer }: Exchange): string[] {
  const { status } = answer;
  const schemas = refusalOf(plane, status);
  if (schemas === null) return [`status ${status} is not declared`];
  return [
    ...(operation === null || operation.refusals.includes(status) ? [] : [`status ${status} is not declared`]),
    ...mediaFaults(answer),
    ...schemas.flatMap((schema) => bodyFaults(schema, answer.body)),
  ];
}

/** Only headers that the document names somewhere count: others are HTTP's own. */
function headerFaults(schema: string | undefined, headers: Exchange['headers']): string[] {
  if (schema === undefined) return [];
  const named = namedBeside(schema);
  const all = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return judge(texts, 'header', schema, Object.fromEntries(all.filter(([name]) => named.has(name))));
}

/** Every name that a schema or one beside it declares. */
function namedBeside(pointer: string): ReadonlySet<string> {
  const group = schemaOf(texts, pointer.slice(0, pointer.lastIndexOf('/$defs/'))).schema;
  const { $defs } = group as { readonly $defs: Readonly<Record<string, { readonly properties?: object }>> };
  return new Set(Object.values($defs).flatMap(({ properties = {} }) => Object.keys(properties)));
}

function textFaults(
  where: string,
  schema: string | undefined,
  entries: URLSearchParams,
  own: readonly string[] = [],
): string[] {
  const theirs = [...entries].filter(([name]) => !own.includes(name));
  if (schema === undefined) return theirs.map(([name]) => `${where}: ${name} is not declared`);
  return judge(texts, where, schema, Object.fromEntries(theirs));
}

/** @param schema null: no content is declared */
function bodyFaults(schema: string | null, body: string): string[] {
  if (schema === null) return body === '' ? [] : ['body: none is declared'];
  return withTree(body, (tree) => judge(bodies, 'body', schema, tree));
}

function insteadFaults({ at, schema }: NonNullable<Deviation['instead']>, body: string): string[] {
  return withTree(body, (tree) =>
    partsAt(tree, at).flatMap((part) => judge(bodies, `body at ${at.join('/')}`, schema, part)),
  );
}

function withTree(body: string, look: (tree: unknown) => string[]): string[] {
  let tree: unknown;
  try {
    tree = JSON.parse(body);
  } catch {
    return ['body: is no JSON'];
  }
  return look(tree);
}

/** What is there at a path; `*` stands for every item of a list. */
function partsAt(tree: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (name === undefined) return [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  const parts =
    name === '*' ? Object.values(tree) : Object.entries(tree).flatMap(([key, part]) => (key === name ? [part] : []));
  return parts.flatMap((part) => partsAt(part, rest));
}

function judge(ajv: Ajv2020, where: string, schema: string, value: unknown): string[] {
  const validate = schemaOf(ajv, schema);
  void validate(value);
  return [...new Set((validate.errors ?? []).map((error) => `${where}: ${sentence(error)}`))];
}

function schemaOf(ajv: Ajv2020, pointer: string) {
  const validate = ajv.getSchema(pointer);
  if (!validate) throw new Error(`no schema ${pointer}`);
  return validate;
}

/** Which item of a list it is does not matter. */
function sentence({ instancePath, message = '', params }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` '${String(params['additionalProperty'])}'` : '';
  return `${instancePath.replaceAll(/\/\d+/g, '/*')} ${message}${extra}`;
}

function mediaFaults({ headers }: Exchange['answer']): string[] {
  const type = headers['content-type'] ?? '';
  return /^application\/json\b/.test(type) ? [] : [`content-type: is ${type}`];
}

/** Names of headers that a schema requires. */
export function requiredBy(pointer: string | undefined): readonly string[] {
  if (pointer === undefined) return [];
  const { required = [] } = schemaOf(texts, pointer).schema as { readonly required?: readonly string[] };
  return required;
}

import { newId } from '@tributary/platform';
import {
  type Document,
  idPrefixOf,
  isForAdministrators,
  type Operation,
  readDocument,
  type Schema,
} from './openapi.js';
import { at, expectProblem, makeApp, type RunningApi, send, startApi, tokenFor } from './process.js';
import { sample } from './sample.js';

/*
 * How big anything may be that is sent to us. The limits of single fields are tried on every field of every operation of the
 * document, so that a new one cannot come without. Negative control, carried out: without `@Length` on the name of an app, and
 * without `@ArrayMaxSize` on its redirect URIs, these two are listed.
 */

/** More than any text of this API may have, and less than a body. */
const longText = 'x'.repeat(200_000);
/** More elements than any list of this API may have. */
const longList = 2_000;

let api: RunningApi;
let document: Document;
const tokens = new Map<string, string>();
beforeAll(async () => {
  api = await startApi({ RATE_LIMITS: 'anonymous=1000000' });
  document = await readDocument(api.url);
  tokens.set('admin', await tokenFor(api.url, api.admin));
  const app = await makeApp(api, ['institutions', 'consents', 'accounts', 'payments', 'webhooks', 'bank']);
  tokens.set('app', await tokenFor(api.url, app));
});
afterAll(() => api.stop());

/** A place in a body, with a value that is too big for it. */
interface TooBig {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every text and every list of a schema. */
function bigValues(given: Schema, path: readonly string[] = [], seen: readonly Schema[] = []): readonly TooBig[] {
  const schema = document.resolve(given);
  if (seen.includes(schema)) return [];
  const within = [...seen, schema];
  const branches = [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  const { items, properties = {}, additionalProperties: more } = schema;
  return [
    ...(schema.type === 'string' ? [{ path, value: longText }] : []),
    ...(schema.type === 'array' && items ? [{ path, value: manyOf(items) }] : []),
    ...(items ? bigValues(items, [...path, '0'], within) : []),
    ...branches.flatMap((branch) => bigValues(branch, path, within)),
    ...Object.entries(properties).flatMap(([name, each]) => bigValues(each, [...path, name], within)),
    ...(typeof more === 'object'
      ? [
          ...bigValues(more, [...path, 'name'], within),
          { path, value: Object.fromEntries(Array.from({ length: longList }, (_, key) => [`name${key}`, 'x'])) },
        ]
      : []),
  ];
}

/** All different, so that it is their number that is wrong with them. */
function manyOf(items: Schema): readonly unknown[] {
  const schema = document.resolve(items);
  const prefix = idPrefixOf(schema);
  return Array.from({ length: longList }, (_, number) => {
    if (prefix) return newId(prefix);
    const one = sample(document, items, {});
    if (schema.format === 'uri') return `https://app.example.com/${number}`;
    return schema.enum || typeof one !== 'string' ? one : `${one}${number}`;
  });
}

/** The body with the value at that place; what is missing on the way there is made. */
function withValue(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (name === '0') return [withValue(Array.isArray(body) ? body[0] : undefined, rest, value)];
  const inner = typeof body === 'object' && body !== null ? body : {};
  return { ...inner, [name]: withValue(Reflect.get(inner, name), rest, value) };
}

function urlOf({ path, parameters }: Operation): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema;
    return String(schema ? sample(document, schema, {}) : 'x');
  });
  return `${api.url}${filled}`;
}

const tokenOf = (operation: Operation): string | undefined =>
  tokens.get(isForAdministrators(operation) ? 'admin' : 'app');

/** Whether an answer names the place, or one above it. */
function names(body: unknown, path: readonly string[]): boolean {
  const errors = at(body, 'errors');
  const pointers = path.map((_, depth) => `/${path.slice(0, depth + 1).join('/')}`);
  return Array.isArray(errors) && errors.some((error) => pointers.includes(String(at(error, 'pointer'))));
}

describe('every field of every body', () => {
  it('has a limit, and is named where it is exceeded', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const operation of document.operations) {
      if (!operation.body) continue;
      const whole = sample(document, operation.body, {});
      for (const { path, value } of bigValues(operation.body)) {
        tried += 1;
        const { status, body } = await send(urlOf(operation), {
          method: operation.method,
          token: tokenOf(operation) ?? '',
          headers: { 'idempotency-key': `size-${tried}` },
          body: withValue(whole, path, value),
        });
        if ((status !== 400 && status !== 422) || !names(body, path)) {
          wrong.push(`${operation.operationId} /${path.join('/')}: ${status} ${JSON.stringify(body).slice(0, 200)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(150);
  });
});

describe('every part of every query', () => {
  it('has a limit, and is named where it is exceeded', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const operation of document.operations) {
      const texts = operation.parameters.filter(
        ({ in: where, schema }) => where === 'query' && schema.type === 'string',
      );
      for (const { name } of texts) {
        tried += 1;
        const url = `${urlOf(operation)}?${name}=${'x'.repeat(8_000)}`;
        const { status, body } = await send(url, { method: operation.method, token: tokenOf(operation) ?? '' });
        // A PSU's browser gets a page.
        const named = operation.operationId === 'callbacksComplete' || names(body, ['query', name]);
        if (status !== 400 || !named) wrong.push(`${operation.operationId} ${name}: ${status}`);
      }
      if (operation.parameters.some(({ name }) => name === 'limit')) {
        tried += 1;
        const { status, body } = await send(`${urlOf(operation)}?limit=501`, { token: tokenOf(operation) ?? '' });
        if (status !== 400 || !names(body, ['query', 'limit'])) wrong.push(`${operation.operationId} limit: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(40);
  });
});

describe('a body as a whole', () => {
  const tooMuch = `{"name":"${'x'.repeat(1_048_576)}"}`;

  it.each(['/v1/payments', '/oauth/token', '/webhooks/token-io', `/bank/tribe/${newId('cnn')}/v2_accounts`])(
    'of more than 1 MiB is refused at %s',
    async (path) => {
      const form = path === '/oauth/token';
      const answer = await send(`${api.url}${path}`, {
        method: 'POST',
        token: tokens.get('app') ?? '',
        headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' },
        body: form ? `grant_type=${tooMuch}` : tooMuch,
      });
      if (form) expect(answer.status).toBe(413);
      // A hub hears it in its own words, which know no 413.
      else if (path.startsWith('/bank/'))
        expect([answer.status, at(answer.body, 'code')]).toEqual([400, 'FORMAT_ERROR']);
      else expectProblem(answer, 413, 'body_too_large');
    },
  );

  it('may be nested 20 levels deep, and is refused with the place where it is deeper', async () => {
    const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    const post = (levels: number) =>
      send(`${api.url}/v1/apps`, {
        method: 'POST',
        token: tokens.get('admin') ?? '',
        headers: { 'content-type': 'application/json' },
        body: nested(levels),
      });
    const [flat, deep] = [await post(20), await post(21)];
    expectProblem(flat, 400, 'invalid_request');
    expect(JSON.stringify(flat.body)).not.toContain('levels');
    expectProblem(deep, 400, 'invalid_request');
    expect(at(deep.body, 'errors.0')).toMatchObject({
      pointer: '/a'.repeat(20),
      message: expect.stringContaining('levels'),
    });
  });
});

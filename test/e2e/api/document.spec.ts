import { type Document, readDocument } from './openapi.js';
import { type RunningApi, send, startApi } from './process.js';

let api: RunningApi;
let document: Document;
beforeAll(async () => {
  api = await startApi();
  document = await readDocument(api.url);
});
afterAll(() => api.stop());

describe('the OpenAPI document', () => {
  it('says for every operation what it is, who may call it, and how it fails', () => {
    const lacking = document.operations.flatMap(
      ({ operationId, raw, path, scopes, statuses, method, parameters, body }) => {
        const lacks = [
          !raw['summary'] && 'summary',
          !raw['description'] && 'description',
          !Array.isArray(raw['tags']) && 'tags',
          path.startsWith('/v1/') && scopes.length === 0 && 'scope',
          path.startsWith('/v1/') && !statuses.includes('401') && '401',
          path.startsWith('/v1/') && !statuses.includes('403') && '403',
          path.includes('{id}') && !statuses.includes('404') && '404',
          path.startsWith('/v1/') && method === 'POST' && body && !statuses.includes('400') && '400',
          !statuses.includes('500') && '500',
          !statuses.some((status) => status < '400') && 'success',
          parameters.some(({ schema }) => Object.keys(schema).length === 0) && 'schema of a parameter',
        ].filter((each) => typeof each === 'string');
        return lacks.length > 0 ? [`${operationId}: ${lacks.join(', ')}`] : [];
      },
    );
    expect(lacking).toEqual([]);
    expect(new Set(document.operations.map(({ operationId }) => operationId)).size).toBe(document.operations.length);
  });

  it('shows examples that fit their own schema', () => {
    const wrong = document.schemas.flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).flatMap(([property, { type, example }]) => {
        const fits = example === undefined || example === null || type !== 'string' || typeof example === 'string';
        return fits ? [] : [`${name}.${property}: ${JSON.stringify(example)} is no text`];
      }),
    );
    expect(document.schemas.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('has a page to read it, and one that explains the problems it names', async () => {
    expect((await send(`${api.url}/docs`)).text).toContain('swagger-ui');
    const explained = (await send(`${api.url}/problems`)).text;
    const codes = new Set(
      document.operations.flatMap(({ raw }) => JSON.stringify(raw).match(/(?<="type":"\/problems#)\w+/g) ?? []),
    );
    expect(codes.size).toBeGreaterThan(10);
    expect([...codes].filter((code) => !explained.includes(`id="${code}"`))).toEqual([]);
  });
});

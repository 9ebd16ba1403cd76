import { type Document, type KnownIds, readDocument } from './openapi.js';
import { expectProblem, makeApp, type RunningApi, send, startApi, tokenFor } from './process.js';
import { makeReach, ownRows } from './tenant-rows.js';
import { findLeaks, requestFor, slotsOf, type WalkAnswer, type WalkRequest } from './tenant-walk.js';

const everything = ['institutions', 'consents', 'accounts', 'payments', 'webhooks', 'bank'];

let api: RunningApi;
let document: Document;
let theirs: KnownIds;
let ownerToken: string;
let strangerToken: string;
beforeAll(async () => {
  api = await startApi();
  const [owner, stranger] = [await makeApp(api, everything), await makeApp(api, everything)];
  theirs = await ownRows(api, owner.id, await makeReach(api));
  [ownerToken, strangerToken] = [await tokenFor(api.url, owner), await tokenFor(api.url, stranger)];
  document = await readDocument(api.url);
});
afterAll(() => api.stop());

const ask =
  (token: string) =>
  async ({ method, path, headers, body }: WalkRequest): Promise<WalkAnswer> => {
    const answer = await send(`${api.url}${path}`, { method, token, headers: { ...headers }, body });
    return { status: answer.status, body: stripped(answer.body) };
  };

/** Without the two members that name the request. */
function stripped(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('traceId' in body)) return body;
  return { ...body, instance: '', traceId: '' };
}

describe("another app's ids", () => {
  it('give the same answer as ids that nobody has, on every route of the document', async () => {
    const slots = slotsOf(document);
    // Every kind of thing that an app can own has a route that takes its id.
    expect(new Set(slots.map(({ prefix }) => prefix))).toEqual(
      new Set(['con', 'aut', 'acc', 'txn', 'pay', 'blk', 'bsk', 'evt', 'whk', 'bau', 'bpy', 'btk']),
    );
    expect(await findLeaks(document, slots, theirs, ask(strangerToken))).toEqual([]);
  });

  it('are not found in a path, whatever is asked', async () => {
    const slots = slotsOf(document).filter(({ where }) => where === 'path');
    expect(slots.length).toBeGreaterThan(10);
    for (const slot of slots) {
      const { method, path, headers, body } = requestFor(document, slot, theirs[slot.prefix]?.[0] ?? '', theirs);
      const answer = await send(`${api.url}${path}`, { method, token: strangerToken, headers: { ...headers }, body });
      expect(`${slot.operation.operationId} ${answer.status} ${answer.text}`).toContain('"code":"not_found"');
      expectProblem(answer, 404, 'not_found');
    }
  });

  it('are real: their owner reads them', async () => {
    for (const slot of slotsOf(document).filter(
      ({ where, operation }) => where === 'path' && operation.method === 'GET',
    )) {
      const id = theirs[slot.prefix]?.[0] ?? '';
      const { status } = await ask(ownerToken)(requestFor(document, slot, id, theirs, theirs));
      expect({ operation: slot.operation.operationId, found: status !== 404 }).toEqual({
        operation: slot.operation.operationId,
        found: true,
      });
    }
  });

  it('would be noticed if they gave another answer (control)', async () => {
    const slots = slotsOf(document);
    const known = new Set(Object.values(theirs).flat());
    const leaky = (request: WalkRequest): Promise<WalkAnswer> => {
      const named = [...known].some(
        (id) => JSON.stringify([request.path, request.body]).includes(id) && !id.startsWith('ins_'),
      );
      return Promise.resolve({ status: named ? 403 : 404, body: null });
    };
    expect(await findLeaks(document, slots, theirs, leaky)).toHaveLength(slots.length);
    // The owner's own answers are such a leak as well.
    expect((await findLeaks(document, slots, theirs, ask(ownerToken))).length).toBeGreaterThan(5);
  });

  it('and events stay with their app', async () => {
    const page = { nextCursor: null, hasMore: false };
    expect((await send(`${api.url}/v1/events`, { token: strangerToken })).body).toEqual({ data: [], page });
    expect((await send(`${api.url}/v1/events`, { token: ownerToken })).text).toContain('payment.statusChanged');
  });
});

import { type Document, type KnownIds, readDocument } from './openapi.js';
import { until } from '../until.js';
import { at, expectProblem, makeApp, type RunningApi, send, startApi, tokenFor } from './process.js';
import { makeReach, ownRows } from './tenant-rows.js';

/*
 * Negative controls, each carried out once. `AppId` that stays the administrator's own app: the rows asked for are missing
 * (first and second spec). The scope of who names an app not looked at: anybody reads the others' rows (third). The service
 * that forgets its filter by app: nothing, the database knows the tenant; the tenant opened to all besides: the second one
 * reads another app's payment.
 */
const overseen = ['payments', 'bulk-payments'].flatMap((noun) => [`/v1/${noun}/{id}`, `/v1/${noun}/{id}/timeline`]);
overseen.push('/v1/events', '/v1/events/{id}/deliveries');

let api: RunningApi;
let document: Document;
let apps: readonly { id: string; ids: KnownIds; token: string }[];
let admin: string;
beforeAll(async () => {
  api = await startApi();
  document = await readDocument(api.url);
  const reach = await makeReach(api);
  const owned = async () => {
    const app = await makeApp(api, ['payments', 'webhooks']);
    return { id: app.id, ids: await ownRows(api, app.id, reach), token: await tokenFor(api.url, app) };
  };
  apps = [await owned(), await owned()];
  admin = await tokenFor(api.url, api.admin, 'admin');
});
afterAll(() => api.stop());

const pair = () => {
  const [one, other] = apps;
  if (!one || !other) throw new Error('two apps');
  return { one, other };
};
/** Each overseen route, with the ids of an app in its path. */
const routes = (ids: KnownIds): readonly string[] =>
  overseen.map((route) => {
    const prefix = route.includes('/events') ? 'evt' : route.includes('/bulk') ? 'blk' : 'pay';
    return route.replace('{id}', ids[prefix]?.[0] ?? '');
  });
const read = (path: string, token: string, appId?: string) =>
  send(`${api.url}${path}${appId === undefined ? '' : `?appId=${appId}`}`, { token });

describe('an administrator', () => {
  it('reads what an app that they name sees, word for word', async () => {
    const { one } = pair();
    for (const path of routes(one.ids)) {
      const own = await read(path, one.token);
      expect([path, own.status]).toEqual([path, 200]);
      expect(await read(path, admin, one.id)).toMatchObject({ status: 200, text: own.text });
    }
  });

  it('reads nothing without a name, and nothing of another app than the named one', async () => {
    const { one, other } = pair();
    for (const path of routes(one.ids)) {
      const unnamed = await read(path, admin);
      expectProblem(unnamed, 403, 'insufficient_scope');
      expect(at(unnamed.body, 'detail')).toContain('`appId`');
    }
    for (const path of routes(one.ids).filter((route) => route !== '/v1/events')) {
      expectProblem(await read(path, admin, other.id), 404, 'not_found');
    }
    // An event is listed as soon as no writer can come before it.
    const { text } = await until('the event is listed', async () => {
      const events = await read('/v1/events', admin, other.id);
      return events.text.includes(other.ids['evt']?.[0] ?? 'an event') && events;
    });
    expect(text).not.toContain(one.ids['evt']?.[0] ?? 'an event');
  });

  it('alone may name an app', async () => {
    const { one, other } = pair();
    for (const path of routes(one.ids)) {
      expectProblem(await read(path, other.token, one.id), 403, 'insufficient_scope');
      expectProblem(await read(path, one.token, one.id), 403, 'insufficient_scope');
    }
  });

  it.each(['', '*', 'app_1', '%25', 'app_01KAHX5V4Q0N6W2T8B7C9D3E5F&appId=app_01KAHX5V4Q0N6W2T8B7C9D3E5F'])(
    'names one app, not %j',
    async (name) => {
      const answer = await read('/v1/events', admin, name);
      expectProblem(answer, 400, 'invalid_request');
      expect(at(answer.body, 'errors.0.pointer')).toBe('/query/appId');
    },
  );

  it('changes nothing in this way: only reading routes take a name, and these are they', () => {
    const naming = document.operations.filter(
      ({ parameters, scopes }) =>
        parameters.some(({ name, in: where }) => name === 'appId' && where === 'query') &&
        scopes.some((scope) => scope !== 'admin'),
    );
    expect(naming.map(({ method }) => method).every((method) => method === 'GET')).toBe(true);
    expect(naming.map(({ path }) => path).toSorted()).toEqual(overseen.toSorted());
  });
});

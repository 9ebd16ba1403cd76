import { buildSandbox } from './app.js';
import { upstreams } from './catalogue.js';

it('the start page names every upstream and leads to pages that are there', async () => {
  const app = buildSandbox();
  const { statusCode, body, headers } = await app.inject('/');
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const { label } of upstreams) expect(body).toContain(label);
  const links = [...body.matchAll(/href="([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(links).toEqual(upstreams.flatMap(({ pages }) => pages.map(({ path }) => path)));
  for (const link of links) expect([link, (await app.inject(link)).statusCode]).toEqual([link, 200]);
  await app.close();
});

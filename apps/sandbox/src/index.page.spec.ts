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

it('an address that nobody can read is answered by the upstream that it names exactly', async () => {
  const app = buildSandbox();
  for (const { id, badAddress } of upstreams) {
    for (const own of [`/${id}/v1/%zz`, `/${id}@bank/v1/%zz`]) {
      const { statusCode, body } = await app.inject(own);
      expect([own, statusCode, JSON.parse(body)]).toEqual([own, 400, JSON.parse(JSON.stringify(badAddress))]);
    }
    const { body } = await app.inject(`/${id}-other/v1/%zz`);
    expect(JSON.parse(body)).toEqual({ error: 'The address is not readable' });
  }
  await app.close();
});

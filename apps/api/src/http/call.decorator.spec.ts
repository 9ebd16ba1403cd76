import fastify from 'fastify';
import { callContext } from './call.decorator.js';

describe('the context of a call', () => {
  // Negative control, carried out once: without the look at `readsFor`, an administrator's read was a call with a PSU.
  it.each([
    ['an app', null, { ipAddress: '203.0.113.7' }],
    ['an administrator who reads for one', 'app_1', {}],
  ])('has the PSU of %s', async (_, readsFor, psu) => {
    const server = fastify();
    server.decorateRequest('readsFor', null);
    server.get('/', (request) => {
      request.readsFor = readsFor;
      return callContext(request);
    });
    const answer = await server.inject({ url: '/', headers: { 'psu-ip-address': '203.0.113.7' } });
    expect(answer.json<{ psu: object }>().psu).toEqual(psu);
    await server.close();
  });
});

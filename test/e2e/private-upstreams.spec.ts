import { demoConnections } from '../../apps/launcher/src/demo-connections.js';
import type { Consent, Institution, Page } from './answers.js';
import { expectStatus } from './api.js';
import { consentRequest } from './orders.js';
import type { Psu } from './psu.js';
import { startWorld, type World } from './world.js';

/*
 * Production's default: no connection goes to a private address. The sandbox is at one, so that none of the four providers
 * reaches it. Negative control: every other story here runs with UPSTREAM_ALLOW_PRIVATE=1 and reaches them all.
 */

const psu: Psu = {
  id: 'anna',
  iban: 'DE40100100103307118608',
  credentials: {},
  code: '',
  choose: () => '',
  browse: () => Promise.reject(new Error('The PSU is not asked.')),
  decide: () => Promise.reject(new Error('The PSU is not asked.')),
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { UPSTREAM_ALLOW_PRIVATE: '0' } });
});
afterAll(() => world.stop());

interface Health {
  readonly calls: number;
  readonly errors: number;
}

async function calls(connectionId: string): Promise<Health> {
  return world.admin.read<Health>(`/v1/connections/${connectionId}/health`);
}

it('no provider connects to a private address', async () => {
  const seen = new Map<string, Health>();
  for (const connection of await demoConnections(world.stack.sandboxUrl, world.stack.publicUrl)) {
    // A second one of the same provider.
    if (connection.key !== undefined) continue;
    const made = await world.admin.post<{ id: string }>('/v1/connections', connection);
    const { id } = expectStatus(made, 201, 'POST /v1/connections');
    // Token.io and Tribe were asked for their banks already; of the others the banks are known without asking.
    if ((await calls(id)).calls === 0) {
      const { data } = await world.app.read<Page<Institution>>('/v1/institutions?limit=500');
      const institution = data.find(({ routes }) => routes.some(({ connectionId }) => connectionId === id));
      const order = consentRequest(world, { id, institutionId: institution?.id ?? '' }, psu);
      const refused = await world.app.post<Consent>('/v1/consents', order);
      expect(refused).toMatchObject({ status: 503, body: { code: 'institution_unavailable', retry: { safe: true } } });
      expect(JSON.stringify(refused.body)).toContain('no public address');
    }
    seen.set(connection.provider, await calls(id));
  }
  expect([...seen.keys()].toSorted()).toEqual(['tell-connect', 'token-io', 'tribe', 'xs2a']);
  for (const [provider, { calls: made, errors }] of seen)
    expect([provider, made > 0, errors]).toEqual([provider, true, made]);
});

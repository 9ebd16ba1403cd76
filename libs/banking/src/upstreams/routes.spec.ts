import { jest } from '@jest/globals';
import { newId } from '@tributary/platform';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { Refusal } from '../refusal.js';
import { Routes } from './routes.js';

let banking: TestBanking;
let routes: Routes;
beforeAll(async () => {
  banking = await startBanking(new ConsentBank().provider);
  routes = banking.get(Routes);
});
afterAll(async () => {
  await banking.stop();
});

/** An institution, and connections that reach it. @returns their ids */
async function reached(
  ways: readonly { provider?: string; status?: string; capabilities?: string[]; live?: boolean; deleted?: boolean }[],
): Promise<{ institutionId: string; connectionIds: string[] }> {
  const institutionId = newId('ins');
  await banking.database.query(
    `INSERT INTO institutions (id, identity, name, country, created_at) VALUES ($1, $1, 'Bank', 'DE', now())`,
    [institutionId],
  );
  const connectionIds: string[] = [];
  for (const {
    provider = 'a',
    status = 'available',
    capabilities = ['accounts'],
    live = true,
    deleted = false,
  } of ways) {
    const id = newId('cnn');
    connectionIds.push(id);
    await banking.database.query(
      `INSERT INTO connections
         (id, provider, name, environment, settings, secrets_envelope, version, deleted_at, created_at, updated_at)
       VALUES ($1, $2, 'c', 'sandbox', '{}', '', 1, CASE WHEN $3 THEN now() END, now(), now())`,
      [id, provider, deleted],
    );
    await banking.database.query(
      `INSERT INTO institution_routes
         (institution_id, connection_id, provider, reference, capabilities, sca_approaches, payment_schemes, status, live)
       VALUES ($1, $2, $3, 'theirs', $4, '{}', '{}', $5, $6)`,
      [institutionId, id, provider, capabilities, status, live],
    );
  }
  return { institutionId, connectionIds };
}

async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt;
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
}

describe('choosing a route', () => {
  it('takes an available connection before a degraded one, and always the same', async () => {
    const { institutionId, connectionIds } = await reached([
      { status: 'unavailable' },
      { status: 'degraded' },
      { status: 'available' },
      { status: 'available' },
    ]);
    for (let round = 0; round < 3; round += 1) {
      const { connectionId, reference } = await routes.choose(institutionId, { capabilities: ['accounts'] });
      expect([connectionId, reference]).toEqual([connectionIds[2], 'theirs']);
    }
  });

  it('takes one that can do it, of the provider that is wanted', async () => {
    const { institutionId, connectionIds } = await reached([
      { provider: 'a' },
      { provider: 'b', capabilities: ['accounts', 'payments'] },
    ]);
    expect(await routes.choose(institutionId, { capabilities: ['payments'] })).toMatchObject({
      connectionId: connectionIds[1],
    });
    expect(await codeOf(routes.choose(institutionId, { capabilities: ['payments'], provider: 'a' }))).toBe(
      'capability_unsupported',
    );
    expect(await codeOf(routes.choose(institutionId, { capabilities: ['payments'], provider: 'c' }))).toBe('no_route');
  });

  it('takes none that is gone', async () => {
    const { institutionId } = await reached([{ live: false }, { deleted: true }]);
    expect(await codeOf(routes.choose(institutionId, { capabilities: ['accounts'] }))).toBe('no_route');
  });

  it('does not know an institution that nobody has', async () => {
    expect(await codeOf(routes.choose(newId('ins'), { capabilities: ['accounts'] }))).toBe('not_found');
  });
});

describe('how a connection calls an institution', () => {
  /* Negative control, carried out once: with the text cached instead of the promise there were 200 readings. */
  it('is read once however many ask at once, and again where the reading failed', async () => {
    const { institutionId, connectionIds } = await reached([{}]);
    const [connectionId = ''] = connectionIds;
    const reading = jest.spyOn(banking.database, 'query').mockRejectedValueOnce(new Error('timeout'));
    try {
      await expect(routes.reference(institutionId, connectionId)).rejects.toThrow('timeout');
      const all = await Promise.all(Array.from({ length: 200 }, () => routes.reference(institutionId, connectionId)));
      expect(new Set(all)).toEqual(new Set(['theirs']));
      expect(reading).toHaveBeenCalledTimes(2);
    } finally {
      reading.mockRestore();
    }
  });
});

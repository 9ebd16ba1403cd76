import type { IsoPaymentStatus } from '@tributary/domain';
import { PaymentEntity, PaymentObservationEntity } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import { type CallContext, type Provider, ProviderError } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { InboxService } from './inbox.service.js';
import { PaymentsService } from './payments.service.js';

/*
 * Whose payment a webhook is about, where several connections hear the same sender. Negative controls, carried out once. An
 * inbox that keeps a message for the first connection only whose key fits: the second tenant's payment stayed at RCVD (the first
 * three specs failed). An inbox that looks for the reference in every connection: a payment was settled by the word of a hub
 * that is not its own ("with another key"), and each message was heard twice. An inbox that throws what a connection that does not
 * open says although another one has the message: the sender was answered with an error for good (the last spec failed).
 */

interface Told {
  readonly event: string;
  readonly reference: string;
  readonly status: IsoPaymentStatus;
}

/** A provider that hears who knows its key, and takes each order under the name that it is told. */
function hearing(key: string): Provider {
  return {
    institutions: { list: () => Promise.resolve([]) },
    payments: {
      recovery: { by: 'none' },
      check: () => undefined,
      initiate: ({ id }) => Promise.resolve(snapshot(`ref-${id}`, 'RCVD')),
      fetch: ({ reference }) => Promise.resolve(snapshot(reference ?? '', 'RCVD')),
      findByReference: () => Promise.resolve(null),
    },
    webhooks: {
      verify: ({ headers }) => {
        if (headers['x-key'] === key) return;
        throw new ProviderError({
          kind: 'unauthorised',
          provider: 'spec',
          operation: 'verify',
          message: 'not its key',
        });
      },
      decode: ({ rawBody }) => {
        const { event, reference, status }: Told = JSON.parse(rawBody.toString());
        return [{ eventKey: event, subject: { type: 'payment', reference }, snapshot: snapshot(reference, status) }];
      },
    },
    close: () => Promise.resolve(),
  };
}

const snapshot = (reference: string, status: IsoPaymentStatus) => ({
  reference,
  status,
  upstreamStatus: status,
  continuation: null,
  observedAt: new Date(),
  raw: {},
});

const context: CallContext = { traceId: 'spec', psu: {} };
let banking: TestBanking;
let inbox: InboxService;
/** Two connections to one hub, and one to another; each pays for a tenant of its own. */
let first: Party;
let second: Party;
let stranger: Party;

interface Party {
  readonly appId: string;
  readonly connectionId: string;
}

const connections = new Map<string, Provider | Error>();

beforeAll(async () => {
  banking = await startBanking(hearing('hub'));
  banking.get(UpstreamsService).provider = (id) => {
    const found = connections.get(id);
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found ?? hearing(''));
  };
  inbox = banking.get(InboxService);
  first = { appId: banking.appId, connectionId: banking.connectionId };
  second = await party();
  stranger = await party();
});
beforeEach(async () => {
  connections.set(first.connectionId, hearing('hub'));
  connections.set(second.connectionId, hearing('hub'));
  connections.set(stranger.connectionId, hearing('another hub'));
  await banking.database.query('DELETE FROM inbox');
});
afterAll(() => banking.stop());

async function party(): Promise<Party> {
  const made = { appId: newId('app'), connectionId: newId('cnn') };
  await banking.database.query(
    `INSERT INTO apps (id, name, redirect_uris, scopes, created_at, updated_at)
     SELECT $1, name, redirect_uris, scopes, now(), now() FROM apps WHERE id = $2`,
    [made.appId, banking.appId],
  );
  await banking.database.query(
    `INSERT INTO connections (id, provider, name, environment, settings, secrets_envelope, version, created_at, updated_at)
     SELECT $1, provider, name, environment, settings, '', 1, now(), now() FROM connections WHERE id = $2`,
    [made.connectionId, banking.connectionId],
  );
  await banking.database.query(
    `INSERT INTO institution_routes
       (institution_id, connection_id, provider, reference, capabilities, sca_approaches, payment_schemes, status, live)
     SELECT institution_id, $1, provider, reference, capabilities, sca_approaches, payment_schemes, status, live
     FROM institution_routes WHERE connection_id = $2`,
    [made.connectionId, banking.connectionId],
  );
  return made;
}

/** A payment of the tenant over its connection. */
async function paid({ appId, connectionId }: Party): Promise<{ id: string; reference: string }> {
  await banking.database.query(
    `UPDATE institution_routes SET status = CASE connection_id WHEN $1 THEN 'available' ELSE 'degraded' END`,
    [connectionId],
  );
  const { payment: made } = await banking.get(PaymentsService).initiate(appId, banking.order(), newId('key'), context);
  const row = await payment(made.id);
  expect(row).toMatchObject({ appId, connectionId, isoStatus: 'RCVD' });
  return { id: row.id, reference: row.reference ?? '' };
}

const payment = (id: string) => banking.database.getRepository(PaymentEntity).findOneByOrFail({ id });

const tell = (told: Told, key = 'hub') =>
  inbox.accept('spec', {
    headers: { 'x-key': key },
    rawBody: Buffer.from(JSON.stringify(told)),
    receivedAt: new Date(),
  });

async function applyAll(): Promise<void> {
  await banking.database.query('UPDATE inbox SET next_attempt_at = now() WHERE applied_at IS NULL');
  for (const { connectionId } of [first, second, stranger]) await inbox.applyDue(connectionId, 100, context);
}

const waiting = async (): Promise<string[]> => {
  const rows = await banking.database.query<{ connection_id: string }[]>(
    'SELECT connection_id FROM inbox WHERE applied_at IS NULL',
  );
  return rows.map((row) => row.connection_id).toSorted();
};

describe('webhooks of a hub that two connections know by one key', () => {
  it('reach the connection whose payment it is, and no other tenant', async () => {
    const [mine, theirs] = [await paid(first), await paid(second)];
    const candidates = await tell({ event: 'e-1', reference: theirs.reference, status: 'ACSC' });
    expect(candidates.toSorted()).toEqual([first.connectionId, second.connectionId].toSorted());
    await applyAll();
    expect(await payment(theirs.id)).toMatchObject({ appId: second.appId, isoStatus: 'ACSC' });
    expect(await payment(mine.id)).toMatchObject({ appId: first.appId, isoStatus: 'RCVD' });
    // The copy of the connection that it was not for is done with, not an alert after five minutes.
    expect(await waiting()).toEqual([]);
    await tell({ event: 'e-2', reference: mine.reference, status: 'ACSP' });
    await applyAll();
    expect([(await payment(mine.id)).isoStatus, (await payment(theirs.id)).isoStatus]).toEqual(['ACSP', 'ACSC']);
  });

  it('that comes before the payment is known waits with each of them', async () => {
    const { id, reference } = await paid(second);
    // Our own commit of the reference is late.
    await banking.database.query('UPDATE payments SET reference = NULL WHERE id = $1', [id]);
    await tell({ event: 'e-3', reference, status: 'ACSC' });
    await applyAll();
    expect(await waiting()).toEqual([first.connectionId, second.connectionId].toSorted());
    await banking.database.query('UPDATE payments SET reference = $2 WHERE id = $1', [id, reference]);
    await applyAll();
    expect((await payment(id)).isoStatus).toBe('ACSC');
    expect(await waiting()).toEqual([]);
  });

  /*
   * Negative control, carried out once: an inbox with one patience for all connections gives the message up with the first row
   * of the table, and the payment that is looked up later never hears of it.
   */
  it.each([
    ['is given up after five minutes where nothing is looked up', { by: 'none' }, 301, 0],
    [
      'waits as long as an order may have to, before it is looked up',
      { by: 'look-up-by-reference', quietSeconds: 600 },
      899,
      1,
    ],
    ['and not for ever', { by: 'look-up-by-reference', quietSeconds: 600 }, 901, 0],
  ] as const)('that nobody knows %s', async (_, recovery, ageSeconds, left) => {
    const told = hearing('hub');
    if (told.payments) connections.set(first.connectionId, { ...told, payments: { ...told.payments, recovery } });
    connections.delete(second.connectionId);
    await tell({ event: 'e-0', reference: 'nobody-knows', status: 'ACSC' });
    await banking.database.query(`UPDATE inbox SET received_at = now() - $1 * interval '1 second'`, [ageSeconds]);
    await applyAll();
    expect(await waiting()).toHaveLength(left);
  });

  it('are one message, however often and to whichever of them it comes', async () => {
    const { id, reference } = await paid(second);
    for (const _ of [1, 2, 3]) await tell({ event: 'e-4', reference, status: 'ACSP' });
    await applyAll();
    const heard = await banking.database
      .getRepository(PaymentObservationEntity)
      .findBy({ paymentId: id, source: 'webhook' });
    expect(heard).toHaveLength(1);
  });

  it('with another key are about the payments of that hub only', async () => {
    const { id, reference } = await paid(second);
    expect(await tell({ event: 'e-5', reference, status: 'ACSC' }, 'another hub')).toEqual([stranger.connectionId]);
    await applyAll();
    expect((await payment(id)).isoStatus).toBe('RCVD');
    expect(await waiting()).toEqual([stranger.connectionId]);
    await expect(tell({ event: 'e-6', reference, status: 'ACSC' }, 'nobody')).rejects.toThrow('not its key');
  });

  it('are taken for the one although the other cannot be opened, and refused where nobody else knows the sender', async () => {
    const { id, reference } = await paid(second);
    connections.set(first.connectionId, new Error('its settings do not open'));
    expect(await tell({ event: 'e-7', reference, status: 'ACSP' })).toEqual([second.connectionId]);
    await applyAll();
    expect((await payment(id)).isoStatus).toBe('ACSP');
    // It may be the sender of the one that does not open: it is to come again.
    await expect(tell({ event: 'e-8', reference, status: 'ACSC' }, 'nobody')).rejects.toThrow('do not open');
  });
});

import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { systemClock } from '@tributary/platform';
import { Webhook } from 'standardwebhooks';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { EventsService } from '../events/events.service.js';
import { addEvent } from '../events/outbox.js';
import { waitAfterAttempt } from './delivery-schedule.js';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { type EndpointWish, WebhookEndpointsService } from './webhook-endpoints.service.js';
import { WebhookLogService } from './webhook-log.service.js';

interface Heard {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const nothing: Heard = { path: '', headers: {}, body: '' };

/** An app's receiver: answers with the status that its path names, `/hang` never. */
class Receiver {
  readonly heard: Heard[] = [];
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      this.heard.push({ path, headers, body: Buffer.concat(chunks).toString() });
      if (path === '/hang') return;
      const status = Number(path.slice(1)) || 204;
      response.writeHead(status, status === 302 ? { location: '/204' } : {}).end();
    });
  });
  url = '';

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    this.url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let banking: TestBanking;
let receiver: Receiver;
let endpoints: WebhookEndpointsService;
let deliveries: WebhookDeliveries;
let log: WebhookLogService;
const running = new AbortController().signal;

beforeEach(async () => {
  banking = await startBanking(
    { institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() },
    { WEBHOOK_ALLOW_PRIVATE: '1' },
  );
  receiver = new Receiver();
  await receiver.start();
  endpoints = banking.get(WebhookEndpointsService);
  deliveries = banking.get(WebhookDeliveries);
  log = banking.get(WebhookLogService);
});
afterEach(async () => {
  receiver.stop();
  await banking.stop();
});

const listen = async (path = '/204', wish: Partial<EndpointWish> = {}) => {
  const whole = { url: `${receiver.url}${path}`, description: null, types: null, enabled: true, ...wish };
  return endpoints.create(banking.appId, whole);
};
const happen = (type = 'payment.statusChanged', data: Record<string, unknown> = { status: 'settled' }) =>
  addEvent(banking.database.manager, { appId: banking.appId, type, subjectId: 'pay_1', sequence: 7, data });
const sweep = async () => {
  for (const id of await deliveries.dueEndpoints()) await deliveries.deliverDue(id, running);
};
/** Waiting is moving the instants that are waited for. */
const elapse = async () => {
  await banking.database.query(
    `UPDATE webhook_deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL`,
  );
  await banking.database.query('UPDATE webhook_endpoints SET resume_at = NULL');
};
const fates = async (eventId: string) =>
  (await log.deliveries(banking.appId, eventId)).map(({ delivery, attempts }) => [
    delivery.status,
    attempts.map(({ httpStatus, fault }) => fault ?? httpStatus),
  ]);

describe('an event', () => {
  it('reaches the endpoint, signed so that a Standard Webhooks library accepts it', async () => {
    const { secret } = await listen();
    const id = await happen();
    await sweep();
    expect(receiver.heard).toHaveLength(1);
    const [{ headers, body } = nothing] = receiver.heard;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      type: 'payment.statusChanged',
      data: { subjectId: 'pay_1', sequence: 7, status: 'settled' },
    });
    expect(headers['webhook-id']).toBe(id);
    // Negative controls: another body, another id, another secret.
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('signature');
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow('signature');
    const other = await listen();
    expect(() => new Webhook(other.secret).verify(body, headers)).toThrow('signature');
    expect(await fates(id)).toEqual([['delivered', [204]]]);
  });

  it('is planned in the transaction that makes it, or not at all', async () => {
    await listen();
    await expect(
      banking.database.transaction(async (manager) => {
        await addEvent(manager, { appId: banking.appId, type: 'a', subjectId: 'x', sequence: 1, data: {} });
        throw new Error('as the spec wants it');
      }),
    ).rejects.toThrow('as the spec');
    expect(await deliveries.dueEndpoints()).toEqual([]);
  });

  it('goes to the endpoints that take its type', async () => {
    await listen('/204', { types: ['consent.statusChanged'] });
    await listen('/200', { types: ['payment.statusChanged'] });
    await listen('/201', { enabled: false });
    await happen();
    await sweep();
    expect(receiver.heard.map(({ path }) => path)).toEqual(['/200']);
  });

  it.each(['/500', '/302', '/404', '/429'])('that was answered %s is tried again, with the same id', async (path) => {
    await listen(path);
    const id = await happen();
    await sweep();
    await elapse();
    await sweep();
    expect(receiver.heard.map((heard) => heard.path)).toEqual([path, path]);
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    const fault = `answered ${path.slice(1)}`;
    expect(await fates(id)).toEqual([['pending', [fault, fault]]]);
  });

  it('is given up after the last attempt, and can be sent again by hand', async () => {
    const { endpoint } = await listen('/500');
    const id = await happen();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await sweep();
      await elapse();
    }
    expect(receiver.heard).toHaveLength(10);
    expect(await fates(id)).toEqual([['failed', expect.anything()]]);
    await endpoints.change(banking.appId, endpoint.id, { url: `${receiver.url}/204` });
    expect(await log.redeliver(banking.appId, id)).toBe(1);
    await sweep();
    expect(receiver.heard.at(-1)?.path).toBe('/204');
    expect(await fates(id)).toEqual([['delivered', expect.anything()]]);
  });

  it('is sent by one process, however many sweep at once', async () => {
    await listen();
    const ids = await Promise.all(Array.from({ length: 40 }, () => happen()));
    const other = await banking.secondProcess();
    const [endpointId = ''] = await deliveries.dueEndpoints();
    await Promise.all(
      [deliveries, other.get(WebhookDeliveries), deliveries].map((each) => each.deliverDue(endpointId, running)),
    );
    await other.stop();
    // Negative control, carried out: without SKIP LOCKED and the lease 72 messages came for the 40 events. (Without SKIP LOCKED
    // alone it passed: the lease leaves little to be claimed twice.)
    expect(receiver.heard).toHaveLength(40);
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
  });

  it('whose sender died is sent by the next one after the lease', async () => {
    await listen();
    const id = await happen();
    await banking.database.query(
      `UPDATE webhook_deliveries SET attempts = 1, next_attempt_at = now() + interval '60 seconds'`,
    );
    expect(await deliveries.dueEndpoints()).toEqual([]);
    await elapse();
    await sweep();
    expect(await fates(id)).toEqual([['delivered', [204]]]);
  });
});

describe('an endpoint', () => {
  it('that answers 410 is disabled, and gets what had to wait when it is enabled again', async () => {
    const { endpoint } = await listen('/410');
    await happen();
    await sweep();
    expect(await endpoints.get(banking.appId, endpoint.id)).toMatchObject({
      enabled: false,
      disabledBecause: 'It answered 410 Gone.',
    });
    await elapse();
    await sweep();
    expect(receiver.heard).toHaveLength(1);
    await endpoints.change(banking.appId, endpoint.id, { url: `${receiver.url}/204`, enabled: true });
    await sweep();
    expect(receiver.heard.map(({ path }) => path)).toEqual(['/410', '/204']);
  });

  it('that is dead is asked with one event, while the others get theirs', async () => {
    const dead = await listen('/500');
    await listen('/204');
    for (let count = 0; count < 20; count += 1) await happen();
    await sweep();
    await sweep();
    expect(receiver.heard.filter(({ path }) => path === '/204')).toHaveLength(20);
    // Eight were in flight when the first failed; then it was left alone.
    expect(receiver.heard.filter(({ path }) => path === '/500')).toHaveLength(8);
    await banking.database.query('UPDATE webhook_endpoints SET resume_at = NULL');
    await sweep();
    expect(receiver.heard.filter(({ path }) => path === '/500')).toHaveLength(9);
    expect(await endpoints.get(banking.appId, dead.endpoint.id)).toMatchObject({ failuresInRow: 2 });
  });

  it('that hangs takes no connection from another app at the same host', async () => {
    const hanging = [await listen('/hang'), await listen('/hang')];
    for (let count = 0; count < 8; count += 1) await happen();
    let ended = 0;
    const stuck = hanging.map(async ({ endpoint }) => {
      await deliveries.deliverDue(endpoint.id, running);
      ended += 1;
    });
    while (receiver.heard.length < 10) await pause(10);
    const { endpoint } = await listen('/204');
    const id = await endpoints.test(banking.appId, endpoint.id);
    await deliveries.deliverDue(endpoint.id, running);
    // Negative control, carried out: with ten connections per host this one came when the others had been given up.
    expect([await fates(id), ended]).toEqual([[['delivered', [204]]], 0]);
    expect(receiver.heard.filter(({ path }) => path === '/hang')).toHaveLength(16);
    receiver.stop();
    await Promise.all(stuck);
  });

  it('changes over to a new secret without a gap', async () => {
    const { endpoint, secret } = await listen();
    const rotated = await endpoints.rotateSecret(banking.appId, endpoint.id, 100);
    await happen();
    await sweep();
    const [both = nothing] = receiver.heard;
    for (const live of [secret, rotated.secret])
      expect(() => new Webhook(live).verify(both.body, both.headers)).not.toThrow();
    // Within what a receiver of Standard Webhooks allows for clocks that differ.
    const later = Date.now() + 101_000;
    const clock = jest.spyOn(systemClock, 'now').mockImplementation(() => new Date(later));
    try {
      await happen();
      await sweep();
    } finally {
      clock.mockRestore();
    }
    const [, late = both] = receiver.heard;
    expect(() => new Webhook(rotated.secret).verify(late.body, late.headers)).not.toThrow();
    expect(() => new Webhook(secret).verify(late.body, late.headers)).toThrow('signature');
  });

  it('can have events again from an instant on', async () => {
    await happen();
    await pause(20);
    const since = new Date();
    const second = await happen('consent.statusChanged');
    const third = await happen();
    const { endpoint } = await listen('/204', { types: ['payment.statusChanged'] });
    expect(await endpoints.replay(banking.appId, endpoint.id, since)).toBe(1);
    await sweep();
    expect(receiver.heard.map(({ headers }) => headers['webhook-id'])).toEqual([third]);
    expect(await fates(second)).toEqual([]);
  });

  it('can be tested alone', async () => {
    await listen('/200');
    const { endpoint } = await listen('/204', { types: ['payment.statusChanged'] });
    const id = await endpoints.test(banking.appId, endpoint.id);
    await sweep();
    expect(receiver.heard.map(({ path }) => path)).toEqual(['/204']);
    expect(await fates(id)).toEqual([['delivered', [204]]]);
  });

  it('that is deleted takes its deliveries along', async () => {
    const { endpoint } = await listen();
    const id = await happen();
    await endpoints.remove(banking.appId, endpoint.id);
    await sweep();
    expect(receiver.heard).toEqual([]);
    expect(await fates(id)).toEqual([]);
  });

  it('of another app is unknown', async () => {
    const { endpoint } = await listen();
    const strangers = [
      () => endpoints.get('app_other', endpoint.id),
      () => endpoints.change('app_other', endpoint.id, { enabled: false }),
      () => endpoints.remove('app_other', endpoint.id),
      () => endpoints.rotateSecret('app_other', endpoint.id, 0),
      () => endpoints.replay('app_other', endpoint.id, new Date(0)),
      () => endpoints.test('app_other', endpoint.id),
    ];
    for (const ask of strangers) await expect(ask()).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('in production', () => {
  it.each([
    ['http://app.example.com/', 'https'],
    ['https://127.0.0.1/', 'public'],
    ['https://[::1]/', 'public'],
    ['https://169.254.169.254/latest', 'public'],
    ['https://localhost/', 'public'],
  ])('%s is refused with a pointer', async (url, why) => {
    const strict = await startBanking({
      institutions: { list: () => Promise.resolve([]) },
      close: () => Promise.resolve(),
    });
    const wish = { url, description: null, types: null, enabled: true };
    await expect(strict.get(WebhookEndpointsService).create(strict.appId, wish)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(why),
      details: { errors: [{ pointer: '/url' }] },
    });
    await strict.stop();
  });

  it('a name that leads to a private address is not connected to', async () => {
    const strict = await startBanking({
      institutions: { list: () => Promise.resolve([]) },
      close: () => Promise.resolve(),
    });
    const service = strict.get(WebhookEndpointsService);
    const wish = { url: 'https://app.example.com/', description: null, types: null, enabled: true };
    const { endpoint } = await service.create(strict.appId, wish);
    // As a name does whose owner points it at us later.
    await strict.database.query('UPDATE webhook_endpoints SET url = $1', [
      receiver.url.replace('127.0.0.1', 'localhost'),
    ]);
    const id = await service.test(strict.appId, endpoint.id);
    await strict.get(WebhookDeliveries).deliverDue(endpoint.id, running);
    const [logged] = await strict.get(WebhookLogService).deliveries(strict.appId, id);
    expect(logged?.attempts).toMatchObject([{ fault: 'the host has no public address', httpStatus: null }]);
    expect(receiver.heard).toEqual([]);
    await strict.stop();
  });
});

describe('events', () => {
  it('are forgotten after 30 days, with their deliveries', async () => {
    await listen();
    const id = await happen();
    await sweep();
    const events = banking.get(EventsService);
    expect(await events.forgetOld(100)).toBe(0);
    const old = `evt_${'0'.repeat(26)}`;
    await banking.database.query(
      `INSERT INTO outbox (id, app_id, type, subject_id, sequence, data, created_at) VALUES ($1, $2, 'old', 'x', 1, '{}', now())`,
      [old, banking.appId],
    );
    expect(await events.forgetOld(100)).toBe(1);
    await expect(log.deliveries(banking.appId, old)).rejects.toMatchObject({ code: 'not_found' });
    expect(await fates(id)).toHaveLength(1);
  });
});

describe('the schedule', () => {
  it('spreads ten attempts over three days, with jitter', () => {
    const waits = Array.from({ length: 9 }, (_, at) => waitAfterAttempt(at + 1, 0.5) ?? 0);
    const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400_000;
    expect(days).toBeGreaterThan(2.8);
    expect(days).toBeLessThan(3);
    expect(waitAfterAttempt(10, 0.5)).toBeNull();
    expect(waitAfterAttempt(2, 0)).toBeLessThan(waitAfterAttempt(2, 1) ?? 0);
  });
});

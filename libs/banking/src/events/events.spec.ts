import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { EventsService } from './events.service.js';
import { addEvent } from './outbox.js';

let banking: TestBanking;
let database: DataSource;
beforeEach(async () => {
  banking = await startBanking({ institutions: { list: () => Promise.resolve([]) }, close: () => Promise.resolve() });
  database = banking.database;
});
afterEach(() => banking.stop());

const write = (manager: QueryRunner['manager'], type: string, subjectId = 'pay_1') =>
  addEvent(manager, { appId: banking.appId, type, subjectId, sequence: 1, data: {} });
const read = async (after: string | null) => banking.get(EventsService).list(banking.appId, {}, { limit: 10, after });
/** Longer than the allowance for clocks that differ. */
const settle = () => pause(400);

describe('events', () => {
  it('are never skipped by a reader that goes on from the last one, though they commit out of order', async () => {
    const slow = database.createQueryRunner();
    await slow.startTransaction();
    await write(slow.manager, 'first');
    await write(database.manager, 'second');
    await settle();
    // Control: the newer one is there already, and has a greater id than the one that is still to come.
    const [there] = await database.query<{ type: string }[]>('SELECT type FROM outbox');
    expect(there?.type).toBe('second');
    expect(await read(null)).toEqual([]);
    await slow.commitTransaction();
    await slow.release();
    await settle();
    const events = await read(null);
    expect(events.map(({ type }) => type)).toEqual(['first', 'second']);
    expect(await read(events[0]?.id ?? '')).toHaveLength(1);
  });

  it('can be read by type, by subject, and by their app only', async () => {
    for (const type of ['a', 'b', 'a']) await write(database.manager, type);
    await write(database.manager, 'a', 'pay_2');
    await settle();
    const service = banking.get(EventsService);
    const ofSecond = await service.list(banking.appId, { subjectId: 'pay_2' }, { limit: 10, after: null });
    expect(ofSecond.map(({ type, subjectId }) => [type, subjectId])).toEqual([['a', 'pay_2']]);
    expect(await service.list(banking.appId, { type: 'a' }, { limit: 10, after: null })).toHaveLength(3);
    expect(await service.list('app_other', {}, { limit: 10, after: null })).toEqual([]);
  });
});

import { AuthorisationsService, ConsentsService } from '@tributary/banking';
import { DataSource } from 'typeorm';
import { CallbackRefused } from '../../libs/banking/src/authorisations/callbacks.js';
import { startBanking, type TestBanking } from '../banking.js';
import { ConsentBank } from '../consent-bank.js';
import { inParallel, report, size } from './proof.js';

/*
 * PSUs come back with their one-use states, each return twenty times at once, to two processes: one exchange each.
 */

const states = size(1_000, 30);
const racers = 20;
const context = { traceId: 'spec', psu: {} };

let bank: ConsentBank;
let banking: TestBanking;
let services: readonly [AuthorisationsService, AuthorisationsService];
let stopSecond: () => Promise<void>;
beforeAll(async () => {
  bank = new ConsentBank();
  bank.approach = 'redirect';
  banking = await startBanking(bank.provider);
  const second = await banking.secondProcess();
  stopSecond = () => second.stop();
  services = [banking.get(AuthorisationsService), second.get(AuthorisationsService)];
});
afterAll(async () => {
  await stopSecond();
  await banking.stop();
});

/** Consents whose PSU is at the bank. @returns the states with which they come back */
async function underWay(count: number): Promise<readonly string[]> {
  const before = bank.seenStates.length;
  await inParallel(Array.from({ length: count }), 8, async () => {
    bank.state = 'awaitingAuthorisation';
    await banking.get(ConsentsService).create(
      banking.appId,
      {
        institutionId: banking.institutionId,
        psu: { id: 'anna' },
        access: ['accounts'],
        recurring: true,
        validUntil: '2099-12-31',
        redirectUri: banking.redirectUri,
      },
      context,
    );
  });
  // The state in which the PSU was sent to the bank is the one of the SCA that was started.
  return [...new Set(bank.seenStates.slice(before))];
}

async function race(all: readonly string[]): Promise<{ through: number; refused: number }> {
  const found = { through: 0, refused: 0 };
  await inParallel(all, 4, async (state) => {
    const returns = await Promise.allSettled(
      Array.from({ length: racers }, (_, racer) =>
        services[racer % 2 === 0 ? 0 : 1].complete('spec', state, { code: 'c' }, context),
      ),
    );
    for (const one of returns) {
      if (one.status === 'fulfilled') found.through += 1;
      else if (one.reason instanceof CallbackRefused && one.reason.reason === 'used') found.refused += 1;
      else throw one.reason;
    }
  });
  return found;
}

describe('returns of PSUs, raced', () => {
  it('get through once each: one exchange with the bank', async () => {
    const all = await underWay(states);
    expect(all).toHaveLength(states);
    const before = bank.count('complete');
    const { through, refused } = await race(all);
    const exchanges = bank.count('complete') - before;
    report('callbacks', { states, returns: states * racers, through, refused, exchanges });
    expect({ through, refused, exchanges }).toEqual({
      through: states,
      refused: states * (racers - 1),
      exchanges: states,
    });
  });

  it('get through more than once where nobody looks whether a state was used (negative control)', async () => {
    const [state = ''] = await underWay(1);
    // Each use is forgotten at once, as without `used_at IS NULL`.
    const owner = await ownerOf(banking);
    try {
      await owner.query(
        `CREATE FUNCTION public.forget_use() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.used_at := NULL; RETURN NEW; END $$`,
      );
      await owner.query(
        'CREATE TRIGGER forget_use BEFORE UPDATE ON callbacks FOR EACH ROW EXECUTE FUNCTION forget_use()',
      );
      expect((await race([state])).through).toBeGreaterThan(1);
    } finally {
      await owner.query('DROP TRIGGER IF EXISTS forget_use ON callbacks');
      await owner.destroy();
    }
  });
});

/** The database as its owner, who may change the schema. */
async function ownerOf({ database }: TestBanking): Promise<DataSource> {
  const { options } = database;
  if (options.type !== 'postgres' || options.url === undefined) throw new Error('no URL');
  return new DataSource({ type: 'postgres', url: options.url }).initialize();
}

import { BankAuthorisationEntity, BankTokenEntity } from '@tributary/persistence';
import { ProviderError } from '@tributary/providers';
import type { TestBanking } from '../../../../test/banking.js';
import { DeskHub } from '../../../../test/desk-hub.js';
import { until } from '../../../../test/e2e/until.js';
import { BankAccountsService } from './bank-accounts.service.js';
import { BankAuthorisationsService } from './bank-authorisations.service.js';
import { BankReportsService } from './bank-reports.service.js';
import { Desks } from './desks.js';

/*
 * A decision counts only while whoever decides still holds it. Negative controls, each carried out once: `held` naming nothing but the
 * id (the late grant turns `rejected` into `approved`, and its token is live); `arrive` not looking again under its lock (of two
 * arrivals at once the second fails); no renewal (the claim ends while the hub is asked); a link that does not depend on the URL (two authorisations share one).
 */

const context = { traceId: 'spec', psu: {} };
const wish = { psuId: 'anna', accountReferences: ['acc-1'], by: 'psu' } as const;
let hub: DeskHub;
let banking: TestBanking;
let authorisations: BankAuthorisationsService;
let id: string;
beforeEach(async () => {
  hub = new DeskHub();
  banking = await hub.startDesk();
  const account = { psuId: 'anna', identifiers: [], currency: 'GBP', schemes: [] };
  await banking.get(BankAccountsService).put(banking.appId, 'acc-1', {
    ...account,
    identifiers: [{ scheme: 'iban', value: 'GB29NWBK60161331926819' }],
  });
  authorisations = banking.get(BankAuthorisationsService);
  await arrive();
  id = (await authorisations.list(banking.appId, undefined, { limit: 1, after: null }))[0]?.id ?? '';
});
afterEach(() => banking.stop());

async function arrive(browser = 'browser', url = 'https://bank.example/authorize?client_id=1'): Promise<string> {
  const desk = await banking.get(Desks).find('spec', banking.connectionId);
  return authorisations.arrive(desk, url, browser, context);
}
const count = () => banking.database.getRepository(BankAuthorisationEntity).count();
const approve = () => authorisations.approve(banking.appId, id, wish, context);
const tokens = () => banking.database.getRepository(BankTokenEntity).find();
const status = async () => (await authorisations.get(banking.appId, id)).status;
/** As if the hub took longer than whoever decides may. */
const lapse = () =>
  banking.database.query(
    `UPDATE bank_authorisations SET deciding_until = date_trunc('milliseconds', now()) - interval '1 second'`,
  );

const claimEnds = async () => {
  const { decidingUntil } = await banking.database.getRepository(BankAuthorisationEntity).findOneByOrFail({ id });
  return decidingUntil?.getTime() ?? 0;
};

it('is held for as long as the hub takes, and soon anybody else decides once whoever held it is gone', async () => {
  let restSeconds = 0;
  hub.granting = async () => {
    const first = await claimEnds();
    restSeconds = (first - Date.now()) / 1_000;
    await until('the claim is renewed', async () => (await claimEnds()) > first);
    // Nobody else decides meanwhile.
    await expect(authorisations.reject(banking.appId, id, 'app')).rejects.toMatchObject({ code: 'conflict' });
  };
  await approve();
  // What a process that died leaves behind.
  expect(restSeconds).toBeLessThanOrEqual(15);
  expect([await status(), (await tokens()).length]).toEqual(['approved', 1]);
}, 30_000);

it.each(['rejected', 'expired'] as const)(
  'a grant that comes after it is %s changes nothing, and its token ends',
  async (end) => {
    hub.granting = async () => {
      await lapse();
      if (end === 'rejected') await authorisations.reject(banking.appId, id, 'app');
      else {
        await banking.database.query(`UPDATE bank_authorisations SET expires_at = now()`);
        await authorisations.expireDue(10);
      }
    };
    await expect(approve()).rejects.toMatchObject({ code: 'conflict' });
    expect(await status()).toBe(end);
    const [token, ...more] = await tokens();
    expect([token?.revokedAt, more]).toEqual([expect.any(Date), []]);
    await banking.get(BankReportsService).sendDue(banking.connectionId, 10, context);
    expect(hub.revoked).toEqual([`token-of-${id}`]);
  },
);

it('a refusal that comes after it was granted elsewhere does not undo that', async () => {
  hub.granting = async () => {
    hub.granting = () => Promise.resolve();
    await lapse();
    await approve();
    const facts = { kind: 'rejected', provider: 'spec', operation: 'grant', message: 'used already' } as const;
    throw new ProviderError(facts);
  };
  await expect(approve()).rejects.toMatchObject({ kind: 'rejected' });
  expect(await status()).toBe('approved');
  expect(await tokens()).toMatchObject([{ revokedAt: null }]);
});

it('the same token that comes twice is granted once and stays', async () => {
  hub.granting = async () => {
    hub.granting = () => Promise.resolve();
    await lapse();
    await approve();
  };
  await expect(approve()).rejects.toMatchObject({ code: 'conflict' });
  expect(await status()).toBe('approved');
  expect(await tokens()).toMatchObject([{ revokedAt: null }]);
});

describe('a browser that comes again by the same URL', () => {
  it('finds what waits for its decision, also twice at once', async () => {
    const link = await arrive();
    expect([await arrive(), await count()]).toEqual([link, 1]);
    const url = 'https://bank.example/authorize?client_id=2';
    const waiting: (() => void)[] = [];
    hub.describing = () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const go of waiting) go();
      });
    const [left, right] = await Promise.all([arrive('browser', url), arrive('browser', url)]);
    expect([left, await count()]).toEqual([right, 2]);
  });

  it('has one of its own where it is another one, or comes by another URL', async () => {
    const links = [await arrive(), await arrive('another'), await arrive('browser', 'https://bank.example/authorize')];
    expect([new Set(links).size, await count()]).toEqual([3, 3]);
  });

  it('begins anew when the first is over, if the hub lets it', async () => {
    const first = await arrive();
    await authorisations.reject(banking.appId, id, 'psu');
    expect([(await arrive()) === first, await count()]).toEqual([false, 2]);
  });
});

import { BankSessionEntity } from '@tributary/persistence';
import { loadSettings, systemClock } from '@tributary/platform';
import type { TestBanking } from '../../../../test/banking.js';
import { DeskHub } from '../../../../test/desk-hub.js';
import { BankAccountsService } from './bank-accounts.service.js';
import { BankSessions, type OpenSession } from './bank-sessions.js';
import { demoCode, DeskLoginService } from './desk-login.service.js';
import { type Desk, Desks } from './desks.js';
import { HeldAccounts } from './held-accounts.js';

/*
 * Negative controls, each carried out once: an attempt that is counted only after the code was compared (of twenty at once all are
 * tried); a login that forgets who is there when it begins (the customer in the other browser is out).
 */

let banking: TestBanking;
let desk: Desk;
let sessions: BankSessions;
let logins: DeskLoginService;
let token: string;
beforeAll(async () => {
  banking = await new DeskHub().startDesk();
  desk = await banking.get(Desks).find('spec', banking.connectionId);
  sessions = banking.get(BankSessions);
  logins = banking.get(DeskLoginService);
  await banking.get(BankAccountsService).put(banking.appId, 'acc-1', {
    psuId: 'anna',
    identifiers: [{ scheme: 'iban', value: 'GB29NWBK60161331926819' }],
    currency: 'GBP',
    schemes: [],
  });
});
beforeEach(async () => {
  const { appId, connectionId, database } = banking;
  const expiresAt = new Date(Date.now() + 60_000);
  const subject = { subjectType: 'payment', subjectId: 'bpy_1' } as const;
  token = await sessions.open(database.manager, { appId, connectionId, ...subject, expiresAt });
});
afterAll(() => banking.stop());

async function visit(browser = 'browser'): Promise<OpenSession> {
  const found = await sessions.find('payment', token, browser);
  if (!found) throw new Error('the link is gone');
  return found;
}
const enter = async (code: string) => logins.demo(desk, (await visit()).session, 'browser', { psuId: 'anna', code });
const failed = async () =>
  (
    await banking.database
      .getRepository(BankSessionEntity)
      .findOneByOrFail({ tokenHash: (await visit()).session.tokenHash })
  ).failedLogins;

/* Negative control, carried out once: without the lock they overwrite each other, or fail by the table's key. */
it('a login page that is set by several at once is set by one after the other', async () => {
  const page = 'https://bank.example.com/login';
  const secrets = await Promise.all(Array.from({ length: 10 }, () => logins.put(banking.appId, page, true)));
  expect(new Set(secrets).size).toBe(10);
  expect(await logins.get(banking.appId)).toMatchObject({ loginUrl: page, version: 10 });
  expect(await logins.put(banking.appId, null, false)).toBeNull();
});

it('no more codes are tried at once than one after another', async () => {
  const { session } = await visit();
  const tries = Array.from({ length: 20 }, (_, number) =>
    logins.demo(desk, session, 'browser', { psuId: 'anna', code: `00000${number}` }),
  );
  await Promise.all(tries);
  expect(await failed()).toBe(5);
  expect(await enter(demoCode)).toBe(false);
});

it('a good login is no failed one', async () => {
  expect([await enter('000000'), await enter(demoCode), await failed()]).toEqual([false, true, 1]);
  expect((await visit()).psuId).toBe('anna');
});

it('a login elsewhere that only begins leaves whoever is logged in where they are', async () => {
  await enter(demoCode);
  const { session } = await visit('another');
  const nonce = await sessions.beginLogin(session, 'another');
  expect((await visit()).psuId).toBe('anna');
  expect(await sessions.endLogin(session, 'browser', nonce, 'ben')).toBe(false);
  expect(await sessions.endLogin(session, 'another', nonce, 'ben')).toBe(true);
  expect([(await visit()).psuId, (await visit('another')).psuId]).toEqual([null, 'ben']);
});

describe('the page where customers log in', () => {
  const put = (loginUrl: string, nodeEnv: 'production' | 'development' = 'development') => {
    const settings = { ...loadSettings({ DATABASE_URL: 'postgres://127.0.0.1/none' }), nodeEnv };
    const accounts = banking.get(HeldAccounts);
    const service = new DeskLoginService(banking.database, banking.vault, sessions, accounts, systemClock, settings);
    return service.put(banking.appId, loginUrl, false);
  };

  it.each(['https://bank.example.com/login', 'http://localhost:3000/login', 'http://[::1]/login'])(
    'may be %s',
    async (url) => {
      expect(await put(url)).toMatch(/^bls_/);
    },
  );

  it.each([
    ['http://bank.example.com/login', 'development'],
    ['http://localhost.bank.example/login', 'development'],
    ['http://localhost:3000/login', 'production'],
  ] as const)('may not be %s in %s', async (url, nodeEnv) => {
    await expect(put(url, nodeEnv)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

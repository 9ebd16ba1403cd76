import { type BankPayment, BankPaymentEntity, BankReportEntity, BankTokenEntity } from '@tributary/persistence';
import { newId } from '@tributary/platform';
import type { TestBanking } from '../../../../test/banking.js';
import { DeskHub } from '../../../../test/desk-hub.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { Refusal } from '../refusal.js';
import { connectionSecretsPlace, UpstreamsService } from '../upstreams/upstreams.service.js';
import { BankAccountsService } from './bank-accounts.service.js';
import { BankAuthorisationsService } from './bank-authorisations.service.js';
import { BankPagesService } from './bank-pages.service.js';
import { BankPaymentsService } from './bank-payments.service.js';
import { BankReportsService } from './bank-reports.service.js';
import { BankSessions } from './bank-sessions.js';
import { BankTokensService } from './bank-tokens.service.js';
import { Desks } from './desks.js';

const context = { traceId: 'spec', psu: {} };
let banking: TestBanking;
let payments: BankPaymentsService;
let payment: BankPayment;
let hub: DeskHub;
const start = async (agreed: ConstructorParameters<typeof DeskHub>[0] = {}): Promise<void> => {
  hub = new DeskHub(agreed);
  banking = await hub.startDesk();
  payments = banking.get(BankPaymentsService);
  const { appId, connectionId } = banking;
  for (const [reference, value] of [
    ['acc-1', 'GB29NWBK60161331926819'],
    ['acc-2', 'GB82WEST12345698765432'],
  ] as const) {
    await banking.get(BankAccountsService).put(appId, reference, {
      psuId: 'anna',
      identifiers: [{ scheme: 'iban', value }],
      currency: 'GBP',
      schemes: ['FASTER_PAYMENTS'],
    });
  }
  const now = new Date();
  payment = {
    id: newId('bpy'),
    appId,
    connectionId,
    provider: 'spec',
    kind: 'direct',
    reference: 'r-1',
    tokenId: null,
    tppName: null,
    scheme: 'FASTER_PAYMENTS',
    debtorIdentifiers: null,
    debtorName: null,
    debtorReference: null,
    items: [],
    itemCount: 1,
    amountMinor: 100n,
    currency: 'GBP',
    callbackUrl: 'https://hub.example/cb',
    isoStatus: 'RCVD',
    beforePending: null,
    reason: null,
    psuId: null,
    confirmedAt: null,
    linkExpiresAt: new Date(now.getTime() + 900_000),
    final: false,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await banking.database.getRepository(BankPaymentEntity).insert(payment);
};
beforeEach(() => start());
afterEach(() => banking.stop());

const confirm = (debtorReference?: string) =>
  payments.confirm(banking.appId, payment.id, { psuId: 'anna', debtorReference, source: 'app' });

describe('the account that pays', () => {
  // Negative control, carried out once: the first that fits taken where none is named. The payment is then confirmed from acc-1.
  it('is never guessed where several can', async () => {
    await expect(confirm()).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ pointer: '/accountReference', code: 'required' }] },
    });
    expect((await payments.get(banking.appId, payment.id)).payment).toMatchObject({
      isoStatus: 'RCVD',
      confirmedAt: null,
    });
    expect(await confirm('acc-2')).toMatchObject({ debtorReference: 'acc-2', isoStatus: 'ACCP' });
  });

  it('need not be named where there is only one, or the TPP has named it', async () => {
    await banking.database.getRepository(BankPaymentEntity).update({ id: payment.id }, { debtorReference: 'acc-2' });
    expect(await confirm()).toMatchObject({ debtorReference: 'acc-2' });
  });
});

// Negative control, carried out once: every unconfirmed payment said to be rejected. The locked one, still open, is RJCT then.
it('a payment whose link is locked is still open, and the browser says so; one whose time is over is rejected', async () => {
  const { appId, connectionId, database } = banking;
  const sessions = banking.get(BankSessions);
  const { id: subjectId, linkExpiresAt: expiresAt } = payment;
  const subject = { appId, connectionId, subjectType: 'payment', subjectId, expiresAt } as const;
  const token = await sessions.open(database.manager, subject);
  const look = () => banking.get(BankPagesService).look('spec', 'payment', token, 'browser');
  await database.query('UPDATE bank_sessions SET failed_logins = 5');
  expect(await look()).toMatchObject({
    state: 'ended',
    why: 'locked',
    redirectTo: 'https://hub.example/cb?status=RCVD&message=The+link+is+locked',
  });
  expect(await confirm('acc-1')).toMatchObject({ isoStatus: 'ACCP' });
  await database.query(`UPDATE bank_payments SET confirmed_at = NULL, link_expires_at = now() - interval '1 second'`);
  expect(await look()).toMatchObject({
    redirectTo: 'https://hub.example/cb?status=RJCT&message=Not+confirmed+in+time',
  });
});

// Negative control, carried out once: the look at open payments left out. The other app then gets the first one's hub.
it('a desk goes to another app only when every payment has ended', async () => {
  const connections = banking.get(ConnectionsService);
  const { database, connectionId } = banking;
  const secrets = banking.vault.sealJson({}, connectionSecretsPlace(connectionId));
  await database.query(`UPDATE connections SET provider = 'tribe', secrets_envelope = $1`, [secrets]);
  const leave = () => connections.change(connectionId, { bankAppId: null }, context);
  await expect(leave()).rejects.toMatchObject({ code: 'conflict' });
  // What changes nothing is no change.
  const same = connections.change(connectionId, { bankAppId: banking.appId, name: 'New name' }, context);
  await expect(same).resolves.toMatchObject({ connection: { name: 'New name' } });
  await payments.refuse(banking.appId, payment.id, 'app');
  expect((await leave()).connection.bankAppId).toBeNull();
});

// Negative control, carried out once: the look at payments and reports left out. The group is then only refused for being the last one.
it('settings keep their group `bank` until every payment has ended and the hub has been told', async () => {
  const { appId, connectionId, database } = banking;
  const secrets = banking.vault.sealJson({}, connectionSecretsPlace(connectionId));
  await database.query(`UPDATE connections SET provider = 'tribe', secrets_envelope = $1`, [secrets]);
  const strip = () => banking.get(ConnectionsService).change(connectionId, { settings: { bank: null } }, context);
  await expect(strip()).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/1 payments/) });
  await payments.refuse(appId, payment.id, 'app');
  await expect(strip()).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/1 reports/) });
  await banking.get(BankReportsService).sendDue(connectionId, 10, context);
  // Now it is only that a connection without any role is none.
  await expect(strip()).rejects.toMatchObject({ code: 'invalid_request' });
});

describe('what the hub and the bank agreed on', () => {
  const endStatuses = { refused: 'RJCT', declined: 'CANC', expired: 'CANC' } as const;
  const ends = {
    refused: () => payments.refuse(banking.appId, payment.id, 'app'),
    declined: async () => {
      const { appId } = banking;
      const account = { psuId: 'anna', identifiers: [], currency: 'GBP', schemes: ['FASTER_PAYMENTS'] };
      const balances = [{ type: 'interimAvailable', amount: { minor: 99n, currency: 'GBP' } }];
      await banking.get(BankAccountsService).put(appId, 'acc-1', { ...account, balances });
      await confirm('acc-1');
    },
    expired: async () => {
      await banking.database.query(`UPDATE bank_payments SET link_expires_at = now() - interval '1 second'`);
      await payments.expireDue(10);
    },
  } as const;
  const isoStatus = async () => (await payments.get(banking.appId, payment.id)).payment.isoStatus;

  it.each([
    ['refused', 'CANC'],
    ['declined', 'RJCT'],
    ['expired', 'RJCT'],
  ] as const)('names the status of a payment that is %s: usually %s, or another', async (end, usual) => {
    await ends[end]();
    expect(await isoStatus()).toBe(usual);
    await banking.stop();
    await start({ endStatuses });
    await ends[end]();
    expect(await isoStatus()).toBe(endStatuses[end]);
  });

  it('names the balance that counts', async () => {
    const balances = [
      { type: 'interimAvailable', amount: { minor: 100n, currency: 'GBP' } },
      { type: 'interimBooked', amount: { minor: 99n, currency: 'GBP' } },
    ];
    const put = () =>
      banking.get(BankAccountsService).put(banking.appId, 'acc-1', {
        psuId: 'anna',
        identifiers: [],
        currency: 'GBP',
        schemes: ['FASTER_PAYMENTS'],
        balances,
      });
    await put();
    expect(await confirm('acc-1')).toMatchObject({ isoStatus: 'ACFC' });
    await banking.stop();
    await start({ fundsBalance: 'interimBooked' });
    await put();
    expect(await confirm('acc-1')).toMatchObject({ isoStatus: 'RJCT', reason: 'Insufficient funds' });
  });
});

// Negative control, carried out once: nothing declined with the token. The customer can still confirm.
it('a payment that waits for its customer ends with the consent behind it, and the hub hears it; a confirmed one goes on', async () => {
  const { appId, connectionId, database } = banking;
  const token = await newToken();
  const rows = database.getRepository(BankPaymentEntity);
  await rows.update({ id: payment.id }, { kind: 'single', tokenId: token });
  const confirmed = { ...payment, id: newId('bpy'), reference: 'r-2', tokenId: token, confirmedAt: new Date() };
  await rows.insert({ ...confirmed, isoStatus: 'ACCP' });
  await banking.get(BankTokensService).revoke(appId, token);
  await expect(confirm('acc-1')).rejects.toMatchObject({ code: 'conflict' });
  const { payment: ended } = await payments.get(appId, payment.id);
  expect(ended).toMatchObject({ isoStatus: 'RJCT', final: true, reason: 'The consent was revoked' });
  expect((await payments.get(appId, confirmed.id)).payment).toMatchObject({ isoStatus: 'ACCP', final: false });
  await banking.get(BankReportsService).sendDue(connectionId, 10, context);
  expect([hub.statuses, hub.revoked]).toEqual([['RJCT'], [expect.stringMatching(/^token-of-/)]]);
});

/*
 * Negative control, carried out once: every failure of opening the connection taken for a connection without a bank. The payment whose
 * time is over then ends at once with the usual status, and the confirmation goes through although the agreed balance does not suffice.
 */
describe('a connection that cannot be opened for the moment', () => {
  const away = () => {
    const upstreams = banking.get(UpstreamsService);
    const open = upstreams.provider.bind(upstreams);
    upstreams.provider = (connectionId) => {
      upstreams.provider = open;
      return Promise.reject(new Error(`no database connection left to open ${connectionId}`));
    };
  };
  const look = async () => (await payments.get(banking.appId, payment.id)).payment.isoStatus;
  const reports = () => banking.database.getRepository(BankReportEntity).count();
  beforeEach(async () => {
    await banking.stop();
    await start({ endStatuses: { refused: 'RJCT', declined: 'CANC', expired: 'CANC' }, fundsBalance: 'interimBooked' });
  });

  it('leaves a payment due whose time is over, and the next round ends it as agreed', async () => {
    await banking.database.query(`UPDATE bank_payments SET link_expires_at = now() - interval '1 second'`);
    away();
    expect(await payments.expireDue(10)).toBe(0);
    expect([await look(), await reports()]).toEqual(['RCVD', 0]);
    expect(await payments.expireDue(10)).toBe(1);
    expect([await look(), await reports()]).toEqual(['CANC', 1]);
  });

  it('decides nothing', async () => {
    const { appId } = banking;
    const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
    await banking.get(BankAccountsService).put(appId, 'acc-1', {
      psuId: 'anna',
      identifiers: [],
      currency: 'GBP',
      schemes: ['FASTER_PAYMENTS'],
      balances: [
        { type: 'interimAvailable', amount: gbp(100n) },
        { type: 'interimBooked', amount: gbp(99n) },
      ],
    });
    away();
    await expect(confirm('acc-1')).rejects.toThrow('no database connection left');
    away();
    await expect(payments.refuse(appId, payment.id, 'app')).rejects.toThrow('no database connection left');
    expect([await look(), await reports()]).toEqual(['RCVD', 0]);
    expect(await confirm('acc-1')).toMatchObject({ isoStatus: 'CANC', reason: 'Insufficient funds' });
  });

  it('is not one that was removed: then the usual holds', async () => {
    const removed = new Refusal('no_route', 'removed');
    banking.get(UpstreamsService).provider = () => Promise.reject(removed);
    expect(await payments.refuse(banking.appId, payment.id, 'app')).toMatchObject({ isoStatus: 'CANC' });
  });
});

/** A token of a consent that was given. */
async function newToken(): Promise<string> {
  const { appId, connectionId, database } = banking;
  const authorisations = banking.get(BankAuthorisationsService);
  const desk = await banking.get(Desks).find('spec', connectionId);
  await authorisations.arrive(desk, 'https://bank.example/authorize', 'browser', context);
  const [made] = await authorisations.list(appId, undefined, { limit: 1, after: null });
  const wish = { psuId: 'anna', accountReferences: ['acc-1'], by: 'psu' } as const;
  await authorisations.approve(appId, made?.id ?? '', wish, context);
  const { id } = await database.getRepository(BankTokenEntity).findOneByOrFail({ appId });
  return id;
}

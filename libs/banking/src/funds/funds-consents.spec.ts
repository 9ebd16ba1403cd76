import { type AccountIdentifier, parseMoney } from '@tributary/domain';
import type { CallContext, FundsQuestion, Provider } from '@tributary/providers';
import { startBanking, type TestBanking } from '../../../../test/banking.js';
import { ConsentBank } from '../../../../test/consent-bank.js';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import type { NewConsent } from '../consents/consent-request.js';
import { ConsentsService } from '../consents/consents.service.js';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { FundsService } from './funds.service.js';

const context: CallContext = { traceId: 'spec', psu: {} };
const account: AccountIdentifier = { scheme: 'iban', value: 'DE89370400440532013000' };
const other: AccountIdentifier = { scheme: 'iban', value: 'DE02120300000000202051' };

let bank: ConsentBank;
let asked: FundsQuestion[];
let banking: TestBanking;
let consents: ConsentsService;

/** A bank whose consents are for confirming funds only: it has no account information at all. */
function fundsOnly(): Provider {
  bank = new ConsentBank();
  asked = [];
  const { accounts, authorisation, institutions } = bank.provider;
  if (!accounts || !authorisation) throw new Error('the bank has consents');
  return {
    institutions,
    authorisation,
    close: () => Promise.resolve(),
    funds: {
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve(question.amount.minor <= 100_00n);
      },
      createConsent: (order, call) => accounts.createConsent(order, call),
      readConsent: (consent, call) => accounts.readConsent(consent, call),
      revokeConsent: (consent, call) => accounts.revokeConsent(consent, call),
    },
  };
}

beforeAll(async () => {
  banking = await startBanking(fundsOnly());
  consents = banking.get(ConsentsService);
});
beforeEach(() => {
  const provider = fundsOnly();
  banking.get(UpstreamsService).provider = () => Promise.resolve(provider);
});
afterAll(async () => {
  await banking.stop();
});

const create = (change: Partial<NewConsent> = {}) =>
  consents.create(
    banking.appId,
    {
      institutionId: banking.institutionId,
      psu: { id: 'anna' },
      access: ['fundsConfirmation'],
      accounts: [account],
      recurring: true,
      validUntil: '2099-12-31',
      redirectUri: banking.redirectUri,
      ...change,
    },
    context,
  );

async function refusalOf(attempt: Promise<unknown>): Promise<readonly (string | undefined)[]> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`);
  return [error.code, error.details.errors?.[0]?.pointer];
}

describe('a consent for confirming funds', () => {
  it('is made, authorised, asked with and revoked where funds are, not accounts', async () => {
    const { id, authorisationId } = await create();
    const sca = banking.get(AuthorisationsService);
    const password = { type: 'credentials', credentials: { password: 'p' } } as const;
    await sca.answer(banking.appId, authorisationId ?? '', password, context);
    await sca.answer(banking.appId, authorisationId ?? '', { type: 'challenge', code: '123456' }, context);
    expect(await consents.get(banking.appId, id, context)).toMatchObject({
      status: 'authorised',
      access: ['fundsConfirmation'],
    });
    const funds = banking.get(FundsService);
    const ask = (amount: string, of = account) =>
      funds.confirm(banking.appId, { consentId: id, account: of }, parseMoney(amount, 'EUR'), context);
    expect([await ask('100.00'), await ask('100.01')]).toEqual([true, false]);
    expect(asked[0]?.consent).toMatchObject({ id, reference: 'consent-1', access: ['fundsConfirmation'] });
    // Negative control: without the comparison of the accounts the bank was asked about the other one.
    expect(await refusalOf(ask('1.00', other))).toEqual(['access_not_granted', undefined]);
    expect(asked).toHaveLength(2);
    expect(await consents.revoke(banking.appId, id, context)).toMatchObject({ status: 'revoked' });
    expect(bank.count('revokeConsent')).toBe(1);
  });

  it.each([
    ['other kinds of data beside it', { access: ['fundsConfirmation', 'accounts'] as const }, '/access'],
    ['no account', { accounts: undefined }, '/accounts'],
    ['two accounts', { accounts: [account, other] }, '/accounts'],
    ['payments in its session', { combinedService: true }, '/combinedService'],
  ])('is refused with %s, before the bank hears of it', async (_, change, pointer) => {
    expect(await refusalOf(create(change))).toEqual(['invalid_request', pointer]);
    expect(bank.calls).toEqual([]);
  });

  it('is all that such a route can give', async () => {
    expect(await refusalOf(create({ access: ['accounts'], accounts: undefined }))).toEqual([
      'capability_unsupported',
      '/institutionId',
    ]);
  });
});

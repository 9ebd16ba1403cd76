import {
  base,
  bearer,
  callback,
  grantedConsent,
  sample,
  startTellConnect,
  tellPayment,
  type TestTellConnect,
} from '../../../../test/tell-connect.js';
import { consentOrder, heldAuthorisation, tokenStore } from '../../../../test/xs2a.js';
import type { HeldAccount, UnattendedReads } from '../port/index.js';
import { exampleSettings } from './example.js';
import { schemeFor } from './order.js';
import type { Assumptions } from './settings.js';

const unattended = { traceId: 'trace-1', psu: {} };
const attended = { traceId: 'trace-1', psu: { ipAddress: '203.0.113.7' } };
const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const account: HeldAccount = {
  id: 'acc_1',
  reference: '12345678',
  identifiers: [{ scheme: 'sortCodeAccountNumber', value: '04000412345678' }],
  currency: 'GBP',
  continuation: null,
};
const refusedToken = { status: 401, json: { code: 'invalid_token', error: 'no' } };

let tell: TestTellConnect;
beforeEach(async () => {
  tell = await startTellConnect();
  tell.bank.on(`POST ${base}/auth`, sample('intent'));
  tell.bank.on(`POST ${base}/access-token`, sample('tokens'));
  tell.bank.on(`GET ${base}/accounts`, sample('accounts'));
  tell.bank.on(`GET ${base}/accounts/12345678/product`, sample('product'));
  tell.bank.on(`GET ${base}/accounts/12345678/balance`, sample('balance'));
  tell.bank.on(`GET ${base}/accounts/12345678/transactions`, sample('transactions'));
});
afterEach(() => tell.stop());

describe('an intent', () => {
  it('asks for aisp with a uuid of ours, as ourselves, and leads to the location as it is', async () => {
    const made = await tell.accounts.createConsent(consentOrder({ callback }), attended);
    const [seen] = tell.bank.seen;
    const body: Record<string, unknown> = JSON.parse(seen?.body ?? '');
    expect(Object.keys(body)).toEqual(['aspsp', 'uuid', 'scope', 'sandbox_sca']);
    expect(body).toMatchObject({ aspsp: '8ddb14f1-fecd-41fe-90b7-f8fbda9494ac', scope: 'aisp', sandbox_sca: false });
    expect(body['uuid']).toMatch(uuidV4);
    expect(seen?.headers['authorization']).toBe(`Basic ${Buffer.from('example:example').toString('base64')}`);
    expect(seen?.headers['x-jws-signature']).toBeDefined();
    expect(seen?.headers['x-user-ip']).toBeUndefined();
    expect(made).toMatchObject({ reference: 'a077e84b-a815-4ed3-81c0-8f85d55e7c47', state: 'awaitingAuthorisation' });
    expect(made.authorisation).toMatchObject({
      nextStep: { type: 'redirect', url: `${tell.bank.origin}/authorise/a077e84b` },
      returnState: `a077e84b-a815-4ed3-81c0-8f85d55e7c47.${String(body['uuid'])}`,
    });
    // Derived from our id: the same consent has the same one, another has another.
    await tell.accounts.createConsent(consentOrder({ callback }), attended);
    await tell.accounts.createConsent(consentOrder({ callback, id: 'con_2' }), attended);
    const uuids = tell.bank.seen.map((one) => (JSON.parse(one.body) as { uuid: string }).uuid);
    expect([uuids[0] === uuids[1], uuids[0] === uuids[2]]).toEqual([true, false]);
  });

  it('takes another uuid where the bank has seen the first one already', async () => {
    const taken = { status: 409, json: { code: 'duplicate_uuid', error: 'seen' } };
    tell.bank.on(`POST ${base}/auth`, taken, sample('intent'));
    await tell.accounts.createConsent(consentOrder({ callback }), attended);
    const uuids = tell.bank.seen.map((one) => (JSON.parse(one.body) as { uuid: string }).uuid);
    expect(uuids).toHaveLength(2);
    expect(uuids[0]).not.toBe(uuids[1]);
  });
});

describe('the way back', () => {
  async function comeBack(change: Record<string, string | undefined>) {
    const made = await tell.accounts.createConsent(consentOrder({ callback }), attended);
    if (!made.authorisation) throw new Error('an SCA is missing');
    const held = heldAuthorisation(made.authorisation);
    const { intentId, uuid } = held.continuation as { intentId: string; uuid: string };
    const query = { 'intent-id': intentId, uuid, authorisation_code: 'code-1', ...change };
    const present = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const subject = { type: 'consent', consent: grantedConsent({ tokens: tokenStore() }) } as const;
    return tell.authorisation.complete(subject, held, Object.fromEntries(present), attended);
  }

  it('exchanges the code once, as ourselves, by a form without a redirect address', async () => {
    const done = await comeBack({});
    const seen = tell.bank.seen.at(-1);
    expect(seen?.body).toBe('grant_type=authorization_code&code=code-1');
    expect(seen?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(seen?.headers['authorization']).toMatch(/^Basic /);
    const [, payload] = String(seen?.headers['x-jws-signature']).split('.');
    expect(Buffer.from(payload ?? '', 'base64url').toString()).toBe(
      '{"grant_type":"authorization_code","code":"code-1"}',
    );
    expect(done).toMatchObject({
      scaStatus: 'finalised',
      tokens: { accessToken: 'access-1', refreshToken: 'refresh-1', expiresAt: '2026-03-02T11:00:00.000Z' },
    });
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['the text null', 'null'],
  ])('is a refusal where the code is %s', async (_, code) => {
    await expect(comeBack({ authorisation_code: code })).rejects.toMatchObject({
      kind: 'consent-invalid',
      facts: { consentState: 'rejected' },
    });
    expect(tell.asked()).toEqual([`POST ${base}/auth`]);
  });

  it.each([
    ['intent', { 'intent-id': 'another' }],
    ['uuid', { uuid: 'c0fd407d-134b-4091-8e04-ab49a98db217' }],
  ])('uses no code of another %s', async (_, change) => {
    expect(await comeBack(change)).toMatchObject({ scaStatus: null, nextStep: { type: 'redirect' } });
    expect(tell.asked()).toEqual([`POST ${base}/auth`]);
  });

  it('ends the consent where the code is no longer good', async () => {
    tell.bank.on(`POST ${base}/access-token`, { status: 400, json: { code: 'invalid_grant', error: 'too old' } });
    await expect(comeBack({})).rejects.toMatchObject({ facts: { consentState: 'expired' } });
  });

  it('has failed, and can be begun again, where the exchange had no answer', async () => {
    tell.bank.on(`POST ${base}/access-token`, { status: 503, text: '' });
    expect(await comeBack({})).toMatchObject({ scaStatus: 'failed', nextStep: null });
    expect(tell.asked().filter((one) => one.endsWith('/access-token'))).toHaveLength(1);
  });
});

describe('reads', () => {
  it('carry the bearer, and x-user-ip exactly while the PSU is there', async () => {
    await tell.accounts.readBalances(grantedConsent(), account, attended);
    await tell.accounts.readBalances(grantedConsent(), account, unattended);
    const seen = tell.bank.seen.map(({ headers }) => [headers['authorization'], headers['x-user-ip']]);
    expect(seen).toEqual([
      ['Bearer access-1', '203.0.113.7'],
      ['Bearer access-1', undefined],
    ]);
  });

  it('list accounts with their products; a row that cannot be read hides no other', async () => {
    tell.bank.on(`GET ${base}/accounts/12345679/product`, { status: 500, text: '' });
    const { rows, unreadable } = await tell.accounts.listAccounts(grantedConsent(), attended);
    expect(
      rows.map(({ reference, identifiers, usage, product, name }) => [reference, identifiers[0], usage, product, name]),
    ).toEqual([
      [
        '12345678',
        { scheme: 'sortCodeAccountNumber', value: '04000412345678' },
        'private',
        'Current account',
        'Everyday',
      ],
      ['12345679', { scheme: 'other', value: 'POCKIT-7' }, 'business', undefined, 'Euro'],
    ]);
    expect(unreadable).toHaveLength(1);
  });

  it('have one balance, with its side, of no type that anybody named', async () => {
    const { rows } = await tell.accounts.readBalances(grantedConsent(), account, attended);
    expect(rows).toMatchObject([
      { type: 'unspecified', amount: { minor: 1700n, currency: 'GBP' }, creditDebit: 'debit' },
    ]);
  });

  it('give transactions with side, status and counterparty, and guess none of them', async () => {
    const query = { status: 'both' } as const;
    const { rows, unreadable, next } = await tell.accounts.readTransactions(grantedConsent(), account, query, attended);
    expect(rows).toMatchObject([
      {
        reference: 'TX1',
        status: 'booked',
        bookedOn: '2026-03-01',
        occurredAt: '2026-03-01T10:15:00.000Z',
        amount: { minor: 1250n, currency: 'GBP' },
        direction: 'debit',
        counterparty: { name: 'J Whitlock', account: { scheme: 'sortCodeAccountNumber', value: '20405112345678' } },
        remittance: { unstructured: ['INV-1'] },
        bankCode: 'IssuedCreditTransfer-CreditTransferDomestic',
      },
      { reference: 'TX2', status: 'pending', bookedOn: undefined, counterparty: { name: 'Greenfield Grocers' } },
      // The creditor is the account itself: that is no counterparty.
      { reference: 'TX3', direction: 'credit', counterparty: {} },
    ]);
    expect(rows[2]?.counterparty.account).toBeUndefined();
    expect(unreadable).toHaveLength(3);
    expect(next).toBeNull();
    const window = { status: 'booked', from: '2026-02-21', to: '2026-03-01' } as const;
    const some = await tell.accounts.readTransactions(grantedConsent(), account, window, attended);
    expect(some.rows.map(({ reference }) => reference)).toEqual(['TX1']);
  });

  it('are counted before they are sent, a second try too; attended ones are not', async () => {
    const taken: string[] = [];
    const limits = new Set<number>();
    const reads: UnattendedReads = {
      take: (endpoint, limit) => {
        taken.push(endpoint);
        limits.add(limit);
        return Promise.resolve(taken.length > 2 ? new Date('2026-03-03T00:00:00Z') : null);
      },
    };
    tell.bank.on(`GET ${base}/accounts/12345678/balance`, refusedToken, sample('balance'));
    tell.bank.on(`POST ${base}/access-token`, sample('tokens-refreshed'));
    const consent = grantedConsent({ unattended: reads });
    await tell.accounts.readBalances(consent, account, unattended);
    expect(taken).toEqual(['accounts/12345678/balance', 'accounts/12345678/balance']);
    expect([...limits]).toEqual([4]);
    const sent = tell.bank.seen.length;
    await expect(tell.accounts.readBalances(consent, account, unattended)).rejects.toMatchObject({
      kind: 'rate-limited',
      facts: { retryAfter: new Date('2026-03-03T00:00:00Z') },
    });
    expect(tell.bank.seen).toHaveLength(sent);
    await tell.accounts.readBalances(consent, account, attended);
    expect(taken).toHaveLength(3);
  });
});

describe('a token that is refused', () => {
  it('is renewed once, by the newest refresh token, and the call goes out again with a new signature', async () => {
    tell.bank.on(`GET ${base}/accounts/12345678/balance`, refusedToken, sample('balance'));
    tell.bank.on(`POST ${base}/access-token`, sample('tokens-refreshed'));
    const tokens = tokenStore(bearer);
    await tell.accounts.readBalances(grantedConsent({ tokens }), account, attended);
    expect(tell.bank.seen[1]?.body).toBe('grant_type=refresh_token&refresh_token=refresh-1');
    expect(tell.bank.seen[2]?.headers['authorization']).toBe('Bearer access-2');
    expect(await tokens.read()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
  });

  it.each([
    ['the refresh is refused', [refusedToken], { status: 400, json: { code: 'invalid_grant', error: 'no' } }, 2],
    ['the refresh is refused without a word', [refusedToken], { status: 400, text: '<p>no</p>' }, 2],
    ['the new one is refused too', [refusedToken, refusedToken], sample('tokens-refreshed'), 3],
    ['403 gives no reason', [{ status: 403, text: '' }], sample('tokens-refreshed'), 1],
    ['the bank says that it is inactive', [sample('error', 400)], sample('tokens-refreshed'), 1],
    [
      'a scope that was granted is refused',
      [{ status: 403, json: { code: 'insufficient_scope', error: 'no' } }],
      sample('tokens-refreshed'),
      1,
    ],
  ] as const)('ends the consent without a loop where %s', async (_, answers, refresh, calls) => {
    tell.bank.on(`GET ${base}/accounts/12345678/balance`, ...answers);
    tell.bank.on(`POST ${base}/access-token`, refresh);
    await expect(tell.accounts.readBalances(grantedConsent(), account, attended)).rejects.toMatchObject({
      kind: 'consent-invalid',
      facts: { consentState: 'revoked' },
    });
    expect(tell.bank.seen).toHaveLength(calls);
  });

  it('is an expired consent after its days', async () => {
    tell.bank.on(`GET ${base}/accounts/12345678/balance`, { status: 401, text: '' });
    tell.bank.on(`POST ${base}/access-token`, { status: 400, json: { Error: 'gone' } });
    const consent = grantedConsent({ continuation: { validUntil: '2026-05-01', endsAt: '2026-03-02T09:59:59Z' } });
    await expect(tell.accounts.readBalances(consent, account, attended)).rejects.toMatchObject({
      facts: { consentState: 'expired' },
    });
  });

  it.each([
    [401, 'invalid_signature', 'unauthorised'],
    [401, 'invalid_client', 'unauthorised'],
    [403, 'app_not_live', 'unauthorised'],
    [429, 'rate_limited', 'rate-limited'],
  ])('is not to blame for %i %s', async (status, code, kind) => {
    tell.bank.on(`GET ${base}/accounts/12345678/balance`, { status, json: { code, error: 'no' } });
    await expect(tell.accounts.readBalances(grantedConsent(), account, attended)).rejects.toMatchObject({ kind });
    expect(tell.bank.seen).toHaveLength(1);
  });
});

it('a scope that was never granted is refused, and the consent stands', async () => {
  tell.bank.on(`GET ${base}/accounts/12345678/direct-debits`, {
    status: 403,
    json: { code: 'insufficient_scope', error: 'no' },
  });
  const read = tell.accounts.readDirectDebits?.(grantedConsent(), account, attended);
  await expect(read).rejects.toMatchObject({ kind: 'rejected' });
});

describe('an SCA from which nobody came back', () => {
  const subject = { type: 'consent', consent: grantedConsent({ tokens: tokenStore() }) } as const;
  const held = (openedAt: string) => ({
    id: 'aut_1',
    reference: null,
    approach: 'redirect' as const,
    nextStep: { type: 'redirect' as const, url: 'https://bank.example/authorise' },
    continuation: { intentId: 'i', uuid: 'u', openedAt },
  });

  it('waits as long as somebody can, then has failed, so that another one can be begun', async () => {
    expect(await tell.authorisation.status(subject, held('2026-03-02T09:46:00Z'), unattended)).toMatchObject({
      scaStatus: null,
      nextStep: { type: 'redirect' },
    });
    expect(await tell.authorisation.status(subject, held('2026-03-02T09:44:00Z'), unattended)).toMatchObject({
      scaStatus: 'failed',
      nextStep: null,
    });
    expect(tell.bank.seen).toEqual([]);
  });
});

describe('a return that went down with a process of ours', () => {
  const held = {
    id: 'aut_1',
    reference: null,
    approach: 'redirect',
    nextStep: { type: 'redirect', url: 'https://bank.example/authorise' },
    continuation: { intentId: 'i', uuid: 'u', openedAt: '2026-03-02T09:59:00Z' },
    interrupted: true,
  } as const;

  /* Negative control, carried out once: without `interrupted` in `status` the step is not lost, and the PSU waits a quarter of an hour. */
  it('took its code along: the PSU of a payment is sent to another intent, and nothing is paid', async () => {
    const subject = { type: 'payment', payment: tellPayment({ tokens: tokenStore() }) } as const;
    expect(await tell.authorisation.status(subject, held, unattended)).toMatchObject({ stepLost: true });
    tell.bank.on(`POST ${base}/auth`, sample('intent'));
    const first = await tell.payments.prepare?.(subject.payment, callback, attended);
    const again = await tell.authorisation.start(subject, { callback, anew: true }, unattended);
    expect(again).toMatchObject({ scaStatus: 'received', nextStep: { type: 'redirect' } });
    // Another uuid: in production each is good once.
    expect(again.continuation['uuid']).not.toBe(first?.continuation['uuid']);
    expect(tell.bank.seen.map(({ path }) => path)).toEqual([`${base}/auth`, `${base}/auth`]);
  });

  it('is none of a payment that was sent: it is never authorised again', async () => {
    const subject = { type: 'payment', payment: { ...tellPayment(), reference: 'PR-1' } } as const;
    await expect(tell.authorisation.start(subject, { callback, anew: true }, unattended)).rejects.toMatchObject({
      kind: 'unsupported',
    });
    expect(tell.bank.seen).toEqual([]);
  });
});

describe('what a consent grants', () => {
  it('is what the scope names, split at commas and blanks, until the day that comes first', async () => {
    const tokens = tokenStore({ ...bearer, scope: 'accounts:read, balance:read fancy:read' });
    const consent = grantedConsent({ tokens, continuation: { validUntil: '2027-01-01' } });
    expect(await tell.accounts.readConsent(consent, attended)).toMatchObject({
      state: 'authorised',
      access: ['accounts', 'balances'],
      validUntil: '2026-05-31',
      continuation: { validUntil: '2027-01-01', endsAt: '2026-05-31T10:00:00.000Z' },
    });
    expect(tell.bank.seen).toEqual([]);
  });
});

describe('a payment', () => {
  it('is consented to first, then sent once with all that the order says', async () => {
    tell.bank.on(`POST ${base}/payments`, sample('payment', 201));
    const asked = await tell.payments.prepare?.(tellPayment({ tokens: tokenStore() }), callback, attended);
    expect(JSON.parse(tell.bank.seen[0]?.body ?? '')).toMatchObject({ scope: 'pisp' });
    expect(asked?.nextStep?.type).toBe('redirect');
    expect(await tell.payments.prepare?.(tellPayment(), callback, attended)).toBeNull();
    const sent = await tell.payments.initiate(tellPayment(), callback, attended);
    expect(JSON.parse(tell.bank.seen.at(-1)?.body ?? '')).toMatchObject({
      currency: 'GBP',
      beneficiaryIdentification: '20405112345678',
      schemeName: 'SortCodeAccountNumber',
      reference: 'INV-1',
    });
    expect(tell.bank.seen.at(-1)?.headers['x-user-ip']).toBe('203.0.113.7');
    expect(sent).toMatchObject({ reference: 'PR-1', status: 'RCVD' });
  });

  it.each([
    ['endToEndId', { endToEndIdIsOurs: undefined }],
    ['executionDate', { executionDate: '2026-04-01' }],
    ['debtor.account', { debtor: { account: { scheme: 'iban', value: 'DE89370400440532013000' } } }],
    ['scheme', { scheme: 'CHAPS' }],
    ['amount.currency', { amount: { minor: 100n, currency: 'SEK' } }],
    ['creditor.account', { creditor: { name: 'X', account: { scheme: 'maskedPan', value: '1' } } }],
  ] as const)('is refused for its %s before anything is sent', (field, change) => {
    const held = tellPayment();
    const check = () => tell.payments.check({ ...held, order: { ...held.order, ...change } });
    expect(check).toThrow(field);
    expect(tell.bank.seen).toEqual([]);
  });

  it.each([
    ['GBP', undefined, 'FASTER_PAYMENTS'],
    ['USD', undefined, undefined],
    ['EUR', ['FASTER_PAYMENTS', 'SEPA_CREDIT_TRANSFER'], 'SEPA_CREDIT_TRANSFER'],
  ] as const)('without a scheme in %s, where the bank has %j, shows %s', (currency, paymentSchemes, scheme) => {
    const order = { ...tellPayment().order, scheme: undefined, amount: { minor: 100n, currency } };
    expect(schemeFor(order, { ...exampleSettings, ...(paymentSchemes && { paymentSchemes }) })).toBe(scheme);
  });

  it.each([
    ['a refused token ends it, without a second try', refusedToken, 'rejected'],
    ['a refusal in words refuses it', { status: 400, json: { code: 'invalid_request', error: 'no' } }, 'rejected'],
    ['a page for people says nothing', { status: 400, text: '<p>no</p>' }, 'outcome-unknown'],
    ['an earlier one got through', { status: 409, json: { code: 'payment_already_submitted' } }, 'outcome-unknown'],
    ['an answer that names no payment', { status: 201, json: {} }, 'outcome-unknown'],
    ['a bank that is down', { status: 503, text: '' }, 'outcome-unknown'],
  ] as const)('%s', async (_, answer, kind) => {
    tell.bank.on(`POST ${base}/payments`, answer);
    await expect(tell.payments.initiate(tellPayment(), callback, attended)).rejects.toMatchObject({ kind });
    expect(tell.bank.seen).toHaveLength(1);
  });

  it.each([
    ['submitted', 'RCVD'],
    ['Accepted', 'ACSP'],
    ['PENDING', 'PDNG'],
    [' settled ', 'ACSC'],
    ['rejected', 'RJCT'],
    ['done', null],
    ['constructor', null],
    ['', null],
  ])('that is %s is %s', async (status, iso) => {
    tell.bank.on(`GET ${base}/payments/PR-1`, { json: { PaymentReference: 'PR-1', Status: status } });
    const held = tellPayment({ reference: 'PR-1' });
    expect(await tell.payments.fetch(held, unattended)).toMatchObject({ status: iso, upstreamStatus: status });
    expect(tell.warnings).toHaveLength(iso === null ? 1 : 0);
  });
});

describe('what the documentation leaves open', () => {
  async function withAssumptions(assumptions: Assumptions, run: (other: TestTellConnect) => Promise<void>) {
    const other = await startTellConnect({ assumptions });
    try {
      await run(other);
    } finally {
      await other.stop();
    }
  }

  it('writes the members of a payment as the connection says', () =>
    withAssumptions({ memberNames: 'pascal' }, async ({ bank, payments }) => {
      bank.on(`POST ${base}/payments`, sample('payment', 201));
      await payments.initiate(tellPayment(), callback, attended);
      expect(Object.keys(JSON.parse(bank.seen[0]?.body ?? ''))).toEqual([
        'Amount',
        'Currency',
        'BeneficiaryName',
        'BeneficiaryIdentification',
        'SchemeName',
        'Reference',
      ]);
    }));

  it.each([
    ['keepsConsent', 'rate-limited'],
    ['spendsConsent', 'rejected'],
  ] as const)('takes a refused payment for one that %s', (refusedPayment, kind) =>
    withAssumptions({ refusedPayment }, async ({ bank, payments }) => {
      bank.on(`POST ${base}/payments`, { status: 429, json: { code: 'rate_limited', error: 'later' } });
      await expect(payments.initiate(tellPayment(), callback, attended)).rejects.toMatchObject({ kind });
    }),
  );

  it("knows words for errors that are this bank's own", () =>
    withAssumptions({ errorCodes: { consent_locked: 'consent-invalid' } }, async ({ bank, accounts, warnings }) => {
      bank.on(`GET ${base}/accounts/12345678/balance`, { status: 400, json: { code: 'consent_locked' } });
      const read = accounts.readBalances(grantedConsent(), account, attended);
      await expect(read).rejects.toMatchObject({ kind: 'consent-invalid' });
      expect(warnings).toEqual([]);
    }));

  it('signs the members of a body in the order that the connection says', () =>
    withAssumptions({ signedBody: 'sorted' }, async ({ bank, accounts }) => {
      bank.on(`POST ${base}/auth`, sample('intent'));
      await accounts.createConsent(consentOrder({ callback }), attended);
      const [, payload = ''] = String(bank.seen[0]?.headers['x-jws-signature']).split('.');
      const signed: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
      expect(Object.keys(signed)).toEqual(['aspsp', 'sandbox_sca', 'scope', 'uuid']);
      expect(signed).toEqual(JSON.parse(bank.seen[0]?.body ?? ''));
    }));
});

import { randomBytes, randomUUID } from 'node:crypto';
import { pem } from '../certificates.js';
import { setUpBench } from '../contract/bench.js';
import { drivers } from '../contract/drivers/index.js';
import type { Account, Consent, Page } from '../e2e/answers.js';
import { expectStatus } from '../e2e/api.js';
import { grantToken } from '../e2e/desk-state.js';
import { untilFinal } from '../e2e/follow.js';
import { gbp, HeldBank } from '../e2e/held-bank.js';
import { MockBank } from '../e2e/mockbank.js';
import { askConsent, consentRequest, pay, paymentOrder } from '../e2e/orders.js';
import { authorise, comeBack, mockBankPsu } from '../e2e/psu.js';
import { TokenHub } from '../e2e/token-hub.js';
import { TribeHub } from '../e2e/tribe-hub.js';
import type { World } from '../e2e/world.js';

/** Twenty characters that are nowhere by chance; as long as a code of MockBank may be. */
export const word = (): string => `canary${randomBytes(7).toString('hex')}`;

/** Where the stories leave what they did. */
export interface Stage {
  readonly world: World;
  /** Makes a secret known to the search. @returns it */
  readonly secret: (what: string, value?: string) => string;
  /** Keeps a body that somebody got. */
  readonly answered: (body: string) => void;
}

const key = () => ({ 'Idempotency-Key': randomUUID() });

async function failed({ answered }: Stage, what: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await what;
  expect(status).toBeGreaterThanOrEqual(400);
  answered(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A request as text, for what no client of ours would send. */
async function raw(url: string, init: RequestInit): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  return { status: response.status, body: await response.text() };
}

/** Settings of connections that the drivers of the contract suites do not use; what is refused is not repeated. */
export async function connectEveryWay(stage: Stage): Promise<{ publicName: string }> {
  const { world, secret } = stage;
  const { admin } = world;
  const bank = new MockBank(world.stack.sandboxUrl, 'canaries');
  const oauth = { clientId: 'canary-tpp', clientSecret: secret('OAuth client secret of a connection') };
  await bank.control('POST', '/clients', {
    id: oauth.clientId,
    secret: oauth.clientSecret,
    redirectUris: [world.callbackUrl('xs2a')],
  });
  const connection = await world.connect(
    'xs2a',
    bank.settings({
      scaPreference: 'oauth',
      oauth,
      qseal: { certificatePem: pem('qseal'), privateKeyPem: pem('qseal-key') },
      tls: { certificatePem: pem('client'), privateKeyPem: pem('client-key') },
      apiHeaders: { 'X-API-Key': secret('further header of a connection') },
    }),
  );
  const hub = new TokenHub(world.stack.sandboxUrl, 'canaries');
  const publicName = word();
  const second = await admin.post('/v1/connections', {
    provider: 'token-io',
    name: publicName,
    environment: 'sandbox',
    settings: {
      baseUrl: hub.baseUrl,
      memberId: (await hub.member()).memberId,
      callbackOwner: 'tpp',
      basicSecret: secret('Basic secret of a connection'),
    },
  });
  expectStatus(second, 201, 'POST /v1/connections');
  const refused = {
    oauth: { clientSecret: secret('refused setting') },
    qseal: { privateKeyPem: secret('no private key') },
  };
  await failed(stage, admin.patch(`/v1/connections/${connection.id}`, { settings: refused }));
  await tellApart(stage, bank, connection);
  return { publicName };
}

/** A PSU over OAuth, and whoever comes back in their place. */
async function tellApart(stage: Stage, bank: MockBank, connection: { id: string; institutionId: string }) {
  const { world, secret } = stage;
  const { app } = world;
  const david = await mockBankPsu(bank, 'david.oauth');
  const consent = await askConsent(app, consentRequest(world, connection, david));
  if (consent.nextStep?.type !== 'redirect') throw new Error('no redirect');
  const callback = await david.browse(consent.nextStep.url, 'confirm');
  const query = new URL(callback).searchParams;
  secret('one-use state', query.get('state') ?? '');
  secret('authorisation code', query.get('code') ?? '');
  await comeBack(callback);
  expect(await app.read<Consent>(`/v1/consents/${consent.id}`)).toMatchObject({ status: 'authorised' });
  await app.read(`/v1/accounts?consentId=${consent.id}`);
  const strange = new URL(callback);
  strange.searchParams.set('state', secret('state that nobody gave'));
  strange.searchParams.set('code', secret('code of a stranger'));
  await failed(stage, raw(strange.href, {}));
}

/** Secrets of an app and of its endpoint; also through answers that are kept for repeated requests. */
export async function enrolApp(stage: Stage): Promise<void> {
  const { world, secret } = stage;
  const { admin, app } = world;
  const made = await admin.post<{ id: string }>(
    '/v1/apps',
    { name: 'Canary', redirectUris: [world.redirectUri], scopes: ['payments'] },
    key(),
  );
  const route = `/v1/apps/${expectStatus(made, 201, 'POST /v1/apps').id}/credentials`;
  const credentials = await admin.post<{ clientId: string; clientSecret: string }>(route, {}, key());
  const { clientId, clientSecret } = expectStatus(credentials, 201, 'POST credentials');
  secret('client secret of an app', clientSecret);
  const token = (given: string) =>
    raw(`${admin.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${given}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  const granted = JSON.parse((await token(clientSecret)).body) as { access_token: string };
  secret('access token of an app', granted.access_token);
  await failed(stage, token(secret('wrong client secret')));
  const bearer = { authorization: `Bearer ${secret('wrong access token')}` };
  await failed(stage, raw(`${admin.url}/v1/payments`, { headers: bearer }));
  const broken = {
    method: 'POST',
    headers: { authorization: `Bearer ${granted.access_token}`, 'content-type': 'application/json', ...key() },
    body: `{"clientSecret": ${secret('secret in broken JSON')}`,
  };
  await failed(stage, raw(`${admin.url}/v1/payments`, broken));
  const endpoint = await app.post<{ id: string; secret: string }>(
    '/v1/webhook-endpoints',
    { url: 'https://example.com/hook' },
    key(),
  );
  const { id, secret: signing } = expectStatus(endpoint, 201, 'POST /v1/webhook-endpoints');
  secret('signing secret of an endpoint, before its rotation', signing);
  const rotated = await app.post<{ secret: string }>(`/v1/webhook-endpoints/${id}/rotate-secret`, {}, key());
  secret('signing secret of an endpoint', expectStatus(rotated, 200, 'POST rotate-secret').secret);
}

/** What a PSU knows, entered into our API rightly and wrongly; and what only the bank's raw words have. */
export async function enterCredentials(stage: Stage): Promise<{ paymentId: string }> {
  const { world, secret, answered } = stage;
  const { app } = world;
  const bank = new MockBank(world.stack.sandboxUrl, 'canaries-embedded');
  await bank.settleAtOnce();
  const reach = await world.connect('xs2a', bank.settings({ scaPreference: 'embedded' }));
  const fill = async (form: string, fields: Readonly<Record<string, string>>): Promise<void> => {
    const { status } = await raw(`${bank.baseUrl}/ui/admin/${form}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    expect(status).toBe(303);
  };
  await fill('customer', {
    username: 'kay.canary',
    fullName: 'Kay Canary',
    password: secret('password of a PSU'),
    code: secret('SCA code of a PSU'),
    balance: '500.00',
  });
  const kay = await mockBankPsu(bank, 'kay.canary');
  await fill('transaction', { iban: kay.iban, amount: '-3.00', creditorId: secret('raw words about a transaction') });

  const payment = await pay(app, paymentOrder(world, reach, kay, '19.00'));
  const authorisationId = payment.authorisationId ?? '';
  const steps = `/v1/authorisations/${authorisationId}/steps`;
  const enter = async (body: unknown): Promise<{ status: number; body: unknown }> => {
    const reply = await app.post(steps, body);
    answered(JSON.stringify(reply.body));
    return reply;
  };
  // No error: the step is open again. What was entered is not repeated either.
  await enter({ credentials: { password: secret('wrong password of a PSU') } });
  await failed(stage, enter({ credentials: { password: { is: secret('password of the wrong form') } } }));
  await authorise(app, kay, authorisationId);
  await untilFinal(app, payment.id);
  await failed(stage, enter({ code: secret('SCA code that comes too late') }));

  const { id, authorisationId: asked } = await askConsent(app, consentRequest(world, reach, kay));
  await authorise(app, kay, asked);
  await readAccounts(world, id);
  return { paymentId: payment.id };
}

async function readAccounts({ app }: World, consentId: string): Promise<void> {
  const { data } = await app.read<Page<Account>>(`/v1/accounts?consentId=${consentId}`);
  for (const { id } of data) await app.read(`/v1/accounts/${id}/transactions`);
}

/** Every provider in all its ways: a consent, reads, a payment, and an SCA that stays open. */
export async function useEveryProvider({ world }: Stage): Promise<void> {
  const { app, admin } = world;
  for (const driver of drivers) {
    const { bank, connection, consent, payment } = await setUpBench(world, driver);
    if (bank.subscribesByApi === true) {
      expectStatus(await admin.put(`/v1/connections/${connection.id}/webhook`, {}), 200, 'PUT webhook');
    }
    for (const approach of driver.approaches) {
      const psu = await bank.psu(approach);
      await readAccounts(world, (await consent(psu)).id);
      await untilFinal(app, (await payment(psu, driver.amounts.executed)).id);
    }
    const psu = await bank.psu('redirect');
    await pay(app, paymentOrder(world, connection, psu, driver.amounts.executed));
    if (driver.provider !== 'xs2a') continue;
    const member = await pay(app, paymentOrder(world, connection, psu, '7.00', { signInBasket: true }));
    const basket = {
      paymentIds: [member.id],
      consentIds: [],
      psu: { id: psu.id },
      redirectUri: world.redirectUri,
    };
    expectStatus(await app.post('/v1/signing-baskets', basket), 201, 'POST /v1/signing-baskets');
  }
}

/** We are the bank: a customer's consent, the hub's token, a payment that waits, and the bank's own login. */
export async function beTheBank({ world, secret }: Stage): Promise<void> {
  const redirectUri = 'https://tpp.example.com/back';
  const hub = new TribeHub(world.stack.sandboxUrl, 'canaries-desk');
  await hub.control('POST', '/tpps', { clientId: 'desk-tpp', name: 'Budget App', redirectUris: [redirectUri] });
  const bank = await HeldBank.open(world, hub, 'CANAGB22', 'never');
  await bank.putAccount('anna-1', { psuId: 'anna', iban: gbp.iban });
  const wish = { psuId: 'anna', scope: 'payments.single', accounts: ['anna-1'] };
  const accessToken = await grantToken(hub, bank, { clientId: 'desk-tpp', redirectUri }, wish);
  const { status } = await bank.ask({
    name: 'v2_payment_single',
    accessToken,
    body: {
      payment_scheme: 'FPS',
      debtor_account: { iban: gbp.iban },
      creditor_account: { account_number: '00123456', sort_code: 40004 },
      creditor_name: 'Ann Lee',
      instructed_amount: { amount: '25.50', currency: 'GBP' },
      callback_url: 'https://tob.example/cb?sid=42',
    },
  });
  expect(status).toBeLessThan(300);
  const desk = await bank.api.put('/v1/bank/desk', { loginUrl: 'https://bank.example.com/login' });
  expectStatus(desk, 200, 'PUT /v1/bank/desk');
  const changed = await world.admin.patch(`/v1/connections/${bank.connectionId}`, {
    settings: {
      bank: {
        webhookApiKey: secret('API key of what a hub asks us'),
        mutualTls: { certificatePem: pem('client'), privateKeyPem: pem('client-key') },
      },
    },
  });
  expectStatus(changed, 200, 'PATCH /v1/connections');
}

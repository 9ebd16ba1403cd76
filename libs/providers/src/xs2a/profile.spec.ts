import { generateKeyPairSync } from 'node:crypto';
import { compactDecrypt } from 'jose';
import type { Reply } from '../../../../test/upstream.js';
import {
  callback,
  consentOrder,
  context,
  heldAuthorisation,
  heldConsent,
  heldPayment,
  sample,
  sentPayment,
  startXs2a,
  type TestXs2a,
} from '../../../../test/xs2a.js';
import { validateSettings } from '../settings-check.js';
import { findProvider } from '../registry.js';
import { splitSecrets } from '../secrets.js';
import { pem } from '../../../../test/certificates.js';
import { renamedMembers } from './profile.js';
import type { Xs2aSettings } from './settings.js';

// A bank that does nearly everything in its own way is a connection with a profile, and no code.

const path = '/v1/payments/sepa-credit-transfers';
const authorisations = '/v1/consents/con-7/authorisations';
const own = `${authorisations}/aut-1`;
let xs2a: TestXs2a;
beforeEach(async () => {
  xs2a = await startXs2a();
});
afterEach(() => xs2a.stop());

async function consentAt(part: TestXs2a, creation: Reply = sample('consent-created', 201)) {
  part.bank.on('POST /v1/consents', creation);
  const consent = heldConsent(await part.accounts.createConsent(consentOrder(), context));
  return { type: 'consent', consent } as const;
}

it('translates statuses, and keeps the words of the bank', async () => {
  xs2a = xs2a.with({
    profile: {
      paymentStatuses: { '5': 'ACSC' },
      consentStatuses: { ACTIVE: 'valid' },
      scaStatuses: { '9': 'finalised', '3': 'psuIdentified' },
    },
  });
  xs2a.bank.on(`POST ${path}`, { status: 201, json: { transactionStatus: 'RCVD', paymentId: 'pmt-9' } });
  xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 5 } });
  const payment = sentPayment(heldPayment(), await xs2a.payments.initiate(heldPayment(), callback, context));
  await expect(xs2a.payments.fetch(payment, context)).resolves.toMatchObject({ status: 'ACSC', upstreamStatus: '5' });

  const subject = await consentAt(xs2a);
  xs2a.bank.on('GET /v1/consents/con-7', { json: { consentStatus: 'ACTIVE' } });
  const consent = await xs2a.accounts.readConsent(subject.consent, context);
  expect(consent).toMatchObject({ state: 'authorised', upstreamStatus: 'ACTIVE' });

  xs2a.bank.on(`POST ${authorisations}`, {
    status: 201,
    json: { scaStatus: 3, authorisationId: 'aut-1', _links: { updatePsuAuthentication: own } },
  });
  const first = await xs2a.authorisation.start(subject, { callback }, context);
  expect(first).toMatchObject({ scaStatus: 'psuIdentified', upstreamStatus: '3' });
  xs2a.bank.on(`PUT ${own}`, { json: { scaStatus: 9 } });
  const credentials = { type: 'credentials', credentials: { password: 'hush' } } as const;
  await expect(
    xs2a.authorisation.answer(subject, heldAuthorisation(first), credentials, context),
  ).resolves.toMatchObject({ scaStatus: 'finalised', nextStep: null, upstreamStatus: '9' });
});

it('reads and writes members by the names of the bank', async () => {
  xs2a = xs2a.with({
    profile: {
      answerMembers: { authMethodId: 'authenticationMethodId', methods: 'scaMethods' },
      requestMembers: { authenticationMethodId: 'authMethodId' },
      linkNames: { choose: 'selectAuthenticationMethod' },
    },
  });
  const subject = await consentAt(xs2a);
  xs2a.bank.on(`POST ${authorisations}`, {
    status: 201,
    json: {
      scaStatus: 'psuAuthenticated',
      authorisationId: 'aut-1',
      methods: [{ authMethodId: 'm-1', authenticationType: 'SMS_OTP' }],
      _links: { choose: { href: own } },
    },
  });
  const first = await xs2a.authorisation.start(subject, { callback }, context);
  expect(first.nextStep).toMatchObject({ type: 'selectMethod', methods: [{ id: 'm-1' }] });
  xs2a.bank.on(`PUT ${own}`, sample('authorisation-challenge'));
  await xs2a.authorisation.answer(
    subject,
    heldAuthorisation(first),
    { type: 'selectMethod', methodId: 'm-1' },
    context,
  );
  expect(JSON.parse(xs2a.bank.seen.at(-1)?.body ?? '')).toEqual({ authMethodId: 'm-1' });
});

it('goes by the path of the framework where a link leads nowhere', async () => {
  xs2a = xs2a.with({ profile: { ignoredLinks: ['status'] } });
  const links = { status: '/v1/nowhere', self: `${path}/pmt-9?full=1` };
  xs2a.bank.on(`POST ${path}`, { status: 201, json: { transactionStatus: 'RCVD', paymentId: 'pmt-9', _links: links } });
  xs2a.bank.on(`GET ${path}/pmt-9/status`, { json: { transactionStatus: 'ACSP' } });
  const payment = sentPayment(heldPayment(), await xs2a.payments.initiate(heldPayment(), callback, context));
  await expect(xs2a.payments.fetch(payment, context)).resolves.toMatchObject({ status: 'ACSP' });
  expect(xs2a.bank.seen.map((seen) => seen.path)).toContain(`${path}/pmt-9?full=1`);
});

it('refuses what lacks a fact that the bank insists on, and sends the key of its portal', async () => {
  xs2a = xs2a.with({ profile: { requiredPsuHeaders: ['PSU-User-Agent'] }, apiHeaders: { 'X-API-Key': 'k-1' } });
  xs2a.bank.on(`POST ${path}`, sample('payment-created', 201));
  await expect(xs2a.payments.initiate(heldPayment(), callback, context)).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('PSU-User-Agent') as string,
  });
  expect(xs2a.bank.seen).toHaveLength(0);
  await xs2a.payments.initiate(heldPayment(), callback, { ...context, psu: { userAgent: 'app/1' } });
  expect(xs2a.bank.seen[0]?.headers).toMatchObject({ 'psu-user-agent': 'app/1', 'x-api-key': 'k-1' });
});

describe('passwords', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const passwordEncryption = { publicKeyPem, keyId: 'bank-1' };
  const answerWith = (credentials: Record<string, string>) => ({ type: 'credentials', credentials }) as const;
  const start = (link: string): Reply => {
    return { status: 201, json: { scaStatus: 'psuIdentified', authorisationId: 'aut-1', _links: { [link]: own } } };
  };
  const psuData = (): Readonly<Record<string, string>> => {
    const { psuData: sent } = JSON.parse(xs2a.bank.seen.at(-1)?.body ?? '') as { psuData: Record<string, string> };
    return sent;
  };

  it.each([
    ['updateEncryptedPsuAuthentication', 'encryptedPassword', 'password'],
    ['updateAdditionalEncryptedPsuAuthentication', 'additionalEncryptedPassword', 'additionalPassword'],
  ])('are encrypted for %s', async (link, member, field) => {
    xs2a = xs2a.with({ passwordEncryption });
    const subject = await consentAt(xs2a);
    xs2a.bank.on(`POST ${authorisations}`, start(link));
    const first = await xs2a.authorisation.start(subject, { callback }, context);
    expect(first.nextStep).toMatchObject({ type: 'credentials', fields: [{ name: field, secret: true }] });
    xs2a.bank.on(`PUT ${own}`, sample('authorisation-challenge'));
    await xs2a.authorisation.answer(subject, heldAuthorisation(first), answerWith({ [field]: 'hush' }), context);
    const { plaintext, protectedHeader } = await compactDecrypt(psuData()[member] ?? '', privateKey);
    expect(new TextDecoder().decode(plaintext)).toBe('hush');
    expect(protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'bank-1' });
    // Negative control: in clear, the word would be in the request.
    expect(xs2a.bank.seen.at(-1)?.body).not.toContain('hush');
  });

  it.each([
    [authorisations, 'POST'],
    [own, 'PUT'],
  ])('are encrypted with the start at %s by %s', async (url, method) => {
    xs2a = xs2a.with({ passwordEncryption });
    const links = { startAuthorisationWithEncryptedPsuAuthentication: url };
    const subject = await consentAt(xs2a, {
      status: 201,
      json: { consentStatus: 'received', consentId: 'con-7', _links: links },
    });
    const first = await xs2a.authorisation.start(subject, { callback }, context);
    xs2a.bank.on(`${method} ${url}`, sample('authorisation-challenge'));
    await xs2a.authorisation.answer(subject, heldAuthorisation(first), answerWith({ password: 'hush' }), context);
    expect(Object.keys(psuData())).toEqual(['encryptedPassword']);
  });

  it('are not entered where only encrypted ones are taken and the key is missing', async () => {
    const subject = await consentAt(xs2a);
    xs2a.bank.on(`POST ${authorisations}`, start('updateEncryptedPsuAuthentication'));
    await expect(xs2a.authorisation.start(subject, { callback }, context)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('passwordEncryption') as string,
    });
  });

  it('go with whatever else the bank wants', async () => {
    const credentialFields = [{ name: 'branchCode', label: 'Branch', secret: false }];
    xs2a = xs2a.with({ profile: { credentialFields } });
    const subject = await consentAt(xs2a);
    xs2a.bank.on(`POST ${authorisations}`, start('updatePsuAuthentication'));
    const first = await xs2a.authorisation.start(subject, { callback }, context);
    expect(first.nextStep).toMatchObject({ fields: [{ name: 'password' }, { name: 'branchCode', secret: false }] });
    xs2a.bank.on(`PUT ${own}`, sample('authorisation-challenge'));
    const held = heldAuthorisation(first);
    const missing = answerWith({ password: 'hush' });
    await expect(xs2a.authorisation.answer(subject, held, missing, context)).rejects.toThrow('credentials.branchCode');
    await xs2a.authorisation.answer(subject, held, answerWith({ password: 'hush', branchCode: '77' }), context);
    expect(psuData()).toEqual({ password: 'hush', branchCode: '77' });
  });
});

describe('a confirmation code', () => {
  it.each([
    [undefined, { confirmationCode: 'c-1' }],
    [undefined, { authConfirmationCode: 'c-1' }],
    [undefined, { code: 'c-1' }],
    ['proof', { proof: 'c-1', code: 'other' }],
  ])('is handed over when the PSU is back (parameter %s)', async (confirmationParameter, query) => {
    xs2a = xs2a.with({
      scaPreference: 'redirect',
      profile: confirmationParameter === undefined ? {} : { confirmationParameter },
    });
    const subject = await consentAt(xs2a);
    const links = { scaRedirect: 'https://login.bank.example/c', confirmation: `${own}?step=2`, scaStatus: own };
    xs2a.bank.on(`POST ${authorisations}`, {
      status: 201,
      json: { scaStatus: 'received', authorisationId: 'aut-1', _links: links },
    });
    const first = await xs2a.authorisation.start(subject, { callback }, context);
    expect(first.nextStep).toMatchObject({ type: 'redirect' });
    // The status says nothing about links.
    xs2a.bank.on(`GET ${own}`, { json: { scaStatus: 'unconfirmed' } });
    xs2a.bank.on(`PUT ${own}`, { json: { scaStatus: 'finalised' } });
    const done = await xs2a.authorisation.complete(subject, heldAuthorisation(first), query, context);
    expect(done).toMatchObject({ scaStatus: 'finalised', nextStep: null });
    expect(xs2a.bank.seen.at(-1)).toMatchObject({ path: `${own}?step=2`, body: '{"confirmationCode":"c-1"}' });
    expect(JSON.stringify(done)).not.toContain('c-1');
  });

  it('is asked for where the return brought none', async () => {
    const subject = await consentAt(xs2a);
    xs2a.bank.on(`POST ${authorisations}`, sample('authorisation-redirect', 201));
    const first = await xs2a.authorisation.start(subject, { callback }, context);
    xs2a.bank.on(`GET ${own}`, { json: { scaStatus: 'unconfirmed' } });
    await expect(xs2a.authorisation.complete(subject, heldAuthorisation(first), {}, context)).resolves.toMatchObject({
      scaStatus: 'unconfirmed',
      nextStep: { type: 'challenge' },
    });
  });
});

it('speaks OAuth as the server does', async () => {
  xs2a = xs2a.with({
    oauth: { clientId: 'c', tokenUrl: `${xs2a.bank.origin}/token` },
    profile: {
      oauth: {
        responseType: 'CODE',
        grantType: 'AUTHORISATION_CODE',
        tokenRequestIn: 'query',
        pkce: false,
        scopes: { consent: 'ais {id}' },
      },
    },
  });
  const subject = await consentAt(xs2a);
  xs2a.bank.on(`POST ${authorisations}`, {
    status: 201,
    json: { scaStatus: 'received', authorisationId: 'aut-1', _links: { scaOAuth: '/oauth', scaStatus: own } },
  });
  xs2a.bank.on('GET /oauth', {
    json: {
      authorization_endpoint: 'https://login.bank.example/a?redirect_uri=&tenant=9',
      token_endpoint: `${xs2a.bank.origin}/token`,
      response_types_supported: ['CODE'],
    },
  });
  const first = await xs2a.authorisation.start(subject, { callback }, context);
  const url = new URL(first.nextStep?.type === 'redirect' ? first.nextStep.url : '');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    redirect_uri: callback.url,
    tenant: '9',
    response_type: 'CODE',
    client_id: 'c',
    scope: 'ais con-7',
    state: callback.state,
  });
  xs2a.bank.on('POST /token', sample('oauth-tokens'));
  await xs2a.authorisation.complete(subject, heldAuthorisation(first), { code: 'secret-code' }, context);
  const exchange = xs2a.bank.seen.find((seen) => seen.path.startsWith('/token'));
  expect(exchange?.body).toBe('');
  expect(Object.fromEntries(new URL(exchange?.path ?? '', callback.url).searchParams)).toEqual({
    grant_type: 'AUTHORISATION_CODE',
    code: 'secret-code',
    redirect_uri: callback.url,
    client_id: 'c',
  });
});

it('renames members however deep, and never over another one', () => {
  const names = { a: 'x' };
  expect(renamedMembers({ a: [{ a: 1 }, 'a'], b: null }, names)).toEqual({ x: [{ x: 1 }, 'a'], b: null });
  expect(renamedMembers({ a: 1, x: 2 }, names)).toEqual({ a: 1, x: 2 });
});

describe('its settings', () => {
  const minimum = {
    baseUrl: 'https://bank.example',
    institution: { name: 'Bank', country: 'DE' },
    scaPreference: 'redirect',
  } as const satisfies Xs2aSettings;
  const definition = findProvider('xs2a');
  if (!definition) throw new Error('no xs2a');
  const findings = (settings: unknown) => validateSettings(definition, settings).map(({ pointer }) => pointer);

  it('are checked', () => {
    const profile = {
      signedHeaders: ['(request-target)', 'digest'],
      paymentStatuses: { '5': 'ACSC' },
      products: { x: { scheme: 'DOMESTIC', format: 'json', currency: null, ibanOnly: false, endToEndId: true } },
      oauth: { pkce: false },
    };
    expect(findings({ ...minimum, profile, apiHeaders: { 'X-Key': 'k' } })).toEqual([]);
  });

  it('keep what is secret apart', () => {
    const qseal = { certificatePem: pem('qseal'), privateKeyPem: pem('qseal-key') };
    const { open, secret } = splitSecrets(definition, { ...minimum, qseal, apiHeaders: { 'X-Key': 'k' } });
    expect(secret).toEqual({ qseal: { privateKeyPem: qseal.privateKeyPem }, apiHeaders: { 'X-Key': 'k' } });
    expect(JSON.stringify(open)).not.toMatch(/PRIVATE KEY|X-Key/);
  });

  it.each([
    [{ profile: { paymentStatuses: { '5': 'DONE' } } }, '/profile/paymentStatuses/5'],
    [{ profile: { requiredPsuHeaders: ['PSU-Mood'] } }, '/profile/requiredPsuHeaders/0'],
    [{ profile: { signedHeaders: ['a b'] } }, '/profile/signedHeaders/0'],
    [{ profile: { unknown: 1 } }, '/profile/unknown'],
    [{ qseal: { certificatePem: 'no', privateKeyPem: 'no' } }, '/qseal/certificatePem'],
    [{ paymentProducts: ['sepa'] }, '/paymentProducts/0'],
    [{ apiHeaders: { 'a b': 'k' } }, '/apiHeaders'],
  ])('are refused where they are wrong: %j', (change, pointer) => {
    expect(findings({ ...minimum, ...change })).toContain(pointer);
  });
});

import { providerDefinitions } from '@tributary/providers';
import { attended } from '../../e2e/api.js';
import { MockBank, numberedStatuses } from '../../e2e/mockbank.js';
import { consentRequest } from '../../e2e/orders.js';
import type { Issued } from '../../e2e/signed-bank.js';
import { startWorld, type World } from '../../e2e/world.js';
import { authorised, consented, holds, same } from './operation.js';
import { operations } from './operations.js';
import { type Order, Place } from './place.js';
import { ways } from './ways.js';

/*
 * Every word of the profile, at a bank that behaves so: the main job is done with it, and is not with the same profile without that one
 * word, which is the negative control of each.
 */

type Members = Readonly<Record<string, unknown>>;

interface Word {
  /** Where it is in the profile. */
  readonly word: string;
  /** What the bank does in its own way. */
  readonly bank: Members;
  /** The whole profile of the connection to it. */
  readonly profile: Members;
  /** What happens without the word. */
  readonly otherwise: RegExp;
  /** By its name; else embedded. */
  readonly way?: string;
  readonly signed?: true;
  readonly job?: (place: Place) => Promise<void>;
}

const byNumber = { bank: { statuses: 'numbers' }, profile: numberedStatuses };
const methodIds = {
  bank: { methodIdName: 'authMethodId' },
  profile: {
    answerMembers: { authMethodId: 'authenticationMethodId' },
    requestMembers: { authenticationMethodId: 'authMethodId' },
  },
};
/** A way in which nothing can be created without a token. */
const tokenFirst = 'OAuth before, then a code';
const spelling = {
  way: tokenFirst,
  bank: { oauthWords: 'upper' },
  profile: { oauth: { responseType: 'CODE', grantType: 'AUTHORISATION_CODE' } },
};
const scopes = {
  way: 'OAuth, explicit',
  bank: { oauthScopes: 'own' },
  profile: { oauth: { scopes: { consent: 'consents/{id}', payment: 'payments/{id}', basket: 'baskets/{id}' } } },
};
const standardHeaders = ['digest', 'x-request-id', 'psu-id', 'psu-corporate-id', 'tpp-redirect-uri'];
const domestic = { scheme: 'DOMESTIC', format: 'json', currency: 'EUR', ibanOnly: true, endToEndId: true };
/** Where the PSU can do nothing for want of a step that we understand, they look into the app in vain. */
const noStep = /There is no form on .*\/ui\/app/;
/** The bank sends the browser away at once, with an error of RFC 6749. */
const sentAway = /There is no form on .*\/oauth\/authorize.* \(HTTP 303\)/;
/** The login brings no token, so that there is nothing but another login. */
const loginAgain = /The SCA does not end: redirect, redirect/;
const signatureRefused = /"code":"provider_refused_us".*"code":"SIGNATURE_INVALID"/;

const words: readonly Word[] = [
  {
    word: 'signedHeaders',
    signed: true,
    bank: { signature: 'required', signatureHeaders: 'withTarget' },
    profile: { signedHeaders: ['(request-target)', ...standardHeaders] },
    otherwise: signatureRefused,
  },
  {
    word: 'signatureKeyId',
    signed: true,
    bank: { signature: 'required', signatureKeyId: 'registered' },
    profile: { signatureKeyId: 'tpp-seal-1' },
    otherwise: signatureRefused,
  },
  {
    word: 'requiredPsuHeaders',
    bank: { userAgentRequired: true },
    profile: { requiredPsuHeaders: ['PSU-User-Agent'] },
    job: withoutBrowser,
    otherwise: /sent to the bank: 1 in place of 0/,
  },
  {
    word: 'ignoredLinks',
    bank: { statusLinks: 'dead' },
    profile: { ignoredLinks: ['status'] },
    job: askedOnce,
    otherwise: /asked once: "RCVD"/,
  },
  {
    word: 'linkNames',
    bank: { linkNames: 'own', startLink: 'plain' },
    profile: {
      linkNames: {
        begin: 'startAuthorisation',
        authenticate: 'updatePsuAuthentication',
        choose: 'selectAuthenticationMethod',
        confirm: 'authoriseTransaction',
        progress: 'scaStatus',
        state: 'status',
      },
    },
    otherwise: noStep,
  },
  { ...methodIds, word: 'answerMembers', otherwise: noStep },
  { ...methodIds, word: 'requestMembers', otherwise: /SERVICE_INVALID/ },
  { ...byNumber, word: 'paymentStatuses', otherwise: /before the SCA: \["awaitingAuthorisation",null\]/ },
  { ...byNumber, word: 'consentStatuses', otherwise: /status of the consent: "awaitingAuthorisation"/ },
  { ...byNumber, word: 'scaStatuses', otherwise: noStep },
  {
    word: 'credentialFields',
    bank: { branchCode: true },
    profile: { credentialFields: [{ name: 'branchCode', label: 'Branch', secret: false }] },
    otherwise: /FORMAT_ERROR/,
  },
  {
    word: 'confirmationParameter',
    way: 'redirect with a confirmation code, explicit',
    bank: { confirmationName: 'proof' },
    profile: { confirmationParameter: 'proof' },
    otherwise: /status of the consent: "rejected"/,
  },
  {
    word: 'products',
    bank: { products: 'own' },
    profile: { products: { 'domestic-credit-transfers': domestic } },
    job: (place) => mainJob(place, { scheme: 'DOMESTIC' }),
    otherwise: /"code":"capability_unsupported"/,
  },
  { ...spelling, word: 'oauth.responseType', otherwise: sentAway },
  { ...spelling, word: 'oauth.grantType', otherwise: loginAgain },
  {
    word: 'oauth.tokenRequestIn',
    way: tokenFirst,
    bank: { oauthTokenIn: 'query' },
    profile: { oauth: { tokenRequestIn: 'query' } },
    otherwise: loginAgain,
  },
  {
    word: 'oauth.pkce',
    way: 'OAuth, explicit',
    bank: { pkce: 'refused' },
    profile: { oauth: { pkce: false } },
    otherwise: sentAway,
  },
  { ...scopes, word: 'oauth.scopes.consent', otherwise: sentAway },
  { ...scopes, word: 'oauth.scopes.payment', otherwise: sentAway },
  { ...scopes, word: 'oauth.scopes.basket', job: basket, otherwise: sentAway },
];

let world: World;
let seal: Issued;
beforeAll(async () => {
  world = await startWorld();
  const { sandboxUrl } = world.stack;
  seal = await new MockBank(sandboxUrl, 'seals').control('POST', '/certificates', { purpose: 'qseal' });
});
afterAll(async () => {
  await world.stop();
});

let banks = 0;
/** How the job ends at a bank of its own. */
async function end(
  { bank, way = 'embedded with a choice, explicit', signed, job = (place) => mainJob(place) }: Word,
  profile: Members,
): Promise<string> {
  const base = holds(
    'the way',
    ways.find(({ name }) => name === way),
  );
  const qseal = { certificatePem: seal.certificate, privateKeyPem: seal.privateKey };
  const settings = { ...base.settings, profile, ...(signed && { qseal }) };
  const place = await Place.open(world, { ...base, profile: { ...base.profile, ...bank }, settings }, (banks += 1));
  return job(place).then(() => 'done', String);
}

/** A consent, what it opens, and a payment. */
async function mainJob(place: Place, order: Members = {}): Promise<void> {
  const known = await place.psu();
  const psu = { ...known, credentials: { ...known.credentials, branchCode: '4711' } };
  const { id } = await consented(place, psu);
  await place.app.read(`/v1/accounts?consentId=${id}`, attended);
  const made = await place.order(psu, '4.32', order);
  await authorised(place, psu, '/v1/payments', made, 'ACSC');
}

/** An app that does not say what its PSU's browser is, at a bank that refuses consents without that. */
async function withoutBrowser(place: Place): Promise<void> {
  const body = consentRequest(world, await place.connection(), await place.psu());
  const { status } = await place.app.post('/v1/consents', body, attended);
  const { calls } = await place.bank.ledger();
  same('sent to the bank', calls['consents.create'] ?? 0, 0);
  same('refused', status, 422);
}

/** A payment whose bank is asked for its status a single time after the SCA. */
async function askedOnce(place: Place): Promise<void> {
  const psu = await place.psu();
  const made = await place.order(psu, '4.33');
  const path = `/v1/payments/${made.id}`;
  await place.authorise(psu, path, made);
  same('asked once', (await place.app.read<Order>(path, attended)).isoStatus, 'ACSC');
}

async function basket(place: Place): Promise<void> {
  const name = 'signing basket with a payment, a bulk payment and a consent';
  await holds(
    name,
    operations.find((operation) => operation.name === name),
  ).run(place);
}

/** The profile without one of its words. */
function without(profile: Members, word: string): Members {
  const [first = '', ...rest] = word.split('.');
  const { [first]: inner, ...others } = profile;
  return rest.length === 0 ? others : { ...others, [first]: without(inner as Members, rest.join('.')) };
}

it.each(words.map((row) => [row.word, row] as const))('%s', async (word, row) => {
  const [right, wrong] = await Promise.all([end(row, row.profile), end(row, without(row.profile, word))]);
  expect([right, wrong]).toEqual(['done', expect.stringMatching(row.otherwise)]);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}
/** The words of a part of the schema. Objects with names of the bank in them are one word. */
function wordsOf({ properties = {} }: Schema, path = ''): readonly string[] {
  return Object.entries(properties).flatMap(([name, inner]) =>
    inner.properties === undefined ? [`${path}${name}`] : wordsOf(inner, `${path}${name}.`),
  );
}

it('no word is left out', () => {
  const definition = holds(
    'xs2a',
    providerDefinitions.find(({ id }) => id === 'xs2a'),
  );
  const settings = definition.settings as Schema;
  const { profile } = settings.properties ?? {};
  expect(words.map(({ word }) => word).toSorted()).toEqual(wordsOf(holds('the profile', profile)).toSorted());
});

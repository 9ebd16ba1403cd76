import { X509Certificate, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ShapeError, checkText, type Shape } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import { httpLine } from '../bridge/http-line.js';
import { newSecret } from '../consent.js';
import { publicPem } from '../hub.js';
import type { Bank, Tpp } from '../parties.js';
import type { Arrival } from '../site.js';
import { SCHEMES, SCOPES, isScheme, isScope } from '../vocabulary.js';
import { bodyOf, ok, unknown, type ControlRoute } from './control-route.js';
import { bankView, tppView } from './views.js';

const DAY_MS = 86_400_000;
const URL_TEXT = { max: 1000, pattern: /^https?:\/\/\S+$/, expected: 'an http or https address' };

/** Who takes part: TPPs with their certificates, banks with keys and addresses. */
export const partyRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/tpps', handle: ({ hub }) => ok({ tpps: [...hub.tpps.values()].map(tppView) }) },
  { method: 'POST', path: '/tpps', handle: registerTpp },
  { method: 'POST', path: '/certificates', handle: issueCertificate },
  {
    method: 'GET',
    path: '/banks',
    handle: ({ hub }) => ok({ banks: [...hub.banks.values()].map((bank) => bankView(hub, bank)) }),
  },
  { method: 'POST', path: '/banks', handle: registerBank },
  { method: 'DELETE', path: '/banks/:identifier', handle: removeBank },
  { method: 'GET', path: '/key', handle: ({ hub }) => ok({ hubPublicKey: publicPem(hub.key) }) },
];

/** Registers a TPP, or replaces the one with this client id. */
function registerTpp(arrival: Arrival): Answer {
  const shape = bodyOf(arrival);
  shape.only([
    'clientId',
    'clientSecret',
    'name',
    'registrationNumber',
    'organisationIdentifier',
    'redirectUris',
    'webhookUrl',
    'blocked',
  ]);
  const clientId = shape.text('clientId', { max: 100, pattern: /^[\x21-\x7e]+$/, expected: 'visible ASCII' });
  const known = arrival.hub.tpps.get(clientId);
  const tpp: Tpp = {
    clientId,
    clientSecret: shape.optionalText('clientSecret') ?? known?.clientSecret ?? newSecret(),
    name: shape.optionalText('name', { max: 140 }) ?? known?.name ?? clientId,
    registrationNumber:
      shape.optionalText('registrationNumber', { max: 60 }) ?? known?.registrationNumber ?? 'UK-145441',
    organisationIdentifier: shape.optionalText('organisationIdentifier', { max: 60 }) ?? known?.organisationIdentifier,
    redirectUris:
      shape.optionalList('redirectUris', (item, path) => checkText(item, path, URL_TEXT)) ?? known?.redirectUris ?? [],
    webhookUrl:
      shape.raw('webhookUrl') === null ? undefined : (shape.optionalText('webhookUrl', URL_TEXT) ?? known?.webhookUrl),
    blocked: shape.has('blocked') ? shape.boolean('blocked') : (known?.blocked ?? false),
  };
  // The consents and payments of the TPP keep pointing to it.
  const record = known ? Object.assign(known, tpp) : tpp;
  arrival.hub.tpps.set(clientId, record);
  return { status: known ? 200 : 201, body: tppView(record) };
}

/** `{ organisationIdentifier?, commonName?, validFrom?, validTo? }`: a QSEAL certificate of the sandbox's authority. */
async function issueCertificate(arrival: Arrival): Promise<Answer> {
  const shape = bodyOf(arrival);
  shape.only(['organisationIdentifier', 'commonName', 'validFrom', 'validTo']);
  const { authority, door } = arrival.site;
  await door.trustAuthority();
  const now = Date.now();
  const issued = await authority.issue({
    purpose: 'qseal',
    commonName: shape.optionalText('commonName', { max: 64 }) ?? 'Demo TPP',
    organisationIdentifier: shape.optionalText('organisationIdentifier', { max: 60 }) ?? 'GB-TST-000000001',
    roles: ['PSP_PI', 'PSP_AI', 'PSP_IC'],
    notBefore: readInstant(shape, 'validFrom') ?? new Date(now - DAY_MS),
    notAfter: readInstant(shape, 'validTo') ?? new Date(now + 365 * DAY_MS),
  });
  const { serialNumber, issuer } = new X509Certificate(issued.certificate);
  const organisation = /^O=(.+)$/m.exec(issuer)?.[1] ?? '';
  const keyId = `SN=${serialNumber},CA=${organisation}`;
  return { status: 201, body: { ...issued, authority: await authority.certificate(), keyId } };
}

/** Registers a bank, or replaces the one with this identifier. `hubPrivateKey` only when the bank has given the hub a pair. */
function registerBank(arrival: Arrival): Answer {
  const { hub } = arrival;
  const shape = bodyOf(arrival);
  shape.only([
    'identifier',
    'name',
    'country',
    'scopes',
    'paymentSchemes',
    'directPaymentSupport',
    'apiKey',
    'webhookApiKey',
    'authorizeUrl',
    'webhookBaseUrl',
    'publicKey',
    'hubPrivateKey',
    'blocked',
    'oneTime',
  ]);
  const identifier = shape.text('identifier', { max: 35, pattern: /^[A-Za-z0-9]+$/, expected: 'letters and digits' });
  if (hub.builtIn.has(identifier)) {
    throw new ShapeError('identifier', 'is of a built-in bank: choose another one');
  }
  const apiKey = shape.optionalText('apiKey', { max: 255, pattern: /^[\x21-\x7e]+$/, expected: 'visible ASCII' });
  const authorizeUrl = shape.text('authorizeUrl', URL_TEXT);
  const webhookBaseUrl = shape.text('webhookBaseUrl', URL_TEXT).replace(/\/$/, '');
  const hubKey = shape.has('hubPrivateKey') ? readKey(shape, 'hubPrivateKey', createPrivateKey) : hub.key;
  const known = hub.banks.get(identifier);
  const bank: Bank = {
    identifier,
    name: shape.optionalText('name', { max: 140 }) ?? identifier,
    country: shape.optionalText('country', { pattern: /^[A-Z]{2}$/, expected: 'two capitals' }) ?? 'LT',
    scopes: shape.optionalList('scopes', (item, path) => oneOf(item, path, isScope, SCOPES)) ?? SCOPES,
    paymentSchemes:
      shape.optionalList('paymentSchemes', (item, path) => oneOf(item, path, isScheme, SCHEMES)) ?? SCHEMES,
    directPaymentSupport: shape.has('directPaymentSupport') ? shape.boolean('directPaymentSupport') : true,
    apiKey: apiKey ?? known?.apiKey ?? newSecret(16),
    webhookApiKey: shape.optionalText('webhookApiKey', { max: 255 }) ?? known?.webhookApiKey ?? newSecret(16),
    authorizeUrl: () => authorizeUrl,
    webhookBaseUrl,
    publicKey: readKey(shape, 'publicKey', createPublicKey),
    hubKey,
    blocked: shape.has('blocked') ? shape.boolean('blocked') : false,
    oneTime: shape.optionalChoice('oneTime', ['paymentsOnly', 'always', 'never'] as const),
    line: httpLine((name) => hub.settings.webhookUrl.replace('{base}', webhookBaseUrl).replace('{name}', name)),
  };
  const record = known ? Object.assign(known, bank) : bank;
  hub.banks.set(identifier, record);
  return { status: known ? 200 : 201, body: bankView(hub, record) };
}

function removeBank(arrival: Arrival): Answer {
  const identifier = arrival.param('identifier');
  arrival.hub.builtIn.delete(identifier);
  if (!arrival.hub.banks.delete(identifier)) {
    throw unknown('bank');
  }
  return ok({ removed: identifier });
}

function oneOf<T extends string>(
  item: unknown,
  path: string,
  known: (value: unknown) => value is T,
  all: readonly string[],
): T {
  if (!known(item)) {
    throw new ShapeError(path, `must be one of ${all.join(', ')}`);
  }
  return item;
}

/** RSA only, with as many bits as the hub's setting at least. */
function readKey(shape: Shape, name: string, read: (pem: string) => KeyObject): KeyObject {
  const pem = shape.text(name, { max: 10_000 });
  let key: KeyObject;
  try {
    key = read(pem);
  } catch {
    throw new ShapeError(name, 'must be a key in PEM');
  }
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new ShapeError(name, 'must be an RSA key of 2048 bits or more');
  }
  return key;
}

function readInstant(shape: Shape, name: string): Date | undefined {
  const text = shape.optionalText(name, { max: 40 });
  const instant = text === undefined ? undefined : new Date(text);
  if (instant && (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() > 2049)) {
    throw new ShapeError(name, 'must be an instant before 2050 such as 2030-01-31T12:00:00Z');
  }
  return instant;
}

import { X509Certificate } from 'node:crypto';
import { PSD2_ROLES } from '../../kit/pki/qc-statements.js';
import { ShapeError, checkText, type Shape } from '../../kit/shape.js';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import type { Site } from '../open-call.js';
import { issuerOf, serialOf } from '../../kit/pki/certificate.js';
import { CERTIFICATE_STATES } from '../pki/tpp-certificate.js';
import { TppError } from '../tpp-error.js';
import type { JsonRoute } from './json-route.js';

const DAY_MS = 86_400_000;

/** Test certificates, whom the sandbox trusts, and the way in by TLS. Authority and TLS are those of all banks. */
export const pkiRoutes: readonly JsonRoute[] = [
  {
    method: 'GET',
    path: '/authority',
    handle: async (_call, { authority }) => ({ status: 200, body: { certificate: await authority.certificate() } }),
  },
  { method: 'POST', path: '/certificates', handle: issue },
  { method: 'POST', path: '/certificates/:serial', handle: setState },
  { method: 'GET', path: '/tls', handle: (_call, site) => tlsAnswer(site) },
  { method: 'POST', path: '/tls', handle: openDoor },
  {
    method: 'DELETE',
    path: '/tls',
    handle: async (_call, site) => {
      await site.door.close();
      return tlsAnswer(site);
    },
  },
];

/**
 * `{ purpose: qseal | qwac, organisationIdentifier?, commonName?, roles?, validFrom?, validTo? }`; instants, by default
 * from yesterday for a year.
 */
async function issue(call: Call, { authority, door }: Site): Promise<Answer> {
  const shape = call.body();
  shape.only(['purpose', 'organisationIdentifier', 'commonName', 'roles', 'validFrom', 'validTo']);
  const roles = shape.optionalList('roles', (item, path) => {
    const role = PSD2_ROLES.find((known) => known === item);
    if (role === undefined) {
      throw new ShapeError(path, `must be one of ${PSD2_ROLES.join(', ')}`);
    }
    return role;
  });
  const now = Date.now();
  const notBefore = readInstant(shape, 'validFrom') ?? new Date(now - DAY_MS);
  const notAfter = readInstant(shape, 'validTo') ?? new Date(now + 365 * DAY_MS);
  if (notAfter <= notBefore) {
    throw new ShapeError('validTo', 'must be after validFrom');
  }
  await door.trustAuthority();
  const issued = await authority.issue({
    purpose: shape.choice('purpose', ['qseal', 'qwac'] as const),
    commonName: shape.optionalText('commonName', { max: 64 }) ?? 'Demo TPP',
    organisationIdentifier: shape.optionalText('organisationIdentifier', { max: 60 }) ?? 'PSDDE-BAFIN-123456',
    roles: roles ?? ['PSP_PI', 'PSP_AI', 'PSP_IC'],
    notBefore,
    notAfter,
  });
  const certificate = new X509Certificate(issued.certificate);
  return {
    status: 201,
    body: {
      ...issued,
      authority: await authority.certificate(),
      serial: serialOf(certificate),
      keyId: `SN=${serialOf(certificate)},CA=${issuerOf(certificate).replaceAll(' ', '%20')}`,
    },
  };
}

/** `{ state: good | blocked | revoked }` of a certificate at this bank. */
function setState(call: Call): Answer {
  const serial = call.param('serial').toLowerCase();
  if (!/^[0-9a-f]{1,40}$/.test(serial)) {
    throw new TppError(400, 'FORMAT_ERROR', 'The serial number is hex without leading zeros', 'serial');
  }
  const shape = call.body();
  shape.only(['state']);
  const state = shape.choice('state', CERTIFICATE_STATES);
  call.bank.certificateStates.set(serial, state);
  return { status: 200, body: { serial, state } };
}

/** `{ port?, anchors?, handshake?: open | strict }`: opens it, anew if it is open; without a port on one that is free. */
async function openDoor(call: Call, site: Site): Promise<Answer> {
  const shape = call.body();
  shape.only(['port', 'anchors', 'handshake']);
  const anchors = shape.optionalList('anchors', (item, path) => {
    try {
      return new X509Certificate(checkText(item, path, { max: 20_000 }));
    } catch (error) {
      throw error instanceof ShapeError ? error : new ShapeError(path, 'is not a certificate in PEM');
    }
  });
  const port = shape.optionalNumber('port', 0, 65_535) ?? 0;
  const handshake = shape.optionalChoice('handshake', ['open', 'strict'] as const) ?? 'open';
  if (anchors) {
    site.door.trust(anchors);
  }
  try {
    await site.door.open({ host: site.host, port, handshake });
  } catch (error) {
    throw new TppError(409, 'STATUS_INVALID', `The port is not free: ${String(error)}`, 'port');
  }
  return tlsAnswer(site);
}

async function tlsAnswer({ door, authority }: Site): Promise<Answer> {
  return {
    status: 200,
    body: {
      url: door.url ?? null,
      serverAuthority: await authority.certificate(),
      anchors: door.anchors.map((anchor) => anchor.subject.replaceAll('\n', ', ')),
    },
  };
}

function readInstant(shape: Shape, name: string): Date | undefined {
  const text = shape.optionalText(name, { max: 40 });
  const instant = text === undefined ? undefined : new Date(text);
  if (instant && (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() > 2049)) {
    throw new ShapeError(name, 'must be an instant before 2050 such as 2030-01-31T12:00:00Z');
  }
  return instant;
}

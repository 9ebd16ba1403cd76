import type { Shape } from '../../kit/shape.js';
import { checkText } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError } from '../api-error.js';
import type { Call } from '../call.js';
import { newId } from '../identifier.js';
import { basicCredential, newMember, type Member } from '../members/member.js';
import { KEY_ALGORITHMS, readMemberKey, type KeyAlgorithm } from '../members/member-key.js';
import type { JsonRoute } from './json-route.js';

const FIELDS = [
  'memberId',
  'name',
  'publicKey',
  'keyAlgorithm',
  'callbackOwner',
  'autoRedeem',
  'tokensPayAgain',
  'sponsored',
  'denied',
];

/** Members (TPPs): what the upstream's dashboard and support would do. */
export const memberRoutes: readonly JsonRoute[] = [
  {
    method: 'GET',
    path: '/members',
    handle: (call) => ok({ members: [...call.hub.members.values()].map(view(call)) }),
  },
  { method: 'POST', path: '/members', handle: register },
  { method: 'PUT', path: '/members/:memberId', handle: change },
];

/** Makes a member, or takes the one with this `memberId`, sets what is named and enrols the key if there is one. */
function register(call: Call): Answer {
  const shape = call.body();
  const id = shape.optionalText('memberId', { max: 200, pattern: /^m:/, expected: 'an id that begins with m:' });
  const member = call.hub.members.get(id ?? '') ?? newMember(id ?? newId('m'), 'TPP');
  const keyId = apply(member, shape);
  call.hub.members.set(member.id, member);
  return { status: 201, body: { ...view(call)(member), ...(keyId ? { keyId } : {}) } };
}

function change(call: Call): Answer {
  const member = call.hub.members.get(call.param('memberId'));
  if (!member) {
    throw new ApiError(404, 'No such member');
  }
  apply(member, call.body());
  return ok(view(call)(member));
}

function apply(member: Member, shape: Shape): string | undefined {
  shape.only(FIELDS);
  const algorithm = shape.optionalChoice('keyAlgorithm', Object.keys(KEY_ALGORITHMS) as KeyAlgorithm[]) ?? 'ED25519';
  const text = shape.optionalText('publicKey', { max: 4000 });
  const key = text === undefined ? undefined : readMemberKey(text, algorithm);
  const denied = shape.optionalList('denied', (item, path) => checkText(item, path));
  const changes = {
    name: shape.optionalText('name', { max: 70 }),
    callbackOwner: shape.optionalChoice('callbackOwner', ['token', 'tpp'] as const),
    autoRedeem: shape.has('autoRedeem') ? shape.boolean('autoRedeem') : undefined,
    tokensPayAgain: shape.has('tokensPayAgain') ? shape.boolean('tokensPayAgain') : undefined,
    sponsored: shape.has('sponsored') ? shape.boolean('sponsored') : undefined,
    denied: denied && new Set(denied),
  };
  Object.assign(member, Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)));
  if (key) {
    member.keys.set(key.id, key);
  }
  return key?.id;
}

const view =
  ({ hub }: Call) =>
  (member: Member): Record<string, unknown> => ({
    memberId: member.id,
    name: member.name,
    keys: [...member.keys.values()].map(({ id, algorithm }) => ({ keyId: id, keyAlgorithm: algorithm })),
    basic: basicCredential(member),
    callbackOwner: member.callbackOwner,
    autoRedeem: member.autoRedeem,
    tokensPayAgain: member.tokensPayAgain,
    sponsored: member.sponsored,
    denied: [...member.denied],
    webhook: member.webhook ?? null,
    webhookPublicKey: hub.key.publicRaw,
    webhookKeyId: hub.key.id,
  });

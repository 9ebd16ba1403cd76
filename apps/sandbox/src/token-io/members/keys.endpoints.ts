import { ok, type Answer } from '../answer.js';
import { ApiError, notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import type { Member } from './member.js';
import { KEY_ALGORITHMS, readMemberKey, type KeyAlgorithm, type MemberKey } from './member-key.js';

const PATH = '/member/:memberId/keys';

/** The public keys with which a member's bearer tokens are checked. */
export const keyEndpoints: readonly Endpoint[] = [
  { operation: 'keys.add', method: 'POST', path: PATH, handle: addKey },
  { operation: 'keys.list', method: 'GET', path: PATH, handle: listKeys },
  { operation: 'keys.get', method: 'GET', path: `${PATH}/:keyId`, handle: getKey },
  { operation: 'keys.delete', method: 'DELETE', path: `${PATH}/:keyId`, handle: deleteKey },
];

function addKey(call: Call): Answer {
  const member = ownMember(call);
  const body = call.body();
  const algorithm = body.choice('keyAlgorithm', Object.keys(KEY_ALGORITHMS) as KeyAlgorithm[]);
  const key = readMemberKey(body.text('publicKey', { max: 4000 }), algorithm);
  member.keys.set(key.id, key);
  return ok({ keyId: key.id });
}

/** An array around one object, as the specification has it. */
function listKeys(call: Call): Answer {
  return ok([{ key: [...ownMember(call).keys.values()].map(keyView) }]);
}

function getKey(call: Call): Answer {
  return ok({ key: [keyView(ownKey(call))] });
}

function deleteKey(call: Call): Answer {
  const { id } = ownKey(call);
  ownMember(call).keys.delete(id);
  return ok({});
}

function keyView({ id, text, algorithm }: MemberKey): Record<string, unknown> {
  return { id, publicKey: text, keyAlgorithm: algorithm };
}

function ownMember(call: Call): Member {
  if (call.param('memberId') !== call.member.id) {
    throw new ApiError(403, 'A member manages its own keys only');
  }
  return call.member;
}

function ownKey(call: Call): MemberKey {
  const key = ownMember(call).keys.get(call.param('keyId'));
  if (!key) {
    throw notFound('key', call.param('keyId'));
  }
  return key;
}

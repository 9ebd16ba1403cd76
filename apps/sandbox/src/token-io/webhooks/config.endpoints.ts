import { ShapeError } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { notFound } from '../api-error.js';
import type { Call } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { EVENT_TYPES } from './delivery.js';

const PATH = '/webhook/config';

/** One configuration per member; PUT replaces all of it. */
export const webhookEndpoints: readonly Endpoint[] = [
  { operation: 'webhooks.set', method: 'PUT', path: PATH, handle: set },
  { operation: 'webhooks.get', method: 'GET', path: PATH, handle: get },
  { operation: 'webhooks.delete', method: 'DELETE', path: PATH, handle: remove },
];

function set(call: Call): Answer {
  const config = call.body().object('config');
  const types = config.list('type', (item, path) => {
    const type = EVENT_TYPES.find((known) => known === item);
    if (type === undefined) {
      throw new ShapeError(path, 'is no type of event');
    }
    return type;
  });
  const url = config.text('url', { max: 2000 });
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ShapeError('config.url', 'must be an absolute address');
  }
  call.member.webhook = { types, url };
  return ok({});
}

function get({ member }: Call): Answer {
  if (!member.webhook) {
    throw notFound('webhook configuration', member.id);
  }
  return ok({ config: { type: member.webhook.types, url: member.webhook.url } });
}

function remove({ member }: Call): Answer {
  member.webhook = undefined;
  return ok({});
}

import type { Shape } from '../../kit/shape.js';
import { ok, type Answer } from '../answer.js';
import { ApiError } from '../api-error.js';
import type { Call } from '../call.js';
import type { JsonRoute } from './json-route.js';

/** What was sent to members, and how deliveries go wrong. */
export const webhookRoutes: readonly JsonRoute[] = [
  {
    method: 'GET',
    path: '/webhooks',
    handle: ({ hub }) => ok({ behaviour: hub.courier.behaviour, deliveries: hub.courier.deliveries }),
  },
  { method: 'PUT', path: '/webhooks', handle: setBehaviour },
  { method: 'POST', path: '/webhooks/release', handle: ({ hub }) => ok({ released: hub.courier.release() }) },
  { method: 'POST', path: '/webhooks/:eventId/repeat', handle: repeat },
];

function setBehaviour(call: Call): Answer {
  const shape = call.body();
  const { courier } = call.hub;
  const now = courier.behaviour;
  shape.only(Object.keys(now));
  courier.behaviour = {
    lateSeconds: shape.optionalNumber('lateSeconds', 0, 31_536_000, false) ?? now.lateSeconds,
    copies: shape.optionalNumber('copies', 1, 20) ?? now.copies,
    drop: shape.optionalChoice('drop', ['none', 'all', 'everySecond'] as const) ?? now.drop,
    hold: shape.has('hold') ? shape.boolean('hold') : now.hold,
    shuffle: shape.has('shuffle') ? shape.boolean('shuffle') : now.shuffle,
    retrySeconds: retrySeconds(shape, now.retrySeconds),
    badSignature: shape.has('badSignature') ? shape.boolean('badSignature') : now.badSignature,
  };
  return ok(courier.behaviour);
}

/** null: as the upstream says. */
function retrySeconds(shape: Shape, before: number | null): number | null {
  if (!shape.has('retrySeconds')) {
    return before;
  }
  return shape.raw('retrySeconds') === null ? null : shape.number('retrySeconds', 0, 31_536_000, false);
}

function repeat(call: Call): Answer {
  if (!call.hub.courier.repeat(call.param('eventId'))) {
    throw new ApiError(404, 'No such event');
  }
  return ok({ eventId: call.param('eventId') });
}

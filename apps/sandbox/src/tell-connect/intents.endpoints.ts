import { randomUUID } from 'node:crypto';
import { ApiError, invalidRequest } from './api-error.js';
import type { Caller } from './authentication.js';
import { shortLifeMs } from './authorising.js';
import type { Call } from './call.js';
import type { Intent } from './consent.js';
import type { Answer, Endpoint } from './endpoint.js';
import { ASPSP, newSecret } from './platform.js';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export const intentEndpoints: readonly Endpoint[] = [
  {
    operation: 'auth.create',
    method: 'POST',
    path: '/auth',
    credentials: 'basic',
    mediaType: 'application/json',
    handle: createIntent,
  },
];

function createIntent(call: Call, { application }: Caller): Answer {
  const { platform, environment } = call;
  const shape = call.body();
  const uuid = shape.text('uuid', { pattern: UUID_V4, expected: 'a UUID v4' });
  if (shape.text('aspsp') !== ASPSP) {
    throw invalidRequest(`aspsp must be ${ASPSP}`);
  }
  const kind = shape.choice('scope', ['aisp', 'pisp'] as const);
  const automatic = shape.has('sandbox_sca') && shape.boolean('sandbox_sca');
  if (environment === 'production') {
    assertNewUuid(platform.intents, uuid);
  }
  const intent: Intent = {
    id: randomUUID(),
    uuid,
    kind,
    environment,
    application,
    sandboxSca: automatic && environment === 'sandbox',
    browserKey: newSecret(),
    state: 'created',
    deadlineMs: platform.clock.nowMs() + shortLifeMs(environment),
    wrong: 0,
  };
  platform.intents.set(intent.id, intent);
  const location = `${call.site}/ui/authorise/${intent.browserKey}`;
  return { status: 200, body: { 'intent-id': intent.id, location } };
}

function assertNewUuid(intents: ReadonlyMap<string, Intent>, uuid: string): void {
  const same = uuid.toLowerCase();
  for (const known of intents.values()) {
    if (known.environment === 'production' && known.uuid.toLowerCase() === same) {
      throw new ApiError(409, 'duplicate_uuid', 'This uuid was used before; make a new one for each authorisation');
    }
  }
}

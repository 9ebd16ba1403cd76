import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { anything, dictionary, lenient, MalformedAnswer, parseJson, record, text, textOrNumber } from '../kit/json.js';
import {
  type IncomingWebhook,
  ProviderError,
  type ProviderDeps,
  type WebhookNotice,
  type WebhookReceiver,
  type WebhookSubscriptions,
} from '../port/index.js';
import type { TokenIoClient } from './client.js';
import { providerId, type TokenIoSettings } from './settings.js';
import { acknowledged, webhookConfig } from './wire.js';

/** Events (schema EventType) of what this adapter does, and the member of the body that holds each. */
const events = {
  PAYMENT_STATUS_CHANGED: { root: 'payment', subject: 'payment', names: ['id'] },
  TRANSFER_STATUS_CHANGED: {
    root: 'transferStatusChanged',
    subject: 'payment',
    names: ['tokenRequestId', 'transferId'],
  },
  STANDING_ORDER_STATUS_CHANGED: {
    root: 'standingOrderStatusChanged',
    subject: 'payment',
    names: ['tokenRequestId', 'standingOrderSubmissionId'],
  },
  BANK_AIS_OUTAGE_STATUS_CHANGED: { root: 'bankAisOutageStatusChanged', subject: 'institution', names: ['bankId'] },
  BANK_SIP_OUTAGE_STATUS_CHANGED: { root: 'bankSipOutageStatusChanged', subject: 'institution', names: ['bankId'] },
} as const satisfies Record<
  string,
  { root: string; subject: WebhookNotice['subject']['type']; names: readonly string[] }
>;
type EventType = keyof typeof events;

export const eventTypes = Object.keys(events) as readonly EventType[];

const envelope = record({
  id: lenient(text),
  eventType: lenient(text),
});

/**
 * Their calls to us: Ed25519 over the raw body in `token-signature`, the kind in `token-event`. Everything in them is a hint
 * (they come more than once, in any order, and hold parts): the resource is asked.
 */
export function createWebhookReceiver(settings: TokenIoSettings, deps: ProviderDeps): WebhookReceiver | undefined {
  const key = webhookKey(settings);
  if (key === undefined) return undefined;

  const unproven = (message: string): ProviderError =>
    new ProviderError({ kind: 'unauthorised', provider: providerId, operation: 'receiveWebhook', message });

  return {
    verify({ event, headers, rawBody }) {
      // The address that Token.io was given names the connection: members share one key for all that is signed.
      if (event !== undefined && event !== deps.connectionId) throw unproven('The webhook is for another connection.');
      const given = headers['token-signature'] ?? '';
      const signature = Buffer.from(given, 'base64url');
      const wellFormed = /^[A-Za-z0-9_-]{86}={0,2}$/.test(given) && signature.length === 64;
      if (!wellFormed || !verify(null, rawBody, key, signature)) {
        throw unproven("The webhook's signature does not fit Token.io's key.");
      }
      const member = memberOf(rawBody);
      if (member !== undefined && member !== settings.memberId) throw unproven('The webhook is for another member.');
    },

    decode(webhook) {
      const { tree, id, word } = opened(webhook);
      const known = word !== undefined && isEvent(word) ? events[word] : undefined;
      if (known === undefined) {
        deps.warn({
          operation: 'receiveWebhook',
          message: `an event of no use here: ${(word ?? 'without a kind').slice(0, 60)}`,
        });
        return [];
      }
      const body = bodyOf(tree, known.root);
      const references = known.names.flatMap((name) => body[name] ?? []);
      const [reference] = references;
      if (reference === undefined) {
        deps.warn({ operation: 'receiveWebhook', message: `${word} names nothing` });
        return [];
      }
      // A repeated delivery has the same id; without one, the same bytes.
      const eventKey = id ?? createHash('sha256').update(webhook.rawBody).digest('hex');
      return [{ eventKey: `${word}:${eventKey}`.slice(0, 200), subject: { type: known.subject, reference } }];
    },
  };
}

/** Where Token.io calls us: one configuration for the whole member. */
export function createWebhookSubscriptions(client: TokenIoClient): WebhookSubscriptions {
  const path = ['webhook', 'config'];
  return {
    events: eventTypes,
    async read(context) {
      const spec = { operation: 'readWebhook', service: 'admin', method: 'GET', path } as const;
      try {
        const { config } = (await client.call(spec, context, webhookConfig)).value;
        return config?.url === undefined ? null : { url: config.url, events: config.type };
      } catch (error) {
        if (error instanceof ProviderError && error.kind === 'not-found') return null;
        throw error;
      }
    },
    async put({ url, events: wanted = eventTypes }, context) {
      const body = { config: { type: [...wanted], url } };
      const spec = { operation: 'putWebhook', service: 'admin', method: 'PUT', path, body } as const;
      await client.call(spec, context, acknowledged);
      return { url, events: wanted };
    },
    async remove(context) {
      const spec = { operation: 'removeWebhook', service: 'admin', method: 'DELETE', path } as const;
      await client.call(spec, context, acknowledged);
    },
  };
}

/** The dashboard shows the raw 32 bytes in base64url; a PEM is taken as well. */
function webhookKey({ webhookPublicKey, webhookPublicKeyPem }: TokenIoSettings): KeyObject | undefined {
  if (webhookPublicKeyPem !== undefined) return createPublicKey(webhookPublicKeyPem);
  if (webhookPublicKey === undefined) return undefined;
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: webhookPublicKey }, format: 'jwk' });
}

function opened({ headers, rawBody }: IncomingWebhook): {
  tree: unknown;
  id: string | undefined;
  word: string | undefined;
} {
  try {
    const tree = parseJson(rawBody);
    const { id, eventType } = envelope(tree, '');
    return {
      tree,
      id,
      word: headers['token-event'] ?? eventType ?? eventTypes.find((type) => holds(tree, events[type].root)),
    };
  } catch (cause) {
    if (!(cause instanceof MalformedAnswer)) throw cause;
    const facts = { kind: 'malformed', provider: providerId, operation: 'receiveWebhook' } as const;
    throw new ProviderError({ ...facts, message: `The webhook does not decode: ${cause.message}.`, cause });
  }
}

/** Payment events name the member; the others do not. */
function memberOf(rawBody: Buffer): string | undefined {
  try {
    const tree = parseJson(rawBody);
    const named = record({ payment: lenient(record({ memberId: lenient(text) })) })(tree, '');
    return named.payment?.memberId;
  } catch (error) {
    if (error instanceof MalformedAnswer) return undefined;
    throw error;
  }
}

/** The member that the event is named after; the body itself where it is missing. */
function bodyOf(tree: unknown, root: string): Readonly<Record<string, string | undefined>> {
  const members = dictionary(anything)(tree, '');
  const inner = typeof members[root] === 'object' && members[root] !== null ? members[root] : members;
  return dictionary(lenient(textOrNumber))(inner, root);
}

const isEvent = (word: string): word is EventType => Object.hasOwn(events, word);
const holds = (tree: unknown, name: string): boolean =>
  typeof tree === 'object' && tree !== null && Object.hasOwn(tree, name);

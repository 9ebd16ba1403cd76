import type { PaymentDisclosure } from '@tributary/domain';
import { textOf } from '../../kit/charset.js';
import { malformed, type UpstreamAnswer } from '../../kit/http.js';
import { MalformedAnswer, plainJson } from '../../kit/json.js';
import { withoutSecrets } from '../../kit/redaction.js';
import type { Xs2aClient } from '../client.js';
import { paymentDisclosureOf } from '../disclosure.js';
import type { Links } from '../links.js';
import { readPain002 } from '../pain/pain002.js';
import { providerId } from '../settings.js';
import { reasonOf } from '../status.js';
import { paymentStatusAnswer } from '../wire.js';

/** What the bank says about a payment, whatever the format. */
export interface StatusAnswer {
  readonly word: string;
  readonly reason: string | undefined;
  readonly disclosure: PaymentDisclosure;
  readonly items: readonly {
    readonly endToEndId: string;
    readonly word: string;
    readonly reason?: string | undefined;
    readonly reference?: string | undefined;
  }[];
  readonly links: Links;
  /** For the record. */
  readonly raw: unknown;
}

/** Media types that a status can come in: products in XML have pain.002, and JSON at some banks all the same. */
export const statusAccept = { json: 'application/json', xml: 'application/xml, application/json' } as const;

/** Reads a status by the media type of the answer. Throws ProviderError `malformed`. */
export function readStatus(answer: UpstreamAnswer, client: Xs2aClient, warn: (message: string) => void): StatusAnswer {
  if (!isXml(answer)) {
    const { value, links, tree } = client.decode(answer, paymentStatusAnswer);
    return {
      word: value.transactionStatus,
      reason: reasonOf(value.tppMessages),
      disclosure: paymentDisclosureOf(value, warn),
      items: [],
      links,
      raw: forTheRecord(tree),
    };
  }
  const xml = xmlOf(answer);
  const { status: word, reason, texts, items } = decoded(answer, () => readPain002(xml));
  return {
    word,
    reason,
    disclosure: { psuMessage: texts.length === 0 ? undefined : texts.join('\n') },
    items: items.map(({ status, ...item }) => ({ ...item, word: status })),
    links: {},
    raw: xml,
  };
}

export function isXml({ headers }: UpstreamAnswer): boolean {
  return /^[^;]*\bxml\b/i.test(headers['content-type'] ?? '');
}

export function xmlOf({ body, headers }: UpstreamAnswer): string {
  return textOf(body, headers['content-type']);
}

export function forTheRecord(tree: unknown): unknown {
  return withoutSecrets(plainJson(tree));
}

function decoded<T>(answer: UpstreamAnswer, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedAnswer) throw malformed(providerId, answer, error);
    throw error;
  }
}

import type { ItemSnapshot, PaymentSnapshot, ProviderDeps } from '../../port/index.js';
import type { Xs2aSettings } from '../settings.js';
import { paymentStatus } from '../status.js';
import type { StatusAnswer } from './status-answer.js';

type Rest = Omit<PaymentSnapshot, 'status' | 'upstreamStatus' | 'reason' | 'observedAt' | 'items'> & {
  readonly items?: StatusAnswer['items'] | undefined;
};

/** Makes a snapshot from the bank's word and what came with it. */
export type MakeSnapshot = (word: string, reason: string | undefined, rest: Rest) => PaymentSnapshot;

/** The one place where a bank's word about a payment, or about an item of a bulk, becomes ours. */
export function createSnapshots({ profile }: Xs2aSettings, deps: ProviderDeps): MakeSnapshot {
  const judged = (word: string, reason: string | undefined) => {
    const status = paymentStatus(word, profile?.paymentStatuses);
    if (status === null) {
      deps.warn({ operation: 'readPayment', message: `unknown transactionStatus ${word.slice(0, 60)}` });
    }
    const ended = status === 'RJCT' || status === 'CANC';
    return { status, upstreamStatus: word, reason: ended ? reason : undefined };
  };
  const item = ({ endToEndId, word, reference, reason }: StatusAnswer['items'][number]): ItemSnapshot => {
    return { endToEndId, reference, ...judged(word, reason) };
  };
  return (word, reason, { items, ...rest }) => ({
    ...judged(word, reason),
    items: items?.map(item),
    observedAt: deps.now(),
    ...rest,
  });
}

import type { CallContext } from './call.js';
import type { PaymentSnapshot } from './payment-initiation.js';

/** An upstream's call to us, exactly as it arrived. */
export interface IncomingWebhook {
  /** What the upstream added to the address that it was given, where it calls one per kind of event. */
  readonly event?: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes that were signed; nothing may parse them before `verify` held. */
  readonly rawBody: Buffer;
  readonly receivedAt: Date;
}

/** One fact out of a webhook. */
export interface WebhookNotice {
  /** The same for a repeated delivery of the same fact. */
  readonly eventKey: string;
  /** `institution`: something about a bank changed; the list of banks is read again. */
  readonly subject: { readonly type: 'payment' | 'consent' | 'institution'; readonly reference: string };
  /** Absent where the upstream only hints: then it is asked. */
  readonly snapshot?: PaymentSnapshot | undefined;
}

/** Proves the sender, then decodes. Both are required: there is no default that accepts. */
export interface WebhookReceiver {
  /** Throws ProviderError `unauthorised` unless the sender is proven over the raw bytes. */
  verify(webhook: IncomingWebhook): void;
  decode(webhook: IncomingWebhook): readonly WebhookNotice[];
}

/** What an upstream was told about where to call us. */
export interface WebhookSubscription {
  readonly url: string;
  /** Their words. */
  readonly events: readonly string[];
}

/** Sets up an upstream's calls to us. One subscription per connection. */
export interface WebhookSubscriptions {
  /** Kinds of events that this provider understands, in the upstream's words. */
  readonly events: readonly string[];
  /** null: there is none. */
  read(context: CallContext): Promise<WebhookSubscription | null>;
  /** Replaces what there is. @param subscription `events` absent: all of {@link WebhookSubscriptions.events} */
  put(
    subscription: { readonly url: string; readonly events?: readonly string[] | undefined },
    context: CallContext,
  ): Promise<WebhookSubscription>;
  remove(context: CallContext): Promise<void>;
}

import { MalformedAnswer, parseJson } from '../kit/json.js';
import { type IncomingWebhook, ProviderError, type WebhookReceiver } from '../port/index.js';
import { createVerifier } from './bank/signature.js';
import { providerId } from './settings.js';
import { inOneSpelling } from './spelling.js';
import { paymentNotice } from './wire.js';

/**
 * TPP webhooks `v2_payment_status` and `v2_payment_confirmation_link_expire`. Their authentication is not documented: they are
 * taken to carry the hub's X-Signature over the raw body, as its webhooks to banks do. What they say is a hint: the payment is
 * asked about. Order and repetition do not matter.
 */
export function createWebhooks(tobPublicKeyPem: string): WebhookReceiver {
  const verifier = createVerifier(tobPublicKeyPem);
  return {
    verify({ headers, rawBody }) {
      if (verifier.holds(rawBody, headers['x-signature'] ?? '')) return;
      const message = 'The webhook does not carry the signature of the hub.';
      throw new ProviderError({ kind: 'unauthorised', provider: providerId, operation: 'verifyWebhook', message });
    },

    decode({ rawBody, event }) {
      const { paymentId, paymentStatus } = read(rawBody);
      const kind = kinds[paymentStatus === undefined ? 'expired' : 'status'];
      if (event !== undefined && event !== kind) throw malformed(`it came as ${event.slice(0, 80)}`);
      const eventKey = [kind, paymentId, ...(paymentStatus === undefined ? [] : [paymentStatus])].join(':');
      return [{ eventKey: eventKey.slice(0, 400), subject: { type: 'payment', reference: paymentId } }];
    },
  };
}

const kinds = { status: 'v2_payment_status', expired: 'v2_payment_confirmation_link_expire' } as const;

function read(rawBody: IncomingWebhook['rawBody']) {
  try {
    return paymentNotice(inOneSpelling(parseJson(rawBody)), '');
  } catch (error) {
    if (error instanceof MalformedAnswer) throw malformed(error.message);
    throw error;
  }
}

function malformed(why: string): ProviderError {
  const message = `The webhook does not decode: ${why}.`;
  return new ProviderError({ kind: 'malformed', provider: providerId, operation: 'decodeWebhook', message });
}

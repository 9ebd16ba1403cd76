import { randomUUID } from 'node:crypto';
import type { Json } from '../answer.js';
import type { BankMessage } from '../bank-message/open-message.js';
import type { Hub } from '../hub.js';
import type { Bank } from '../parties.js';
import { signBody } from '../raw-signature.js';
import type { BankWebhook } from '../vocabulary.js';

/** What the hub wants from a bank. */
export interface Question {
  name: BankWebhook;
  /** Undefined for `v2_accounts`, which has no body. */
  body?: Json | undefined;
  /** Absent for direct payments. */
  accessToken?: string | undefined;
  /** The language that the PSU likes most. */
  language?: string | undefined;
}

const EMPTY = { nothing: '', object: '{}', list: '[]' } as const;

/** Writes and signs a webhook to a bank. */
export function compose(hub: Hub, bank: Bank, question: Question): BankMessage {
  const { name, body, accessToken, language } = question;
  const bytes = Buffer.from(body === undefined ? EMPTY[hub.settings.emptyBody] : JSON.stringify(body));
  return {
    name,
    bytes,
    headers: {
      'x-api-key': hub.settings.apiKeys === 'same' ? bank.apiKey : bank.webhookApiKey,
      'x-request-id': randomUUID(),
      'content-type': 'application/json',
      'x-signature': signBody(bytes, bank.hubKey),
      'x-auth-token': accessToken,
      'accept-language': language,
    },
  };
}

import type { KeyObject } from 'node:crypto';
import type { BankMessage } from './bank-message/open-message.js';
import type { Settings } from './settings.js';
import type { Scheme, Scope } from './vocabulary.js';

/** A TPP that is a client of the hub. */
export interface Tpp {
  clientId: string;
  /** Asked for at the token endpoint only with `clientSecret: required`. */
  clientSecret: string;
  name: string;
  /** Shown to the bank, such as `UK-145441`. */
  registrationNumber: string;
  /** organizationIdentifier of its certificates; undefined: any trusted certificate is good. */
  organisationIdentifier: string | undefined;
  redirectUris: readonly string[];
  /** Without it no webhooks are sent. */
  webhookUrl: string | undefined;
  blocked: boolean;
}

/** The answer of a bank to a webhook. */
export interface BankReply {
  status: number;
  bytes: Buffer;
}

/** How webhooks reach a bank. */
export interface BankLine {
  /** @throws Error when there is no answer. */
  send(message: BankMessage, signal: AbortSignal): Promise<BankReply>;
}

/** A bank behind the hub. */
export interface Bank {
  /** BIC-like, such as `SWED22LT`. */
  identifier: string;
  name: string;
  country: string;
  scopes: readonly Scope[];
  paymentSchemes: readonly Scheme[];
  directPaymentSupport: boolean;
  apiKey: string;
  /** Sent on webhooks with `apiKeys: separate`. */
  webhookApiKey: string;
  /** The bank's page where an authorisation begins. */
  authorizeUrl: () => string;
  /** Undefined for the built-in bank. */
  webhookBaseUrl: string | undefined;
  /** The bank's public key: its Actions are verified with it. */
  publicKey: KeyObject;
  /** The hub's private key: webhooks to this bank are signed with it. */
  hubKey: KeyObject;
  blocked: boolean;
  /** Instead of the hub's setting. */
  oneTime: Settings['oneTime'] | undefined;
  line: BankLine;
}

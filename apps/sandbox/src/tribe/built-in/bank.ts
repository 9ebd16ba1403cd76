import { createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { act } from '../actions/act.js';
import type { Answer, Json } from '../answer.js';
import type { BankMessage } from '../bank-message/open-message.js';
import { RequestBook } from '../bank-message/request-book.js';
import { newSecret } from '../consent.js';
import type { Hub } from '../hub.js';
import type { Action } from '../operations.js';
import type { Bank, BankReply } from '../parties.js';
import { signBody } from '../raw-signature.js';
import type { Scope } from '../vocabulary.js';
import type { Account, Customer } from './customer.js';
import type { BankPayment } from './payment.js';
import { seedCustomers, type BankPlan } from './seed.js';

/** A token as the bank keeps it. */
export interface BankToken {
  customer: Customer;
  scopes: readonly Scope[];
  accounts: readonly Account[];
  validUntil: Date;
  revoked: boolean;
}

/** A PSU who is logged in to answer one question. */
export interface Visit {
  key: string;
  customer: Customer;
  about: { kind: 'consent'; requestUrl: string; shown: Json } | { kind: 'payment'; payment: BankPayment };
}

/**
 * A bank that lives in the hub but speaks with it as any other does: signed webhooks come in as bytes, Actions go out as
 * signed bytes. It lets TPPs be tried without a bank of one's own.
 */
export class BuiltInBank {
  readonly customers: readonly Customer[];
  readonly tokens = new Map<string, BankToken>();
  readonly payments = new Map<string, BankPayment>();
  readonly visits = new Map<string, Visit>();
  readonly record: Bank;
  /** Answers to the hub's requests, by their ids. */
  readonly requests = new RequestBook();
  private ownKey: KeyObject | undefined;

  constructor(
    readonly hub: Hub,
    readonly plan: BankPlan,
    receive: (bank: BuiltInBank, message: BankMessage) => BankReply,
  ) {
    this.customers = seedCustomers(plan, hub.seed, hub.name, hub.clock.today());
    const apiKey = newSecret(16);
    const key = () => this.key;
    this.record = {
      identifier: plan.identifier,
      name: plan.name,
      country: plan.country,
      scopes: plan.scopes,
      paymentSchemes: plan.schemes,
      directPaymentSupport: plan.direct,
      apiKey,
      webhookApiKey: newSecret(16),
      authorizeUrl: () => `${this.pages}/authorize`,
      webhookBaseUrl: undefined,
      get publicKey() {
        return createPublicKey(key());
      },
      get hubKey() {
        return hub.key;
      },
      blocked: false,
      oneTime: undefined,
      line: { send: async (message) => receive(this, message) },
    };
  }

  /** Where its pages are. */
  get pages(): string {
    return `${this.hub.address}/ui/banks/${this.plan.identifier}`;
  }

  private get key(): KeyObject {
    this.ownKey ??= generateKeyPairSync('rsa', { modulusLength: this.hub.settings.keyBits }).privateKey;
    return this.ownKey;
  }

  /** Calls the hub. */
  call(name: Action, body: Json): Answer {
    const bytes = Buffer.from(JSON.stringify(body));
    const headers = {
      'x-api-key': this.record.apiKey,
      'x-request-id': randomUUID(),
      'content-type': 'application/json',
      'x-signature': signBody(bytes, this.key),
    };
    return act(this.hub, { name, headers, bytes }, true);
  }

  /** Finds who may log in. */
  login(username: string, password: string): Customer | undefined {
    return this.customers.find((one) => one.username === username && one.password === password);
  }
}

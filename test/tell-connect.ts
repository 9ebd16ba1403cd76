import { exampleSettings } from '../libs/providers/src/tell-connect/example.js';
import { createTellConnect } from '../libs/providers/src/tell-connect/provider.js';
import type { TellConnectSettings } from '../libs/providers/src/tell-connect/settings.js';
import type { HeldConsent, HeldPayment, Provider, TokenSet } from '@tributary/providers';
import { type Reply, type ScriptedUpstream, startUpstream, wireSample } from './upstream.js';
import { heldConsent, heldPayment, now, tokenStore } from './xs2a.js';

/** A connection to a scripted tell.connect. */
export interface TestTellConnect {
  readonly bank: ScriptedUpstream;
  readonly accounts: NonNullable<Provider['accounts']>;
  readonly authorisation: NonNullable<Provider['authorisation']>;
  readonly payments: NonNullable<Provider['payments']>;
  readonly warnings: readonly string[];
  /** Paths that the bank was asked for, with their methods. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

export const callback = { url: 'https://us.example/callbacks/tell-connect', state: 'a-way-back' };
export const bearer: TokenSet = {
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  expiresAt: '2026-03-02T11:00:00Z',
  scope: 'balance:read,product:read,accounts:read,beneficiaries:read,transactions:read',
};
export const base = '/v1';

export async function startTellConnect(settings: Partial<TellConnectSettings> = {}): Promise<TestTellConnect> {
  const bank = await startUpstream();
  const warnings: string[] = [];
  const provider = createTellConnect(
    { ...exampleSettings, baseUrl: `${bank.origin}${base}`, timeoutSeconds: 1, ...settings },
    {
      connectionId: 'cnn_1',
      environment: 'sandbox',
      addresses: null,
      now: () => now,
      report: () => undefined,
      warn: ({ operation, message }) => warnings.push(`${operation}: ${message}`),
    },
  );
  const { accounts, authorisation, payments } = provider;
  if (!accounts || !authorisation || !payments) throw new Error('a capability is missing');
  return {
    bank,
    accounts,
    authorisation,
    payments,
    warnings,
    asked: () => bank.seen.map(({ method, path }) => `${method} ${path}`),
    async stop() {
      await provider.close();
      await bank.stop();
    },
  };
}

/** A documented sample as the bank's answer. */
export function sample(name: string, status = 200): Reply {
  return { status, text: wireSample('tell-connect', name), headers: { 'content-type': 'application/json' } };
}

/** A consent that the PSU gave. */
export function grantedConsent(change: Partial<HeldConsent> = {}): HeldConsent {
  return heldConsent(undefined, {
    reference: 'a077e84b-a815-4ed3-81c0-8f85d55e7c47',
    continuation: { validUntil: '2026-05-01', endsAt: '2026-05-31T10:00:00.000Z' },
    tokens: tokenStore(bearer),
    ...change,
  });
}

/** An order that tell.connect can carry, with the PSU's consent to it. */
export function tellPayment(change: Partial<HeldPayment> = {}): HeldPayment {
  const held = heldPayment();
  const { amount, creditor } = held.order;
  return {
    ...held,
    tokens: tokenStore(bearer),
    order: {
      amount: { ...amount, currency: 'GBP' },
      creditor: { name: creditor.name, account: { scheme: 'sortCodeAccountNumber', value: '20405112345678' } },
      endToEndId: '01J',
      endToEndIdIsOurs: true,
      remittance: { unstructured: 'INV-1' },
    },
    ...change,
  };
}

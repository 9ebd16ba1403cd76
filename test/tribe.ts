import { createTribe } from '../libs/providers/src/tribe/provider.js';
import type { TppSettings } from '../libs/providers/src/tribe/tpp-settings.js';
import type { HeldConsent, HeldPayment, PaymentSnapshot, Provider, TokenSet, UpstreamCall } from '@tributary/providers';
import type { AnyOrder } from '@tributary/domain';
import { pem } from './certificates.js';
import { type Reply, type ScriptedUpstream, startUpstream, wireSample } from './upstream.js';
import { heldBulk, heldConsent, heldPayment, now, tokenStore } from './xs2a.js';

/** A connection in which we are a TPP, against a scripted hub. */
export interface TestTribe {
  readonly hub: ScriptedUpstream;
  readonly provider: Provider;
  readonly accounts: NonNullable<Provider['accounts']>;
  readonly authorisation: NonNullable<Provider['authorisation']>;
  readonly payments: NonNullable<Provider['payments']>;
  readonly bulkPayments: NonNullable<Provider['bulkPayments']>;
  readonly funds: NonNullable<Provider['funds']>;
  readonly warnings: readonly string[];
  readonly calls: readonly UpstreamCall[];
  /** Paths that the hub was asked for, with their methods. */
  asked(): readonly string[];
  /** From now on it is so many seconds later. */
  elapse(seconds: number): void;
  /** Another connection to the same hub. */
  with(settings: Partial<TppSettings>): TestTribe;
  stop(): Promise<void>;
}

export const callback = { url: 'https://us.example/callbacks/tribe', state: 's+1/é' };
export const bearer: TokenSet = { accessToken: 'bearer-1', expiresAt: '2026-05-30T10:00:00Z' };
/** What Tribe's documentation gives as the prefix of the TPP API. */
export const base = '/tpp/v2';

export async function startTribe(settings: Partial<TppSettings> = {}): Promise<TestTribe> {
  const hub = await startUpstream();
  hub.on(`GET ${base}/banks`, sample('banks-1'), sample('banks-2'));
  return connect(hub, settings);
}

function connect(hub: ScriptedUpstream, settings: Partial<TppSettings>): TestTribe {
  const warnings: string[] = [];
  const calls: UpstreamCall[] = [];
  let clock = now.getTime();
  const provider = createTribe(
    {
      tpp: {
        baseUrl: `${hub.origin}${base}`,
        authorizeUrl: `${hub.origin}/oauth/authorize`,
        tokenUrl: `${hub.origin}/oauth/token`,
        clientId: 'tpp-1',
        certificatePem: pem('qseal'),
        privateKeyPem: pem('qseal-key'),
        timeoutSeconds: 1,
        ...settings,
      },
    },
    {
      connectionId: 'cnn_1',
      environment: 'sandbox',
      addresses: null,
      now: () => new Date(clock),
      report: (call) => calls.push(call),
      warn: ({ operation, message }) => warnings.push(`${operation}: ${message}`),
    },
  );
  const { accounts, authorisation, payments, bulkPayments, funds } = provider;
  if (!accounts || !authorisation || !payments || !bulkPayments || !funds) throw new Error('a capability is missing');
  return {
    hub,
    provider,
    accounts,
    authorisation,
    payments,
    bulkPayments,
    funds,
    warnings,
    calls,
    asked: () => hub.seen.map(({ method, path }) => `${method} ${path}`),
    elapse: (seconds) => {
      clock += seconds * 1_000;
    },
    with: (others) => connect(hub, { ...settings, ...others }),
    async stop() {
      await provider.close();
      await hub.stop();
    },
  };
}

/** A documented sample as the hub's answer. */
export function sample(name: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, text: wireSample('tribe', name), headers: { 'content-type': 'application/json', ...headers } };
}

/** A consent that the PSU gave for everything about accounts. */
export function grantedConsent(change: Partial<HeldConsent> = {}): HeldConsent {
  return heldConsent(undefined, {
    institutionReference: 'FIXTGB22',
    continuation: { scopes: ['accounts', 'accounts.balances', 'accounts.transactions'] },
    tokens: tokenStore(bearer),
    ...change,
  });
}

/** An order that Tribe can carry, at a bank with direct payments. */
export function tribePayment(change: Partial<HeldPayment> = {}): HeldPayment {
  const held = heldPayment();
  return {
    ...held,
    institutionReference: 'FIXTGB22',
    order: { ...held.order, endToEndId: '01J', endToEndIdIsOurs: true },
    ...change,
  };
}

export function tribeBulk(): ReturnType<typeof heldBulk> {
  const held = heldBulk();
  const items = held.order.items.map((item) => ({ ...item, endToEndIdIsOurs: true as const }));
  return { ...held, institutionReference: 'FIXTGB22', order: { ...held.order, items }, tokens: tokenStore(bearer) };
}

/** A payment as it is kept after Tribe answered to its initiation. */
export function sent<Order extends AnyOrder>(
  payment: HeldPayment<Order>,
  { reference, continuation }: PaymentSnapshot,
): HeldPayment<Order> {
  // What is kept goes through a database: it must be JSON.
  return { ...payment, reference, continuation: JSON.parse(JSON.stringify(continuation)) };
}

import { createXs2a } from '../libs/providers/src/xs2a/provider.js';
import type { Xs2aSettings } from '../libs/providers/src/xs2a/settings.js';
import type { AnyOrder, BulkOrder } from '@tributary/domain';
import type {
  AuthorisationSnapshot,
  CallContext,
  ConsentOrder,
  ConsentSnapshot,
  HeldAuthorisation,
  HeldBasket,
  HeldConsent,
  HeldPayment,
  PaymentSnapshot,
  Provider,
  TokenSet,
  TokenStore,
  UpstreamCall,
} from '@tributary/providers';
import { type Reply, type ScriptedUpstream, startUpstream, wireSample } from './upstream.js';

/** An XS2A provider against a scripted bank. */
export interface TestXs2a {
  readonly bank: ScriptedUpstream;
  readonly provider: Provider;
  readonly accounts: NonNullable<Provider['accounts']>;
  readonly authorisation: NonNullable<Provider['authorisation']>;
  readonly payments: NonNullable<Provider['payments']>;
  readonly warnings: readonly string[];
  readonly calls: readonly UpstreamCall[];
  /** Another connection to the same bank. */
  with(settings: Partial<Xs2aSettings>): TestXs2a;
  stop(): Promise<void>;
}

export const now = new Date('2026-03-02T10:00:00Z');
export const context: CallContext = { traceId: 'trace-1', psu: {} };
export const callback = { url: 'https://us.example/callbacks/xs2a', state: 's+1/é' };

export async function startXs2a(settings: Partial<Xs2aSettings> = {}): Promise<TestXs2a> {
  return connect(await startUpstream(), settings);
}

function connect(bank: ScriptedUpstream, settings: Partial<Xs2aSettings>): TestXs2a {
  const warnings: string[] = [];
  const calls: UpstreamCall[] = [];
  const provider = createXs2a(
    {
      baseUrl: bank.origin,
      institution: { name: 'MockBank', country: 'DE' },
      scaPreference: 'embedded',
      timeoutSeconds: 1,
      ...settings,
    },
    {
      connectionId: 'cnn_1',
      environment: 'sandbox',
      addresses: null,
      now: () => now,
      report: (call) => calls.push(call),
      warn: ({ operation, message }) => warnings.push(`${operation}: ${message}`),
    },
  );
  const { accounts, authorisation, payments } = provider;
  if (!accounts || !authorisation || !payments) throw new Error('a capability is missing');
  return {
    bank,
    provider,
    accounts,
    authorisation,
    payments,
    warnings,
    calls,
    with: (others) => connect(bank, { ...settings, ...others }),
    async stop() {
      await provider.close();
      await bank.stop();
    },
  };
}

/** A documented sample as the bank's answer. */
export function sample(name: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, text: wireSample('xs2a', name), headers: { 'content-type': 'application/json', ...headers } };
}

/** A token store with a single flight, as the platform lends one. */
export function tokenStore(held: TokenSet | null = null): TokenStore & { set(tokens: TokenSet): void } {
  let tokens = held;
  let flight: Promise<TokenSet> | null = null;
  return {
    set: (fresh) => {
      tokens = fresh;
    },
    read: () => Promise.resolve(tokens),
    refresh: async (stale, exchange) => {
      if (tokens !== null && tokens.accessToken !== stale.accessToken) return tokens;
      flight ??= exchange(tokens ?? stale).finally(() => {
        flight = null;
      });
      tokens = await flight;
      return tokens;
    },
  };
}

/** A day on which nobody has called yet. */
const unattended = { take: () => Promise.resolve(null) };

export function consentOrder(change: Partial<ConsentOrder> = {}): ConsentOrder {
  return {
    id: 'con_1',
    institutionReference: 'bank',
    psu: { id: 'anna' },
    access: ['accounts', 'balances', 'transactions'],
    recurring: true,
    validUntil: '2030-06-30',
    frequencyPerDay: 4,
    callback,
    tokens: tokenStore(),
    unattended,
    continuation: null,
    ...change,
  };
}

export function heldConsent(snapshot?: ConsentSnapshot, change: Partial<HeldConsent> = {}): HeldConsent {
  const { id, institutionReference, psu, access, tokens } = consentOrder();
  const reference = snapshot === undefined ? 'con-7' : snapshot.reference;
  const continuation = snapshot?.continuation ?? null;
  return { id, reference, institutionReference, psu, access, tokens, unattended, continuation, ...change };
}

export function heldAuthorisation(snapshot: AuthorisationSnapshot): HeldAuthorisation {
  const { reference, approach, nextStep, continuation } = snapshot;
  // What is kept goes through a database: it must be JSON.
  return { id: 'aut_1', reference, approach, nextStep, continuation: JSON.parse(JSON.stringify(continuation)) };
}

/** A payment as it is kept after the bank answered to its initiation. */
export function sentPayment<Order extends AnyOrder>(
  payment: HeldPayment<Order>,
  { reference, continuation }: PaymentSnapshot,
): HeldPayment<Order> {
  // What is kept goes through a database: it must be JSON.
  return { ...payment, reference, continuation: JSON.parse(JSON.stringify(continuation)) };
}

export function heldBulk(change: Partial<HeldPayment<BulkOrder>> = {}): HeldPayment<BulkOrder> {
  const { order, ...single } = heldPayment();
  const { creditor, remittance, scheme } = order;
  const item = (endToEndId: string, minor: bigint) => ({
    amount: { minor, currency: 'EUR' },
    creditor,
    endToEndId,
    remittance,
  });
  return {
    ...single,
    order: {
      debtor: { account: { scheme: 'iban', value: 'DE45999433193536310578' } },
      amount: { minor: 3000n, currency: 'EUR' },
      items: [item('I-1', 1000n), item('I-2', 2000n)],
      scheme,
    },
    ...change,
  };
}

export function heldBasket(change: Partial<HeldBasket> = {}): HeldBasket {
  return {
    id: 'bsk_1',
    reference: null,
    institutionReference: 'bank',
    psu: { id: 'anna' },
    payments: [heldPayment({ reference: 'pmt-9' })],
    consents: [],
    continuation: null,
    tokens: tokenStore(),
    ...change,
  };
}

export function heldPayment(change: Partial<HeldPayment> = {}): HeldPayment {
  return {
    id: 'pay_1',
    reference: null,
    institutionReference: 'bank',
    psu: { id: 'anna' },
    order: {
      amount: { minor: 1250n, currency: 'EUR' },
      creditor: { name: 'Shop', account: { scheme: 'iban', value: 'DE89370400440532013000' } },
      debtor: { account: { scheme: 'iban', value: 'DE45999433193536310578' } },
      endToEndId: 'E2E-1',
      scheme: 'SEPA_CREDIT_TRANSFER',
      remittance: { unstructured: 'Order 1' },
    },
    continuation: null,
    tokens: tokenStore(),
    ...change,
  };
}

import { type AnyOrder, isBulk, isFinal, type Money, MoneyError } from '@tributary/domain';
import { MalformedAnswer, plainJson } from '../kit/json.js';
import { browserLink } from '../kit/links.js';
import { withoutSecrets } from '../kit/redaction.js';
import {
  type CallbackTarget,
  type CallContext,
  type HeldPayment,
  type PaymentInitiation,
  type PaymentSnapshot,
  ProviderError,
  type ProviderDeps,
} from '../port/index.js';
import type { Answered, TribeClient } from './client.js';
import { grantSnapshot, linkSnapshot } from './conversation.js';
import { identifiersOf, moneyOf } from './identifiers.js';
import type { Bank, Directory } from './institutions.js';
import type { Grants } from './oauth.js';
import { initiationBody, refused, wireScheme } from './payment-order.js';
import {
  coveredByConsent,
  isChooser,
  keptPayment,
  paymentPath,
  paymentScope,
  paymentStateOf,
  routeFor,
  tokensFor,
} from './payment-route.js';
import { paymentSchemes } from './schemes.js';
import { providerId } from './settings.js';
import { paymentStatus } from './status.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';
import { bulkContent, paymentCreated, paymentStatusAnswer, singleContent } from './wire.js';

/**
 * Single, direct and bulk payments. Tribe recognises no repeated initiation and lists no payments: an order is sent at most once,
 * and one whose answer was lost stays unknown. A payment has one confirmation page, made with it.
 */
export function createPayments<Order extends AnyOrder>(
  settings: TppSettings,
  deps: ProviderDeps,
  client: TribeClient,
  directory: Directory,
  grants: Grants,
): PaymentInitiation<Order> {
  const { comparePayments } = { ...tppDefaults, ...settings };

  const bankOf = (payment: HeldPayment<AnyOrder>, context: CallContext): Promise<Bank | null> =>
    isChooser(payment) ? Promise.resolve(null) : directory.find(payment.institutionReference, context);

  function snapshot(
    word: string,
    rest: Omit<PaymentSnapshot, 'status' | 'upstreamStatus' | 'observedAt'>,
  ): PaymentSnapshot {
    const status = paymentStatus(word);
    if (status === null) {
      deps.warn({ operation: 'readPaymentStatus', message: `unknown transactionStatus ${word.slice(0, 60)}` });
    }
    return { status, upstreamStatus: word, observedAt: deps.now(), ...rest };
  }

  /** A link that no browser can open loses the PSU's way, not the payment: its id is what counts. */
  function linkOf({ value, url }: Answered<{ links?: { scaRedirect?: { href: string } | undefined } | undefined }>) {
    const href = value.links?.scaRedirect?.href;
    if (href === undefined) return undefined;
    try {
      return browserLink(href, url, '_links.scaRedirect');
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      deps.warn({ operation: 'initiatePayment', message: error.message });
      return undefined;
    }
  }

  /** Amount and creditor as Tribe keeps them; null where it will not say now. */
  async function contentOf(payment: HeldPayment<Order>, context: CallContext) {
    const route = paymentStateOf(payment)?.route ?? 'granted';
    const tokens = tokensFor(payment, route);
    const spec = { operation: 'readPayment', method: 'GET', path: paymentPath(payment, route), tokens } as const;
    try {
      if (isBulk(payment.order)) {
        const { value, tree } = await client.call(spec, context, bulkContent);
        return { amount: sumOf(value.payments.map((item) => moneyOf(item.instructedAmount))), tree };
      }
      const { value, tree } = await client.call(spec, context, singleContent);
      const creditorAccount = value.creditorAccount && identifiersOf(value.creditorAccount)[0]?.value;
      return { amount: moneyOf(value.instructedAmount), creditorAccount, tree };
    } catch (error) {
      const later = error instanceof ProviderError && /^(unavailable|rate-limited)$/.test(error.kind);
      if (later) return null;
      const unreadable = error instanceof ProviderError || error instanceof MoneyError;
      if (!unreadable) throw error;
      deps.warn({ operation: spec.operation, message: `the content could not be compared: ${error.message}` });
      return {};
    }
  }

  return {
    recovery: { by: 'none' },

    check(payment) {
      initiationBody(payment.order, settings);
      if (isBulk(payment.order) && isChooser(payment)) throw refused('institutionId', 'a bulk payment needs a bank');
    },

    schemeFor(order) {
      const scheme = wireScheme(order, settings);
      return scheme && paymentSchemes[scheme];
    },

    async prepare(payment, callback, context) {
      const bank = await bankOf(payment, context);
      const { scheme } = payment.order;
      if (bank && scheme !== undefined && !bank.schemes.some((one) => one === scheme)) {
        throw refused('scheme', 'this bank does not offer it');
      }
      if (coveredByConsent(payment)) return null;
      if (payment.consent) throw refused('consentId', 'it covers no such payments: ask for it with combinedService');
      if (bank === null || routeFor(payment, bank, settings) !== 'granted') return null;
      const scope = paymentScope(payment.order);
      if (!bank.scopes.includes(scope)) throw refused('institutionId', `this bank does not offer ${scope}`);
      if ((await payment.tokens.read()) !== null) return null;
      const { url, grant } = grants.begin(bank.identifier, [scope], callback);
      return grantSnapshot(url, grant, deps.now());
    },

    async initiate(payment, callback, context) {
      const body = initiationBody(payment.order, settings);
      const route = routeFor(payment, await bankOf(payment, context), settings);
      const answered = await client.call(
        {
          operation: 'initiatePayment',
          method: 'POST',
          path: paymentPath(payment, route),
          headers: initiationHeaders(callback, context, route !== 'direct'),
          body,
          movesMoney: true,
          tokens: tokensFor(payment, route),
        },
        context,
        paymentCreated,
      );
      const { paymentId: reference, transactionStatus } = answered.value;
      const link = linkOf(answered);
      const linkEndsAt = link === undefined ? undefined : endOfLink(settings, deps.now());
      const over = isFinal(paymentStatus(transactionStatus));
      if (link === undefined && !over) {
        deps.warn({ operation: 'initiatePayment', message: 'a payment came without a page to confirm it' });
      }
      return snapshot(transactionStatus, {
        reference,
        authorisation: link === undefined || over ? undefined : linkSnapshot(link, linkEndsAt, deps.now()),
        continuation: keptPayment({ route, link, linkEndsAt, compared: !comparePayments }),
        raw: forTheRecord(answered.tree),
      });
    },

    async fetch(payment, context) {
      const { reference } = payment;
      const state = paymentStateOf(payment);
      if (reference === null || state === null) throw unnamed(context);
      const tokens = tokensFor(payment, state.route);
      const path = [...paymentPath(payment, state.route), 'status'];
      const spec = { operation: 'readPaymentStatus', method: 'GET', path, tokens } as const;
      const [{ value, tree }, content] = await Promise.all([
        client.call(spec, context, paymentStatusAnswer),
        state.compared ? null : contentOf(payment, context),
      ]);
      return snapshot(value.transactionStatus, {
        reference,
        amount: content?.amount,
        creditorAccount: content?.creditorAccount,
        continuation: keptPayment({ ...state, compared: state.compared || content !== null }),
        raw: forTheRecord(content?.tree === undefined ? tree : { status: tree, payment: content.tree }),
      });
    },
  };
}

/** Where the PSU comes back to, and their language, which one of the four operations does not declare. */
function initiationHeaders({ url, state }: CallbackTarget, { psu }: CallContext, withLanguage: boolean) {
  return {
    'TPP-Redirect-URI': `${url}?${new URLSearchParams({ state }).toString()}`,
    'Accept-Language': withLanguage ? psu.acceptLanguage : undefined,
  };
}

function endOfLink({ confirmationMinutes }: TppSettings, now: Date): string | undefined {
  if (confirmationMinutes === undefined) return undefined;
  return new Date(now.getTime() + confirmationMinutes * 60_000).toISOString();
}

/** undefined for amounts in several currencies, which is no sum. */
function sumOf(amounts: readonly Money[]): Money | undefined {
  const [first] = amounts;
  if (first === undefined || amounts.some(({ currency }) => currency !== first.currency)) return undefined;
  return { minor: amounts.reduce((sum, { minor }) => sum + minor, 0n), currency: first.currency };
}

const forTheRecord = (tree: unknown): unknown => withoutSecrets(plainJson(tree));

function unnamed({ traceId }: CallContext): ProviderError {
  const message = 'Tribe has not named this payment: the answer to its initiation is missing.';
  const operation = 'readPaymentStatus';
  return new ProviderError({ kind: 'not-found', provider: providerId, operation, traceId, message });
}

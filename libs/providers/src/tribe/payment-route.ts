import { type AnyOrder, isBulk } from '@tributary/domain';
import type { Continuation, HeldPayment, TokenStore } from '../port/index.js';
import { flag, oneOf, optional, type Read, record, text } from '../kit/json.js';
import { consentStateOf } from './consents.js';
import { type Bank, chooserReference } from './institutions.js';
import type { Scope } from './scopes.js';
import { tppDefaults, type TppSettings } from './tpp-settings.js';

/**
 * How a payment goes to its bank.
 * - `granted`  after a grant of its own for payments, or in the session of a consent that covers them
 * - `direct`   without any grant; only single payments, only at banks that support it
 * - `chooser`  without grant and bank: the PSU chooses one on Tribe's page
 */
export const routes = ['granted', 'direct', 'chooser'] as const;
export type Route = (typeof routes)[number];

const state = record({
  route: oneOf(routes),
  /** The PSU's confirmation page; there is one. */
  link: optional(text),
  /** RFC 3339; where its life is known. */
  linkEndsAt: optional(text),
  /** Content and order were compared. */
  compared: flag,
});
/** What is kept of a payment between two calls. */
export type PaymentState = Read<typeof state>;

export function paymentStateOf({ continuation }: Pick<HeldPayment<AnyOrder>, 'continuation'>): PaymentState | null {
  return continuation === null ? null : state(continuation, 'continuation');
}

export function keptPayment({ route, link, linkEndsAt, compared }: PaymentState): Continuation {
  return { route, compared, ...(link !== undefined && { link }), ...(linkEndsAt !== undefined && { linkEndsAt }) };
}

/** The scope that a payment needs, unless it is direct. */
export function paymentScope(order: AnyOrder): Scope {
  return isBulk(order) ? 'payments.bulk' : 'payments.single';
}

/** Which way a new payment takes. */
export function routeFor(payment: HeldPayment<AnyOrder>, bank: Bank | null, settings: TppSettings): Route {
  if (bank === null) return 'chooser';
  const { directPayments } = { ...tppDefaults, ...settings };
  const direct = directPayments !== 'never' && bank.directPayments && !isBulk(payment.order);
  return direct && !coveredByConsent(payment) ? 'direct' : 'granted';
}

/** Whose grant a payment uses; null: none. */
export function tokensFor(payment: HeldPayment<AnyOrder>, route: Route): TokenStore | null {
  if (route !== 'granted') return null;
  return coveredByConsent(payment) ? (payment.consent?.tokens ?? null) : payment.tokens;
}

/** Whether the payment runs in the session of a consent that covers payments of its kind. */
export function coveredByConsent({ consent, order }: HeldPayment<AnyOrder>): boolean {
  return consent !== undefined && consentStateOf(consent).scopes.includes(paymentScope(order));
}

/** The resource of payments, and with a reference one of them (TPP API v2, "Payments", "Direct payments"). */
export function paymentPath(payment: HeldPayment<AnyOrder>, route: Route): readonly string[] {
  const { institutionReference, reference, order } = payment;
  const collection = {
    granted: [isBulk(order) ? 'bulk-payments' : 'payments'],
    direct: ['direct', 'payments', institutionReference],
    chooser: ['direct', 'payments'],
  }[route];
  return reference === null ? collection : [...collection, reference];
}

/** Whether an institution stands for "the PSU chooses". */
export function isChooser({ institutionReference }: Pick<HeldPayment<AnyOrder>, 'institutionReference'>): boolean {
  return institutionReference === chooserReference;
}

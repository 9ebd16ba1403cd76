import type { AnyOrder } from '@tributary/domain';
import type { AuthorisationSubject, HeldBasket, HeldConsent, HeldPayment, TokenStore } from '../../port/index.js';
import type { Caller, Xs2aClient } from '../client.js';
import type { Service } from '../errors.js';
import { productFor } from '../payments/offer.js';
import { serviceFor } from '../payments/products.js';
import type { Xs2aSettings } from '../settings.js';
import { resourceOf, type ScaBeginning } from './conversation.js';

/** A consent, payment, cancellation or basket as the resource of the framework that an SCA is about. */
export interface ScaSubject {
  readonly service: Service;
  readonly reference: string | null;
  readonly state: ScaBeginning;
  readonly caller: Caller;
  /** OAuth scope of the framework (section 13.1), or of the profile. */
  readonly scope: string | undefined;
  /** The resource by the framework's own path, for what the bank gives no link for. */
  readonly url: URL;
  /** Its sub-resource for SCAs. */
  readonly authorisations: 'authorisations' | 'cancellation-authorisations';
}

/** The framework's scopes; for baskets it names none, and they are about payments first. */
const scopes = { consent: 'AIS:{id}', fundsConsent: 'PIIS:{id}', payment: 'PIS:{id}', basket: 'PIS:{id}' } as const;

function scopeOf(kind: keyof typeof scopes, reference: string | null, { profile }: Xs2aSettings): string | undefined {
  if (reference === null) return undefined;
  const own = profile?.oauth?.scopes?.[kind === 'fundsConsent' ? 'consent' : kind];
  return (own ?? scopes[kind]).replaceAll('{id}', () => reference);
}

export function scaSubject(subject: AuthorisationSubject, settings: Xs2aSettings, client: Xs2aClient): ScaSubject {
  switch (subject.type) {
    case 'consent':
      return consentSubject(subject.consent, settings, client);
    case 'payment':
      return paymentSubject(subject.payment, settings, client);
    case 'cancellation': {
      const state = resourceOf(subject.payment.continuation).cancellation ?? { links: {}, opened: false, sca: {} };
      const payment = paymentSubject(subject.payment, settings, client);
      return { ...payment, state, authorisations: 'cancellation-authorisations' };
    }
    case 'basket':
      return basketSubject(subject.basket, settings, client);
  }
}

export function consentSubject(consent: HeldConsent, settings: Xs2aSettings, client: Xs2aClient): ScaSubject {
  const { reference, psu, tokens, continuation, access } = consent;
  const aboutFunds = access.includes('fundsConfirmation');
  const path = aboutFunds ? ['v2', 'consents', 'confirmation-of-funds'] : ['v1', 'consents'];
  return {
    service: 'ais',
    reference,
    state: resourceOf(continuation),
    caller: { psu, tokens },
    scope: scopeOf(aboutFunds ? 'fundsConsent' : 'consent', reference, settings),
    url: client.url(...path, reference ?? ''),
    authorisations: 'authorisations',
  };
}

export function paymentSubject(payment: HeldPayment<AnyOrder>, settings: Xs2aSettings, client: Xs2aClient): ScaSubject {
  return {
    service: 'pis',
    reference: payment.reference,
    state: resourceOf(payment.continuation),
    caller: paymentCaller(payment),
    scope: scopeOf('payment', payment.reference, settings),
    url: paymentUrl(payment, settings, client),
    authorisations: 'authorisations',
  };
}

export function basketSubject(basket: HeldBasket, settings: Xs2aSettings, client: Xs2aClient): ScaSubject {
  const { reference, psu, continuation } = basket;
  const tokens = basketTokens(basket, settings);
  return {
    service: 'pis',
    reference,
    state: resourceOf(continuation),
    caller: { psu, tokens },
    scope: scopeOf('basket', reference, settings),
    url: client.url('v1', 'signing-baskets', reference ?? ''),
    authorisations: 'authorisations',
  };
}

/** Where a login comes before everything, a basket's PSU had theirs for its members: a basket has none of its own. */
function basketTokens({ psu, payments, consents, tokens }: HeldBasket, { oauth }: Xs2aSettings): TokenStore {
  if (oauth?.mode !== 'pre-step') return tokens;
  const member = [...payments, ...consents].find((one) => one.psu.id === psu.id);
  return member?.tokens ?? tokens;
}

export function paymentCaller({ psu, tokens, consent }: HeldPayment<AnyOrder>): Caller {
  return { psu, tokens, consentReference: consent?.reference };
}

/** The payment by the framework's path; its product is the one that it was sent with, whatever the settings say by now. */
export function paymentUrl(payment: HeldPayment<AnyOrder>, settings: Xs2aSettings, client: Xs2aClient): URL {
  const { order } = payment;
  const product = resourceOf(payment.continuation).product ?? productFor(order, settings)?.name ?? '';
  return client.url('v1', serviceFor(order), product, payment.reference ?? '');
}

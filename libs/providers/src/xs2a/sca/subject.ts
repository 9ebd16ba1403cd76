import type { AnyOrder } from '@tributary/domain';
import { type AuthorisationSubject, type HeldPayment, ProviderError } from '../../port/index.js';
import type { Caller, Xs2aClient } from '../client.js';
import { type ResourceState, resourceOf } from './conversation.js';
import type { Service } from '../errors.js';
import { productFor } from '../payments/products.js';
import { providerId, type Xs2aSettings } from '../settings.js';
import { allProducts } from '../payments/products.js';

/** A consent or payment as the resource of the framework that an SCA is about. */
export interface ScaSubject {
  readonly service: Service;
  readonly reference: string | null;
  readonly state: ResourceState;
  readonly caller: Caller;
  /** OAuth scope of the framework (section 13.1). */
  readonly scope: string | undefined;
  /** The resource by the framework's own path, for what the bank gives no link for. */
  readonly url: URL;
}

export function scaSubject(subject: AuthorisationSubject, settings: Xs2aSettings, client: Xs2aClient): ScaSubject {
  if (subject.type === 'consent') {
    const { reference, psu, tokens, continuation } = subject.consent;
    return {
      service: 'ais',
      reference,
      state: resourceOf(continuation),
      caller: { psu, tokens },
      scope: reference === null ? undefined : `AIS:${reference}`,
      url: client.url('v1', 'consents', reference ?? ''),
    };
  }
  if (subject.type !== 'payment') {
    const message = `This connection has no SCA for a ${subject.type}.`;
    throw new ProviderError({ kind: 'unsupported', provider: providerId, operation: 'authorise', message });
  }
  const { payment } = subject;
  const { reference } = payment;
  return {
    service: 'pis',
    reference,
    state: resourceOf(payment.continuation),
    caller: paymentCaller(payment),
    scope: reference === null ? undefined : `PIS:${reference}`,
    url: paymentUrl(payment, settings, client),
  };
}

export function paymentCaller({ psu, tokens, consent }: HeldPayment<AnyOrder>): Caller {
  return { psu, tokens, consentReference: consent?.reference };
}

/** The payment by the framework's path; its product is the one that it was sent with, whatever the settings say by now. */
export function paymentUrl(payment: HeldPayment<AnyOrder>, settings: Xs2aSettings, client: Xs2aClient): URL {
  const offered = settings.paymentProducts ?? allProducts;
  const product = resourceOf(payment.continuation).product ?? productFor(payment.order.scheme, offered) ?? '';
  return client.url('v1', 'payments', product, payment.reference ?? '');
}

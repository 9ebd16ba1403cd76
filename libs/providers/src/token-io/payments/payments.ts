import type { PaymentInitiation } from '../../port/index.js';
import type { TokenIoSettings } from '../settings.js';
import { paymentStateOf } from '../sca/talk.js';
import { checkOrder, isV1, schemeFor } from './order-check.js';
import type { PaymentsV1 } from './v1.js';
import type { PaymentsV2 } from './v2.js';

/** Payments over both of Token.io's interfaces; which one a payment went by is kept with it. */
export function createPayments(settings: TokenIoSettings, v1: PaymentsV1, v2: PaymentsV2): PaymentInitiation {
  const quietSeconds = settings.assumptions?.lookUpQuietSeconds ?? 60;
  return {
    // Only payments v2 can be found by our reference. A v1 request whose answer was lost is one that nobody can authorise.
    recovery: settings.paymentsVersion === 'v1' ? { by: 'none' } : { by: 'look-up-by-reference', quietSeconds },
    features: ['recurring', 'futureDated'],
    check: (payment) => checkOrder(payment, settings),
    schemeFor: (order) => schemeFor(order, settings),
    initiate: (payment, callback, context) =>
      isV1(payment.order, settings) ? v1.initiate(payment, callback, context) : v2.initiate(payment, callback, context),
    fetch: (payment, context) =>
      paymentStateOf(payment.continuation).version === 'v1' ? v1.fetch(payment, context) : v2.fetch(payment, context),
    findByReference: (payment, context) =>
      isV1(payment.order, settings) ? Promise.resolve(null) : v2.find(payment, context),
  };
}

import type { AnyOrder } from '@tributary/domain';
import { type PaymentInitiation, ProviderError, type ProviderDeps } from '../../port/index.js';
import type { Xs2aClient } from '../client.js';
import { paymentDisclosureOf } from '../disclosure.js';
import { startHeader, wishHeaders } from '../headers.js';
import { known } from '../precondition.js';
import { kept, resourceOf, scaMembers } from '../sca/conversation.js';
import type { Starter } from '../sca/start.js';
import { paymentCaller, paymentUrl, scaSubject } from '../sca/subject.js';
import type { Xs2aSettings } from '../settings.js';
import { paymentStatus, reasonOf } from '../status.js';
import { paymentCancelled } from '../wire.js';
import type { MakeSnapshot } from './snapshot.js';
import { forTheRecord } from './status-answer.js';

type Cancel<Order extends AnyOrder> = NonNullable<PaymentInitiation<Order>['cancel']>;

/** DELETE of a payment that may go on without an SCA says so with 204, one that may not with 202 (section 5.6). */
const needsAuthorisation = 202;

/**
 * Cancelling payments (Implementation Guidelines 1.3, section 5.6). DELETE is idempotent, and moves no money; what became of the
 * payment is for its status to say.
 */
export function createCancellation<Order extends AnyOrder>(
  settings: Xs2aSettings,
  deps: ProviderDeps,
  client: Xs2aClient,
  starter: Starter,
  snapshot: MakeSnapshot,
): Cancel<Order> {
  return async (payment, callback, context) => {
    const operation = 'cancelPayment';
    const reference = known(payment.reference, operation, context);
    const { scaPreference: approach = settings.scaPreference } = payment;
    const headers = { ...wishHeaders(approach, callback), ...startHeader(settings) };
    const url = paymentUrl(payment, settings, client);
    const spec = { operation, service: 'pis', method: 'DELETE', url, headers } as const;
    const answered = await client.call(spec, paymentCaller(payment), context, paymentCancelled).catch(tooLate);
    const { value, links, members, tree, httpStatus } = answered;
    const word = value?.transactionStatus;
    const cancelled = word !== undefined && paymentStatus(word, settings.profile?.paymentStatuses) === 'CANC';
    const authorisationRequired = httpStatus === needsAuthorisation && !cancelled;
    const begun = {
      links,
      opened: false,
      sca: value === undefined ? {} : scaMembers(members),
      approach: answered.approach,
    };
    const state = resourceOf(payment.continuation);
    const asked = { ...payment, continuation: kept({ ...state, cancellation: begun }) };
    const subject = scaSubject({ type: 'cancellation', payment: asked }, settings, client);
    const authorisation =
      authorisationRequired && value !== undefined
        ? await starter.opened(subject, { ...answered, value }, { approach, callback }, context)
        : undefined;
    const continuation = kept({ ...state, cancellation: { ...begun, opened: authorisation !== undefined } });
    const warn = (message: string): void => deps.warn({ operation, message });
    return {
      payment:
        value === undefined || word === undefined
          ? undefined
          : snapshot(word, reasonOf(value.tppMessages), {
              reference,
              ...paymentDisclosureOf(value, warn),
              continuation,
              raw: forTheRecord(tree),
            }),
      authorisationRequired,
      authorisation,
      continuation,
    };
  };
}

/** Banks that refuse the whole method for a payment say so with 405 (CANCELLATION_INVALID): the payment cannot be cancelled any more. */
function tooLate(error: unknown): never {
  if (!(error instanceof ProviderError) || error.facts.upstream?.httpStatus !== 405) throw error;
  const message = 'The institution does not cancel this payment, or not any more.';
  throw new ProviderError({ ...error.facts, kind: 'rejected', message });
}

import { MoneyError, type PaymentOrder } from '@tributary/domain';
import { plainJson } from '../../kit/json.js';
import { deriveReference } from '../../kit/reference.js';
import { withoutSecrets } from '../../kit/redaction.js';
import {
  type CallbackTarget,
  type CallContext,
  type HeldPayment,
  type PaymentSnapshot,
  ProviderError,
  type ProviderDeps,
} from '../../port/index.js';
import { formatMoney, parseMoney } from '@tributary/domain';
import { refIdForm } from '../request-parts.js';
import type { Answered, TokenIoClient } from '../client.js';
import { createPaymentSca } from '../sca/payment-sca.js';
import { keptPayment, paymentStateOf, type PaymentState } from '../sca/talk.js';
import type { TokenIoSettings } from '../settings.js';
import { judge, meaningIn, paymentStatuses } from '../status.js';
import { paymentAnswer, paymentList, type WirePayment } from '../wire.js';
import { creditorInformation, debtorInformation } from './creditor.js';
import { instrumentOf, primaryAndSecondary } from './order-check.js';
import { undecided } from './redemption.js';

type Reference = Pick<HeldPayment<never>, 'reference'>;

/** Payments v2 (tag "Payments v2"). */
export interface PaymentsV2 {
  initiate(payment: HeldPayment, callback: CallbackTarget, context: CallContext): Promise<PaymentSnapshot>;
  fetch(payment: HeldPayment, context: CallContext): Promise<PaymentSnapshot>;
  find(payment: HeldPayment, context: CallContext): Promise<PaymentSnapshot | null>;
  read(payment: Reference, context: CallContext): Promise<Answered<{ readonly payment: WirePayment }>>;
}

/** What became of a payment that we redeem. */
interface Redeemed {
  /** Token.io's answer; null: none that could be read. */
  readonly said: Answered<{ readonly payment: WirePayment }> | null;
  readonly state: PaymentState;
  readonly outcomeUnknown?: boolean;
}

export function createPaymentsV2(settings: TokenIoSettings, deps: ProviderDeps, client: TokenIoClient): PaymentsV2 {
  const ofPayment = createPaymentSca(deps, settings.callbackOwner === 'tpp');
  // Token.io then answers with what is known, before our own patience ends.
  const timeoutSeconds = settings.timeoutSeconds ?? 20;
  const answerWithinSeconds = Math.max(timeoutSeconds - 5, 1);
  // Longer than a request of ours may take, and than Token.io may take to show what it did.
  const quietMs = Math.max(settings.assumptions?.lookUpQuietSeconds ?? 60, timeoutSeconds * 4) * 1_000;
  const refIdOf = ({ id }: Pick<HeldPayment, 'id'>): string => deriveReference(deps.connectionId, id, refIdForm);

  function initiation(payment: HeldPayment, callback: CallbackTarget): object {
    const { order } = payment;
    const instrument = instrumentOf(order, settings);
    const refId = refIdOf(payment);
    const { primary, secondary } = primaryAndSecondary(order, instrument, settings, refId);
    const { chargeBearer, risk } = settings.paymentDefaults ?? {};
    const { onBehalfOfId, confirmFunds, returnRefundAccount, disableFutureDatedPaymentConversion } = settings;
    const debtor = debtorInformation(order.debtor, instrument, settings);
    return {
      bankId: payment.institutionReference,
      refId,
      remittanceInformationPrimary: primary,
      ...(secondary !== undefined && { remittanceInformationSecondary: secondary }),
      ...(onBehalfOfId !== undefined && { onBehalfOfId }),
      amount: { value: formatMoney(order.amount), currency: order.amount.currency },
      localInstrument: instrument,
      ...(debtor !== undefined && { debtor }),
      creditor: creditorInformation(order.creditor, instrument, settings),
      ...(order.executionDate !== undefined && { executionDate: order.executionDate }),
      ...(confirmFunds !== undefined && { confirmFunds }),
      ...(returnRefundAccount !== undefined && { returnRefundAccount }),
      ...(disableFutureDatedPaymentConversion !== undefined && { disableFutureDatedPaymentConversion }),
      callbackUrl: callback.url,
      callbackState: callback.state,
      ...(chargeBearer !== undefined && { chargeBearer }),
      ...(risk !== undefined && { risk }),
      flowType: settings.flow ?? 'API_ONLY',
    };
  }

  /** What a bank wants to know of the PSU at once, for connections that say what their fields mean. */
  function prefilled({ psu }: HeldPayment): Readonly<Record<string, string>> | undefined {
    const known = { psuId: psu.id, corporateId: psu.corporateId };
    const values = Object.entries(settings.initialEmbeddedAuth ?? {}).flatMap(([field, what]) => {
      const value = known[what];
      return value === undefined ? [] : [[field, value] as const];
    });
    return values.length === 0 ? undefined : Object.fromEntries(values);
  }

  /** The one place where what Token.io says of a payment becomes ours. */
  function snapshot(wire: WirePayment, order: PaymentOrder, before: PaymentState, raw: unknown): PaymentSnapshot {
    const meaning = meaningIn(paymentStatuses, wire.status);
    const judged =
      meaning &&
      judge(wire.status, meaning, {
        bankStatus: wire.bankPaymentStatus,
        reason: wire.statusReasonInformation,
        executionDate: order.executionDate,
        converted: wire.convertedToFutureDatedPayment,
        authorisedBefore: before.authorised ?? wire.bankTransactionId !== undefined,
        today: deps.now().toISOString().slice(0, 10),
        expiredUnauthorised: settings.assumptions?.expiredUnauthorised ?? 'CANC',
      });
    const { amount, creditor } = wire.initiation ?? {};
    return {
      reference: wire.id,
      status: judged?.status ?? null,
      upstreamStatus: wire.status,
      reason: judged?.reason,
      outcomeUnknown: judged?.outcomeUnknown,
      amount: amount && readable(amount.value, amount.currency),
      creditorAccount: creditor?.iban,
      authorisation: ofPayment(wire, null),
      continuation: keptPayment({ ...before, authorised: before.authorised === true || judged?.authorised === true }),
      observedAt: deps.now(),
      raw: withoutSecrets(plainJson(raw)),
    };
  }

  function readable(value: string, currency: string): PaymentSnapshot['amount'] {
    try {
      return parseMoney(value, currency);
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      deps.warn({ operation: 'readPayment', message: `the amount could not be compared: ${error.message}` });
      return undefined;
    }
  }

  const path = ({ reference }: Reference, ...below: readonly string[]) => ['v2', 'payments', reference ?? '', ...below];

  async function read(payment: Reference, context: CallContext) {
    const spec = {
      operation: 'readPayment',
      service: 'pis',
      method: 'GET',
      path: path(payment),
      answerWithinSeconds,
    } as const;
    return client.call(spec, context, paymentAnswer);
  }

  /**
   * Authorised and not yet with the bank. It is written down that the request leaves, then one of us sends it; what it did is
   * asked. A payment that still waits for it after the quiet time is one whose outcome nobody knows: Token.io documents
   * neither the request nor that it counts once, so it is sent again only where the connection says so.
   * @returns null where there is nothing to add to what Token.io says
   */
  async function redeemed(payment: HeldPayment, before: PaymentState, context: CallContext): Promise<Redeemed | null> {
    const nowMs = deps.now().getTime();
    if (before.redeemedAt !== undefined) {
      if (nowMs - Date.parse(before.redeemedAt) < quietMs) return null;
      const again = settings.assumptions?.lostRedemption === 'sentAgain';
      if (!again) return { said: null, state: before, outcomeUnknown: true };
    }
    const leaving = { ...before, redeemedAt: new Date(nowMs).toISOString() };
    if ((await payment.writeAhead?.(keptPayment(leaving))) !== true) return null;
    const spec = {
      operation: 'redeemPayment',
      service: 'pis',
      method: 'POST',
      path: path(payment, 'redeem'),
      body: {},
      movesMoney: true,
    } as const;
    try {
      return { said: await client.call(spec, context, paymentAnswer), state: leaving };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      deps.warn({ operation: spec.operation, message: error.message });
      if (undecided.has(error.kind)) return { said: null, state: leaving };
      // Refused, or it never left us: the next one may try again.
      await payment.writeAhead?.(keptPayment(before));
      return null;
    }
  }

  return {
    async initiate(payment, callback, context) {
      const initialEmbeddedAuth = prefilled(payment);
      const { value, tree } = await client.call(
        {
          operation: 'initiatePayment',
          service: 'pis',
          method: 'POST',
          path: ['v2', 'payments'],
          body: {
            initiation: initiation(payment, callback),
            // The PSU agreed in the app's own pages; hosted pages ask again by themselves.
            pispConsentAccepted: (settings.flow ?? 'API_ONLY') === 'API_ONLY',
            ...(initialEmbeddedAuth !== undefined && { initialEmbeddedAuth }),
          },
          answerWithinSeconds,
          movesMoney: true,
        },
        context,
        paymentAnswer,
      );
      return snapshot(value.payment, payment.order, paymentStateOf(null), tree);
    },

    read,

    async fetch(payment, context) {
      const asked = await read(payment, context);
      const before = paymentStateOf(payment.continuation);
      const due = settings.redemption === 'tpp' && asked.value.payment.status === 'INITIATION_PENDING_REDEMPTION';
      const redemption = due ? await redeemed(payment, before, context) : null;
      const { value, tree } = redemption?.said ?? asked;
      const { authorisation: _sca, ...heard } = snapshot(
        value.payment,
        payment.order,
        redemption?.state ?? before,
        tree,
      );
      return redemption?.outcomeUnknown === true ? { ...heard, outcomeUnknown: true } : heard;
    },

    async find(payment, context) {
      const refId = refIdOf(payment);
      const { onBehalfOfId } = settings;
      const { value, tree } = await client.call(
        {
          operation: 'findPayment',
          service: 'pis',
          method: 'GET',
          path: ['v2', 'payments'],
          query: { limit: 10, refIds: [refId], onBehalfOfId },
        },
        context,
        paymentList,
      );
      // A filter that was ignored must not give away another payment as this one.
      const found = value.payments.find((one) => one.initiation?.refId === refId);
      return found === undefined ? null : snapshot(found, payment.order, paymentStateOf(null), tree);
    },
  };
}

import { MoneyError, parseMoney } from '@tributary/domain';
import { plainJson } from '../../kit/json.js';
import { deriveReference } from '../../kit/reference.js';
import { withoutSecrets } from '../../kit/redaction.js';
import {
  type CallbackTarget,
  type CallContext,
  type HeldPayment,
  type PaymentSnapshot,
  type ProviderDeps,
} from '../../port/index.js';
import { refIdForm } from '../request-parts.js';
import type { TokenIoClient } from '../client.js';
import type { TokenRequests } from '../sca/requests.js';
import { keptPayment, paymentStateOf, type PaymentState } from '../sca/talk.js';
import type { TokenIoSettings } from '../settings.js';
import { judge, meaningIn, requestResult, requestResults, transferStatuses } from '../status.js';
import { transferAnswer, type WireRequestResult, type WireTransfer } from '../wire.js';
import { createRedemptions } from './redemption.js';
import { paymentRequest } from './token-request.js';

/** Payments v1 and standing orders: a token request, its SCA, a token, and for payments a transfer. */
export interface PaymentsV1 {
  initiate(payment: HeldPayment, callback: CallbackTarget, context: CallContext): Promise<PaymentSnapshot>;
  fetch(payment: HeldPayment, context: CallContext): Promise<PaymentSnapshot>;
}

export function createPaymentsV1(
  settings: TokenIoSettings,
  deps: ProviderDeps,
  client: TokenIoClient,
  requests: TokenRequests,
): PaymentsV1 {
  const expiredUnauthorised = settings.assumptions?.expiredUnauthorised ?? 'CANC';
  const redemptions = createRedemptions(settings, deps, client);
  const refIdOf = ({ id }: HeldPayment): string => deriveReference(deps.connectionId, id, refIdForm);
  const today = (): string => deps.now().toISOString().slice(0, 10);

  function snapshot(
    reference: string,
    word: string,
    judged: ReturnType<typeof judge> | undefined,
    state: PaymentState,
    rest: Pick<PaymentSnapshot, 'raw'> & Partial<PaymentSnapshot>,
  ): PaymentSnapshot {
    if (judged === undefined) deps.warn({ operation: 'readPayment', message: `unknown status ${word.slice(0, 60)}` });
    return {
      reference,
      status: judged?.status ?? null,
      upstreamStatus: word,
      reason: judged?.reason,
      outcomeUnknown: judged?.outcomeUnknown,
      continuation: keptPayment({ ...state, authorised: state.authorised === true || judged?.authorised === true }),
      observedAt: deps.now(),
      ...rest,
    };
  }

  function ofResult(payment: HeldPayment, said: WireRequestResult, state: PaymentState): PaymentSnapshot {
    const known = requestResult(said.status);
    const judged =
      known &&
      judge(said.status, known.payment, { reason: said.statusReasonInformation, today: today(), expiredUnauthorised });
    const next = { ...state, tokenId: said.tokenId ?? state.tokenId, transferId: said.transferId ?? state.transferId };
    return snapshot(payment.reference ?? '', said.status, judged, next, { raw: withoutSecrets(plainJson(said)) });
  }

  function ofTransfer(payment: HeldPayment, wire: WireTransfer, state: PaymentState, raw: unknown): PaymentSnapshot {
    const meaning = meaningIn(transferStatuses, wire.status);
    const judged =
      meaning &&
      judge(wire.status, meaning, {
        bankStatus: wire.providerDetails?.status,
        reason: wire.statusReasonInformation,
        executionDate: payment.order.executionDate,
        converted: wire.convertedToFutureDatedPayment,
        authorisedBefore: true,
        today: today(),
        expiredUnauthorised,
      });
    const { amount } = wire.payload ?? {};
    return snapshot(
      payment.reference ?? '',
      wire.status,
      judged,
      { ...state, transferId: wire.id, authorised: true },
      {
        amount: amount && readable(amount.value, amount.currency),
        raw: withoutSecrets(plainJson(raw)),
      },
    );
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

  async function readTransfer(id: string, context: CallContext) {
    const spec = { operation: 'readTransfer', service: 'pis', method: 'GET', path: ['transfers', id] } as const;
    return client.call(spec, context, transferAnswer);
  }

  return {
    async initiate(payment, callback, context) {
      // Nothing moves by a stored request: whoever never hears of it cannot be led through its SCA, and it lapses.
      const body = paymentRequest(payment, settings, deps.connectionId, callback);
      const reference = await requests.store('initiatePayment', body, 'pis', context);
      const state = { ...paymentStateOf(null), version: 'v1', standing: payment.order.recurrence !== undefined };
      const judged = judge('PENDING', requestResults.PENDING.payment, { today: today(), expiredUnauthorised });
      return snapshot(reference, 'PENDING', judged, state, { raw: { tokenRequestId: reference } });
    },

    async fetch(payment, context) {
      const state = paymentStateOf(payment.continuation);
      if (state.transferId !== undefined) {
        const { value, tree } = await readTransfer(state.transferId, context);
        return ofTransfer(payment, value.transfer, state, tree);
      }
      const said = await requests.result(payment.reference ?? '', 'pis', context);
      if (said.transferId !== undefined) {
        const { value, tree } = await readTransfer(said.transferId, context);
        return ofTransfer(payment, value.transfer, { ...state, tokenId: said.tokenId }, tree);
      }
      const redeemable = settings.redemption === 'tpp' && state.standing !== true && said.status === 'PROCESSED';
      if (!redeemable || said.tokenId === undefined) return ofResult(payment, said, state);
      const came = await redemptions.redeem(payment, said.tokenId, refIdOf(payment), state, context);
      if (came.found !== null) return ofTransfer(payment, came.found, came.state, came.tree);
      const still = ofResult(payment, said, came.state);
      return came.outcomeUnknown === true ? { ...still, outcomeUnknown: true } : still;
    },
  };
}

import { formatMoney } from '@tributary/domain';
import {
  type CallContext,
  type HeldPayment,
  type ProviderDeps,
  ProviderError,
  type ProviderErrorKind,
} from '../../port/index.js';
import type { TokenIoClient } from '../client.js';
import type { TokenIoSettings } from '../settings.js';
import { keptPayment, type PaymentState } from '../sca/talk.js';
import { transferAnswer, transferList, type WireTransfer } from '../wire.js';

/** After these nobody knows whether Token.io did what it was asked to. */
export const undecided: ReadonlySet<ProviderErrorKind> = new Set(['outcome-unknown', 'malformed']);

/** What became of a token that we redeem. */
export type Redemption =
  | { readonly found: WireTransfer; readonly tree: unknown; readonly state: PaymentState }
  /** No transfer is known. `outcomeUnknown`: there may be one all the same. */
  | { readonly found: null; readonly outcomeUnknown?: boolean; readonly state: PaymentState };

/** The transfer of a token, where Token.io does not make it by itself. */
export interface Redemptions {
  /** @param refId as in the token's request */
  redeem(
    payment: HeldPayment,
    tokenId: string,
    refId: string,
    state: PaymentState,
    context: CallContext,
  ): Promise<Redemption>;
}

/**
 * Redeems a token at most once. Token.io promises no idempotency: that a second transfer would be more than the token is
 * good for is not relied on. So what is there is taken; else it is written down that the one request leaves, and then it
 * does. One whose answer was lost is never repeated: a transfer that shows itself later tells, or a person.
 */
export function createRedemptions(
  settings: TokenIoSettings,
  deps: Pick<ProviderDeps, 'now' | 'warn'>,
  client: TokenIoClient,
): Redemptions {
  // Longer than the request that redeems may take.
  const answerMs = (settings.timeoutSeconds ?? 20) * 4_000;

  async function listed(tokenId: string, context: CallContext) {
    const query = { tokenId, 'page.limit': 10 };
    const spec = { operation: 'findTransfer', service: 'pis', method: 'GET', path: ['transfers'], query } as const;
    return client.call(spec, context, transferList);
  }

  async function post(payment: HeldPayment, tokenId: string, refId: string, context: CallContext) {
    const { order } = payment;
    const payload = {
      tokenId,
      refId,
      amount: { value: formatMoney(order.amount), currency: order.amount.currency },
      ...(order.remittance?.unstructured !== undefined && { description: order.remittance.unstructured }),
      ...(settings.confirmFunds !== undefined && { confirmFunds: settings.confirmFunds }),
    };
    const spec = {
      operation: 'redeemToken',
      service: 'pis',
      method: 'POST',
      path: ['transfers'],
      body: { payload },
      movesMoney: true,
    } as const;
    return client.call(spec, context, transferAnswer);
  }

  return {
    async redeem(payment, tokenId, refId, before, context) {
      const state = { ...before, tokenId };
      const { value, tree: list } = await listed(tokenId, context);
      const ours = value.transfers.find(({ payload }) => payload?.tokenId === tokenId && payload.refId === refId);
      if (ours !== undefined) return { found: ours, tree: list, state };
      if (value.transfers.length > 0) {
        // Whether the token's money moved with one of these is for people to find out; another one would be too much.
        const message = 'the transfers listed for a token do not name it and our refId; it is not redeemed';
        deps.warn({ operation: 'findTransfer', message });
        return { found: null, outcomeUnknown: true, state };
      }
      const { redeemedAt } = state;
      if (redeemedAt !== undefined) {
        const late = deps.now().getTime() - Date.parse(redeemedAt) > answerMs;
        return late ? { found: null, outcomeUnknown: true, state } : { found: null, state };
      }
      const leaving = { ...state, redeemedAt: deps.now().toISOString() };
      if ((await payment.writeAhead?.(keptPayment(leaving))) !== true) return { found: null, state };
      try {
        const { value: made, tree } = await post(payment, tokenId, refId, context);
        return { found: made.transfer, tree, state: leaving };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (undecided.has(error.kind)) {
          deps.warn({ operation: 'redeemToken', message: `nobody knows what became of it: ${error.message}` });
          return { found: null, outcomeUnknown: true, state: leaving };
        }
        // Refused, or it never left us: the next one may try again.
        await payment.writeAhead?.(keptPayment(state));
        throw error;
      }
    },
  };
}

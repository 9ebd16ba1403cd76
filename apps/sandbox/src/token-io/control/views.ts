import type { Authorisation } from '../authorisation/authorisation.js';
import type { Bank } from '../banks/bank.js';
import type { Account } from '../customers/customer.js';
import type { Hub } from '../hub.js';
import type { Payment } from '../payments/payment.js';
import type { TokenRequest } from '../requests/token-request.js';
import type { Token } from '../tokens/token.js';
import type { Transfer } from '../transfers/transfer.js';

export function clockView({ clock }: Hub): Record<string, unknown> {
  return { now: clock.now().toISOString(), today: clock.today(), stopped: clock.stopped };
}

export function accountView({
  id,
  name,
  type,
  currency,
  bic,
  numbers,
  booked,
  entries,
}: Account): Record<string, unknown> {
  return { id, name, type, currency, bic, ...numbers, booked: booked.toFixed(2), entries: entries.length };
}

export function bankControlView(bank: Bank): Record<string, unknown> {
  const { id, name, approach, currencies, localInstruments, status, outOfHours, maintenance } = bank;
  return { id, name, approach, currencies, localInstruments, status, outOfHours, maintenance };
}

export function paymentControlView(payment: Payment): Record<string, unknown> {
  const { id, memberId, order, bankId, status, reason, bankStatus, ending, shown, link, history, debtor } = payment;
  return {
    id,
    memberId,
    refId: order.refId,
    amount: order.amount,
    currency: order.currency,
    bankId: bankId ?? null,
    debtorAccountId: debtor?.id ?? null,
    status,
    reason: reason ?? null,
    bankStatus: bankStatus ?? null,
    ending: ending ?? null,
    shown: shown ?? null,
    link: link ?? null,
    authorisationId: payment.authorisation?.id ?? null,
    history,
  };
}

export function transferView(transfer: Transfer): Record<string, unknown> {
  const { id, request, tokenId, refId, order, bankId, status, reason, bankStatus, ending, shown, history } = transfer;
  return {
    id,
    tokenRequestId: request.id,
    tokenId: tokenId ?? null,
    refId,
    amount: order.amount,
    currency: order.currency,
    bankId,
    status,
    reason: reason ?? null,
    bankStatus: bankStatus ?? null,
    ending: ending ?? null,
    shown: shown ?? null,
    history,
  };
}

export function requestView(request: TokenRequest): Record<string, unknown> {
  const { id, memberId, body, refId, bankId, status, reason, tokenId, transferId, submissionId } = request;
  return {
    id,
    memberId,
    kind: body.kind,
    refId,
    bankId: bankId ?? null,
    status,
    reason: reason ?? null,
    tokenId: tokenId ?? null,
    transferId: transferId ?? null,
    standingOrderSubmissionId: submissionId ?? null,
    authorisationId: request.authorisation?.id ?? null,
  };
}

export function tokenView(token: Token): Record<string, unknown> {
  return {
    id: token.id,
    memberId: token.memberId,
    tokenRequestId: token.request.id,
    bankId: token.bankId,
    accounts: token.accounts.map(({ id }) => id),
    expires: new Date(token.expiresMs).toISOString(),
    ended: token.ended ?? null,
  };
}

export function authorisationView(authorisation: Authorisation): Record<string, unknown> {
  const { id, subjectId, bank, state, step, customer, wrongTries, key } = authorisation;
  return {
    id,
    subjectId,
    bankId: bank.id,
    approach: bank.approach,
    state,
    step: step ?? null,
    username: customer?.username ?? null,
    wrongTries,
    path: `/ui/bank/${key}`,
  };
}

/** The evidence: what came, what was accepted, what was executed. */
export function ledgerView(hub: Hub): Record<string, unknown> {
  const { orders, postings, reads, calls } = hub.ledger;
  const count = (outcome: string) => orders.filter((order) => order.outcome === outcome).length;
  return {
    hub: hub.name,
    ...clockView(hub),
    counts: {
      orders: orders.length,
      accepted: count('accepted'),
      refused: count('refused'),
      notAccepted: count('notAccepted'),
      payments: hub.payments.size,
      transfers: hub.transfers.size,
      tokens: hub.tokens.size,
      executed: postings.length,
      hanging: hub.stalls.count,
    },
    calls: Object.fromEntries(calls),
    orders,
    postings,
    reads,
  };
}

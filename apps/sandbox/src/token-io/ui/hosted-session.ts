import type { Authorisation, AuthorisationSummary } from '../authorisation/authorisation.js';
import { provide } from '../authorisation/embedded.js';
import { notFound } from '../api-error.js';
import type { Bank } from '../banks/bank.js';
import type { Call } from '../call.js';
import type { Member } from '../members/member.js';
import { objectionOf } from '../payments/bank-rules.js';
import type { Payment } from '../payments/payment.js';
import { changePayment } from '../payments/payment-change.js';
import { goToBank, provideValues, returnUrl } from '../payments/payment-life.js';
import { isPending } from '../payments/status.js';
import { bankOf } from '../requests/bank-authorization.js';
import { refuse, requestReturnUrl, startAuthorisation, summaryOf } from '../requests/request-life.js';
import type { TokenRequest } from '../requests/token-request.js';

/** What the hosted pages lead through, whichever version of the API made it. */
export interface HostedSession {
  summary: AuthorisationSummary;
  /** The bank that the TPP chose. */
  bankId: string | undefined;
  countries: string[];
  /** The PSU can still do something here. */
  open: boolean;
  authorisation: Authorisation | undefined;
  takes(bank: Bank): boolean;
  begin(bank: Bank): void;
  provide(values: Record<string, string>): void;
  cancel(): void;
  returnUrl(): string;
}

function isAnswered(authorisation: Authorisation | undefined): boolean {
  return authorisation?.state === 'approved' || authorisation?.state === 'refused';
}

export function paymentSession(call: Call, id: string): HostedSession {
  const payment = call.hub.payments.get(id);
  const member = call.hub.members.get(payment?.memberId ?? '');
  if (!payment || !member) {
    throw notFound('payment', id);
  }
  return ofPayment(call, payment, member);
}

function ofPayment({ hub }: Call, payment: Payment, member: Member): HostedSession {
  const { creditorName, creditorAccount, amount, currency, remittance } = payment.order;
  return {
    summary: { kind: 'payment', payee: creditorName ?? '', creditor: creditorAccount, amount, currency, remittance },
    bankId: payment.bankId,
    countries: [],
    open: isPending(payment.status) && !isAnswered(payment.authorisation),
    authorisation: payment.authorisation,
    takes: (bank) => objectionOf(bank, payment.order) === undefined,
    begin: (bank) => goToBank(hub, member, payment, bank),
    provide: (values) => void provideValues(hub, payment, values),
    cancel: () =>
      changePayment(hub, payment, 'INITIATION_DECLINED', { reason: 'Payment initiation has been canceled.' }),
    returnUrl: () => returnUrl(payment),
  };
}

export function requestSession(call: Call, id: string): HostedSession {
  const request = call.hub.requests.get(id);
  const member = call.hub.members.get(request?.memberId ?? '');
  if (!request || !member) {
    throw notFound('token request', id);
  }
  return ofRequest(call, request, member);
}

function ofRequest(call: Call, request: TokenRequest, member: Member): HostedSession {
  const { hub } = call;
  const countries = request.payload['countries'];
  return {
    summary: summaryOf(request, member),
    bankId: request.bankId,
    countries: Array.isArray(countries) ? countries.filter((one) => typeof one === 'string') : [],
    open: request.status === 'PENDING' && !isAnswered(request.authorisation),
    authorisation: request.authorisation,
    takes: ({ capabilities: can, currencies }) =>
      request.body.kind === 'access'
        ? can.supportsAccountList
        : can.supportsSinglePayment && currencies.includes(request.body.currency),
    begin: (bank) => void startAuthorisation(hub, member, request, bankOf(call, request, bank.id)),
    provide: (values) => {
      const { authorisation } = request;
      const next = authorisation && provide(hub, authorisation, values);
      if (authorisation && next === 'approved') {
        authorisation.state = 'approved';
        authorisation.decided(true);
      } else if (authorisation && typeof next === 'object') {
        authorisation.state = 'refused';
        authorisation.decided(false, next.refused);
      }
    },
    cancel: () => refuse(hub, request),
    returnUrl: () => requestReturnUrl(hub, request),
  };
}

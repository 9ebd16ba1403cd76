import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.js';
import type { Call } from '../call.js';
import { joinSession } from '../combined-service.js';
import { assertNoTokenForOAuth, beginSca, readScaContext } from '../new-subject.js';
import { assertOwns } from '../subject-rules.js';
import { chargesView } from './charges.js';
import { initiationMessages } from './notices.js';
import { readJsonOrder } from './order-request.js';
import { readPainOrder } from './pain-request.js';
import { UNAUTHORISED_STATUSES, type Arrangement, type Payment, type PaymentOrder } from './payment.js';
import { hasFunds, shownStatus } from './payment-view.js';
import { isXmlProduct, readProduct } from './products.js';
import { rejectPayment } from './settlement.js';

/** POST of a payment. */
export function initiate(call: Call): Answer {
  const { service, product } = readProduct(call);
  const context = readScaContext(call, 'TOKEN_INVALID');
  assertNoTokenForOAuth(call, context);
  const order = isXmlProduct(product) ? readPainOrder(call, service, product) : readJsonOrder(call, service, product);
  const payment = register(call, { ...joinSession(call, context), ...order });
  const rejected = call.header('TPP-Rejection-NoFunds-Preferred') === 'true' && !hasFunds(payment);
  if (rejected) {
    rejectPayment(call.bank, payment, 'AM04');
  }
  const sca = rejected ? undefined : beginSca(call, payment);
  return {
    status: 201,
    headers: {
      ...(sca ? { 'ASPSP-SCA-Approach': sca.approach } : {}),
      Location: call.links.api(payment.path).href,
    },
    body: {
      transactionStatus: shownStatus(payment),
      paymentId: payment.id,
      ...chargesView(payment, 'currencyConversionFee'),
      ...sca?.data,
      _links: {
        ...sca?.links,
        self: call.links.api(payment.path),
        status: call.links.api(`${payment.path}/status`),
      },
      ...initiationMessages(payment),
    },
  };
}

/** Keeps the payment; one that nobody authorises in time is rejected. */
function register(call: Call, fields: Omit<Payment, NewFields> & PaymentOrder): Payment {
  const { bank } = call;
  const id = randomUUID();
  const transfers = fields.transfers.map((transfer, index) => ({
    ...transfer,
    id: index === 0 ? id : `${id}-${index}`,
  }));
  const payment: Payment = {
    ...fields,
    kind: 'payment',
    id,
    path: `/v1/${fields.service}/${fields.product}/${id}`,
    requestId: call.requestId,
    status: 'RCVD',
    history: [{ status: 'RCVD', at: bank.clock.now() }],
    executions: fields.plan ? [] : [{ transfers }],
    arrangement: arrange(call),
  };
  if (payment.psu) {
    assertOwns(payment, payment.psu);
  }
  bank.payments.set(payment.id, payment);
  bank.schedule.at(bank.clock.nowMs() + bank.profile.confirmationSeconds * 1000, () => {
    if (UNAUTHORISED_STATUSES.includes(payment.status)) {
      rejectPayment(bank, payment, 'DS0H');
    }
  });
  return payment;
}

type NewFields = 'kind' | 'id' | 'path' | 'requestId' | 'status' | 'history' | 'executions' | 'arrangement';

function arrange(call: Call): Arrangement {
  const [reject, slow] = [call.fault('reject'), call.fault('slowSettlement')];
  return {
    rejection: reject && (reject.reason ?? 'MS03'),
    extraSeconds: slow ? (slow.seconds ?? 60) : 0,
    forcedStatus: call.fault('transactionStatus')?.status,
  };
}

import { Big } from 'big.js';
import { Shape } from '../../kit/shape.js';
import { readAccountReference, refersTo, type AccountReference } from '../account-reference.js';
import type { Call } from '../call.js';
import type { Account } from '../customer.js';
import { TppError, formatError } from '../tpp-error.js';
import { readExecutionDate, readExecutionTime } from './execution-day.js';
import type { PaymentOrder, Transfer } from './payment.js';
import type { PaymentService } from './services.js';
import { readPlan } from './standing-order.js';
import { readTransfer } from './transfer-request.js';

/**
 * Reads a payment in JSON: single, bulk or periodic.
 * @throws ShapeError or TppError naming the wrong field.
 */
export function readJsonOrder(call: Call, service: PaymentService, product: string): PaymentOrder {
  const body = call.body();
  const debtor = readDebtor(call, body);
  const wire = { format: 'json', body: body.plain() } as const;
  const read = (shape: Shape) => readTransfer(call.bank.profile, product, debtor, shape);
  switch (service) {
    case 'payments': {
      const requestedExecutionDate = readExecutionDate(call, body);
      return orderOf({ service, product, debtor, transfers: [read(body)], requestedExecutionDate, wire });
    }
    case 'periodic-payments': {
      refuseDate(body);
      const plan = readPlan(body, call.bank.clock.today(), call.bank.profile.headers === 'strict');
      return orderOf({ service, product, debtor, transfers: [read(body)], plan, wire });
    }
    case 'bulk-payments': {
      const transfers = body.list('payments', (item, path) => {
        const shape = Shape.of(item, path);
        refuseDate(shape);
        return read(shape);
      });
      return orderOf({
        service,
        product,
        debtor,
        transfers,
        requestedExecutionDate: readExecutionDate(call, body),
        requestedExecutionTime: readExecutionTime(call, body),
        batchBooking: body.has('batchBookingPreferred') && body.boolean('batchBookingPreferred'),
        wire,
      });
    }
  }
}

type OrderParts = Omit<PaymentOrder, 'amount' | 'currency' | 'batchBooking'> & { batchBooking?: boolean };

/**
 * Adds the sum. All transfers of a bulk have one currency.
 * @throws TppError naming the first transfer in another one.
 */
export function orderOf(parts: OrderParts): PaymentOrder {
  const [first] = parts.transfers;
  if (!first) {
    throw formatError('payments', 'must have at least one payment');
  }
  const other = parts.transfers.findIndex(({ currency }) => currency !== first.currency);
  if (other > 0) {
    throw formatError(`payments[${other}].instructedAmount.currency`, `must be ${first.currency} like the others`);
  }
  const amount = parts.transfers.reduce((sum: Big, transfer: Transfer) => sum.plus(transfer.amount), new Big(0));
  return { batchBooking: false, ...parts, amount, currency: first.currency };
}

/** @throws TppError 400 RESOURCE_UNKNOWN when the bank does not have the account. */
export function findDebtor(call: Call, reference: AccountReference, path: string): Account {
  const account = call.bank.customers.account(reference.value);
  if (!account || !refersTo(reference, account)) {
    throw new TppError(400, 'RESOURCE_UNKNOWN', 'This bank does not have the debtor account', path);
  }
  return account;
}

function readDebtor(call: Call, body: Shape): Account {
  const path = 'debtorAccount';
  return findDebtor(call, readAccountReference(body.object(path).plain(), path), path);
}

/** Bulk items have the date of the bulk, periodic payments have a plan. */
function refuseDate(body: Shape): void {
  if (body.has('requestedExecutionDate')) {
    throw formatError(body.at('requestedExecutionDate'), 'has no place here');
  }
}

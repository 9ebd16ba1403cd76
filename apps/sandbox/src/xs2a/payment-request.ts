import { isDate } from '../kit/clock.js';
import type { Shape } from '../kit/shape.js';
import { readAccountReference, refersTo, type AccountReference } from './account-reference.js';
import type { Call } from './call.js';
import type { Account } from './customer.js';
import { readAmount } from './money.js';
import type { PaymentOrder } from './payment.js';
import { TppError, formatError } from './tpp-error.js';

export const JSON_PRODUCTS = [
  'sepa-credit-transfers',
  'instant-sepa-credit-transfers',
  'target-2-payments',
  'cross-border-credit-transfers',
] as const;

const CHARGE_BEARERS = ['DEBT', 'CRED', 'SHAR', 'SLEV'] as const;
const BIC = { pattern: /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/, expected: 'a BIC' };

/**
 * Reads a single payment in JSON.
 * @throws ShapeError or TppError naming the wrong field.
 */
export function readPaymentOrder(call: Call, product: string): PaymentOrder {
  const body = call.body();
  const debtorReference = readAccountReference(body.object('debtorAccount').plain(), 'debtorAccount');
  const creditor = readAccountReference(body.object('creditorAccount').plain(), 'creditorAccount');
  const { amount, currency } = readAmount(body.object('instructedAmount'));
  if (product.includes('sepa-') && currency !== 'EUR') {
    throw formatError('instructedAmount.currency', 'must be EUR for SEPA');
  }
  if (product.includes('sepa-') && creditor.kind !== 'iban') {
    throw formatError('creditorAccount.iban', 'is missing');
  }
  checkOptionalParts(body);
  const debtor = findDebtor(call, debtorReference);
  if (debtor.currency !== currency && product.includes('sepa-')) {
    throw new TppError(400, 'PARAMETER_NOT_CONSISTENT', `The debtor account is in ${debtor.currency}`, 'debtorAccount');
  }
  return {
    service: 'payments',
    product,
    debtor,
    creditorName: body.text('creditorName', { max: 70 }),
    creditorIban: creditor.kind === 'iban' ? creditor.value : undefined,
    amount,
    currency,
    endToEndIdentification: body.optionalText('endToEndIdentification', { max: 35 }),
    requestedExecutionDate: readExecutionDate(call, body),
    unstructured: body.optionalText('remittanceInformationUnstructured', { max: 140 }),
    structured: readStructured(body),
    wire: body.plain(),
  };
}

function checkOptionalParts(body: Shape): void {
  for (const name of ['instructionIdentification', 'creditorId']) {
    body.optionalText(name, { max: 35 });
  }
  for (const name of ['debtorName', 'ultimateDebtor', 'ultimateCreditor', 'creditorAgentName']) {
    body.optionalText(name, { max: 140 });
  }
  body.optionalText('creditorAgent', BIC);
  body.optionalText('purposeCode', { max: 4 });
  body.optionalChoice('chargeBearer', CHARGE_BEARERS);
  const address = body.optionalObject('creditorAddress');
  if (address) {
    address.text('country', { pattern: /^[A-Z]{2}$/, expected: 'an ISO 3166 code such as DE' });
    for (const [name, max] of Object.entries({ streetName: 70, buildingNumber: 20, townName: 35, postCode: 16 })) {
      address.optionalText(name, { max });
    }
  }
  body.optionalList('remittanceInformationUnstructuredArray', (item, path) => {
    if (typeof item !== 'string' || item.length > 140) {
      throw formatError(path, 'must be a text of at most 140 characters');
    }
    return item;
  });
}

/** An object in version 1.3.11, a plain text in older ones. */
function readStructured(body: Shape): string | undefined {
  const name = 'remittanceInformationStructured';
  if (!body.has(name)) {
    return undefined;
  }
  return typeof body.raw(name) === 'string'
    ? body.text(name, { max: 140 })
    : body.object(name).text('reference', { max: 35 });
}

function readExecutionDate(call: Call, body: Shape): string | undefined {
  const date = body.optionalText('requestedExecutionDate', { max: 10 });
  if (date === undefined) {
    return undefined;
  }
  if (!isDate(date)) {
    throw formatError('requestedExecutionDate', 'must be a date of the calendar, YYYY-MM-DD');
  }
  if (date < call.bank.clock.today()) {
    throw new TppError(400, 'EXECUTION_DATE_INVALID', 'The execution date is in the past', 'requestedExecutionDate');
  }
  return date;
}

function findDebtor(call: Call, reference: AccountReference): Account {
  const account = call.bank.customers.account(reference.value);
  if (!account || !refersTo(reference, account)) {
    throw new TppError(400, 'RESOURCE_UNKNOWN', 'This bank does not have the debtor account', 'debtorAccount');
  }
  return account;
}

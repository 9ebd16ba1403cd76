import type { Shape } from '../../kit/shape.js';
import { readAccountReference } from '../account-reference.js';
import type { Account } from '../customer.js';
import { readAmount } from '../money.js';
import type { Profile } from '../profile.js';
import { TppError, formatError } from '../tpp-error.js';
import { chargesOf } from './charges.js';
import type { Transfer } from './payment.js';

const CHARGE_BEARERS = ['DEBT', 'CRED', 'SHAR', 'SLEV'] as const;
const BIC = { pattern: /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/, expected: 'a BIC' };
const EXTERNAL_CODE = { pattern: /^[A-Z0-9]{1,4}$/, expected: 'an ISO 20022 code' };

/**
 * Reads one transfer in JSON: a single payment, or an item of a bulk.
 * @throws ShapeError or TppError naming the wrong field.
 */
export function readTransfer(profile: Profile, product: string, debtor: Account, body: Shape): Transfer {
  const creditorPath = body.at('creditorAccount');
  const creditor = readAccountReference(body.object('creditorAccount').plain(), creditorPath);
  const { amount, currency } = readAmount(body.object('instructedAmount'));
  checkOptionalParts(body);
  if (product.includes('sepa-') && creditor.kind !== 'iban') {
    throw formatError(`${creditorPath}.iban`, 'is missing');
  }
  assertCurrencyFits(product, debtor, currency, body.at('instructedAmount'));
  return {
    creditorName: body.text('creditorName', { max: 70 }),
    creditorIban: creditor.kind === 'iban' ? creditor.value : undefined,
    amount,
    currency,
    ...chargesOf(profile.fees, product, debtor, amount, currency, body.at('instructedAmount.currency')),
    endToEndIdentification: body.optionalText('endToEndIdentification', { max: 35 }),
    instructionIdentification: body.optionalText('instructionIdentification', { max: 35 }),
    unstructured: body.optionalText('remittanceInformationUnstructured', { max: 140 }),
    structured: readStructured(body),
  };
}

/** SEPA is euro from a euro account. */
export function assertCurrencyFits(product: string, debtor: Account, currency: string, amountPath: string): void {
  if (!product.includes('sepa-')) {
    return;
  }
  if (currency !== 'EUR') {
    throw formatError(`${amountPath}.currency`, 'must be EUR for SEPA');
  }
  if (debtor.currency !== currency) {
    throw new TppError(400, 'PARAMETER_NOT_CONSISTENT', `The debtor account is in ${debtor.currency}`, 'debtorAccount');
  }
}

function checkOptionalParts(body: Shape): void {
  body.optionalText('creditorId', { max: 35 });
  for (const name of ['debtorName', 'ultimateDebtor', 'ultimateCreditor', 'creditorAgentName']) {
    body.optionalText(name, { max: 140 });
  }
  body.optionalText('creditorAgent', BIC);
  body.optionalText('purposeCode', EXTERNAL_CODE);
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
    : body.object(name).text('reference', { max: 140 });
}

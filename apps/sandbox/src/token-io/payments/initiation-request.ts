import { isDate } from '../../kit/clock.js';
import type { Shape } from '../../kit/shape.js';
import { ApiError, fieldError } from '../api-error.js';
import { LOCAL_INSTRUMENTS, type LocalInstrument } from '../banks/bank.js';
import type { Call } from '../call.js';
import { readAccount } from './account-fields.js';
import type { FlowType, PaymentOrder } from './payment.js';

const FLOW_TYPES = ['API_ONLY', 'FULL_HOSTED_PAGES', 'EMBEDDED_HOSTED_PAGES'] as const;
const CHARGE_BEARERS = ['CRED', 'DEBT', 'SHAR', 'SLEV'] as const;
/** The usual currency of a rail, checked in the strict profile. */
const CURRENCIES: Partial<Record<LocalInstrument, string>> = {
  SEPA: 'EUR',
  SEPA_INSTANT: 'EUR',
  FASTER_PAYMENTS: 'GBP',
  ELIXIR: 'PLN',
  BANKGIRO: 'SEK',
  PLUSGIRO: 'SEK',
};

/** Reads `initiation` of a v2 payment. @throws ApiError or ShapeError naming the wrong field. */
export function readInitiation(call: Call, initiation: Shape): PaymentOrder {
  const strict = call.hub.profile.strict;
  const localInstrument = initiation.choice('localInstrument', LOCAL_INSTRUMENTS);
  const money = initiation.object('amount');
  const currency = money.text('currency', { pattern: /^[A-Z]{3}$/, expected: 'a currency code' });
  if (strict && (CURRENCIES[localInstrument] ?? currency) !== currency) {
    throw fieldError('Field.Invalid', money.at('currency'), `${localInstrument} is for ${CURRENCIES[localInstrument]}`);
  }
  const creditor = initiation.object('creditor');
  const settlementAccountId = creditor.optionalText('virtualAccountId');
  initiation.optionalChoice('chargeBearer', CHARGE_BEARERS);
  initiation.optionalText('externalPsuReference', { max: 64 });
  initiation.optionalText('remittanceInformationSecondary', { max: 140 });
  return {
    refId: readRefId(initiation, strict),
    amount: readAmount(money),
    currency,
    localInstrument,
    remittance: readRemittance(initiation, localInstrument),
    creditorName: settlementAccountId === undefined ? creditor.text('name', { max: 140 }) : undefined,
    creditorAccount: settlementAccountId ?? readAccount(creditor, localInstrument, 'creditor'),
    settlementAccountId,
    debtorAccount: readDebtor(initiation, localInstrument),
    executionDate: readExecutionDate(call, initiation),
    confirmFunds: flag(initiation, 'confirmFunds'),
    returnRefundAccount: flag(initiation, 'returnRefundAccount'),
    mayConvert: !flag(initiation, 'disableFutureDatedPaymentConversion'),
    callbackUrl: readCallbackUrl(initiation),
    callbackState: initiation.optionalText('callbackState', { max: 2000 }),
    flowType: initiation.optionalChoice<FlowType>('flowType', FLOW_TYPES) ?? 'API_ONLY',
  };
}

function readRefId(initiation: Shape, strict: boolean): string {
  const refId = initiation.text('refId');
  const max = strict ? 18 : 35;
  if (refId.length > max) {
    throw fieldError('Field.Invalid', initiation.at('refId'), `\`refId\` should not be longer than ${max} symbols.`);
  }
  return refId;
}

/** A decimal text with up to four decimals, greater than zero. */
export function readAmount(money: Shape, name = 'value'): string {
  const text = money.text(name, { pattern: /^\d{1,14}(\.\d{1,4})?$/, expected: 'a decimal text such as 10.23' });
  if (Number(text) <= 0) {
    throw fieldError('Field.Invalid', money.at(name), 'must be greater than zero');
  }
  return text;
}

function readRemittance(initiation: Shape, instrument: LocalInstrument): string {
  const text = initiation.text('remittanceInformationPrimary', { max: instrument === 'FASTER_PAYMENTS' ? 18 : 35 });
  if (hasCardNumber(text)) {
    throw new ApiError(400, 'A card number was found in the payload', { errorCode: 'PanDetected' });
  }
  return text;
}

/** Either an account with the name, or the id of an account on file. */
function readDebtor(initiation: Shape, instrument: LocalInstrument): string | undefined {
  const debtor = initiation.optionalObject('debtor');
  if (!debtor) {
    return undefined;
  }
  if (debtor.has('tokenizedAccountId')) {
    if (debtor.names.length > 1) {
      throw fieldError('Field.Invalid', debtor.at('tokenizedAccountId'), 'stands alone, or not at all');
    }
    throw new ApiError(501, 'Accounts on file are not simulated');
  }
  debtor.text('name', { max: 140 });
  return readAccount(debtor, instrument, 'debtor');
}

function readExecutionDate(call: Call, initiation: Shape): string | undefined {
  const date = initiation.optionalText('executionDate');
  if (date !== undefined && !isDate(date)) {
    throw fieldError('Field.InvalidFormat', initiation.at('executionDate'), 'must be YYYY-MM-DD');
  }
  if (date !== undefined && date < call.hub.today()) {
    throw fieldError('Field.Invalid', initiation.at('executionDate'), 'is in the past');
  }
  return date === call.hub.today() ? undefined : date;
}

/** By https, and not the hub's own domain; plain http only for the machine itself, where development happens. */
export function readCallbackUrl(shape: Shape, name = 'callbackUrl'): string {
  const text = shape.text(name, { max: 2000 });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))) {
    throw fieldError('Field.InvalidFormat', shape.at(name), 'must be an https address');
  }
  if (url.hostname === 'token.io' || url.hostname.endsWith('.token.io')) {
    throw fieldError('Field.Invalid', shape.at(name), 'must not be below token.io');
  }
  return text;
}

function flag(shape: Shape, name: string): boolean {
  return shape.has(name) ? shape.boolean(name) : false;
}

/** 13 to 19 digits with a right check digit (Luhn): a card number must not be sent. */
function hasCardNumber(text: string): boolean {
  const digits = /\d{13,19}/.exec(text.replaceAll(/[ -]/g, ''))?.[0];
  if (digits === undefined) {
    return false;
  }
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

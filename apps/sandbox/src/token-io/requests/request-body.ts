import { isDate } from '../../kit/clock.js';
import { Shape, ShapeError, checkText } from '../../kit/shape.js';
import type { Hub } from '../hub.js';
import { readAmount } from '../payments/initiation-request.js';
import type { AccessRequest, RequestBody, StandingOrderRequest, TransferRequest } from './token-request.js';

const RESOURCES = ['ACCOUNTS', 'BALANCES', 'TRANSACTIONS', 'TRANSFER_DESTINATIONS', 'STANDING_ORDERS'] as const;
const FREQUENCIES = ['DAIL', 'WEEK', 'TOWK', 'MNTH', 'TOMN', 'QUTR', 'SEMI', 'YEAR'] as const;

/** The rails of v1 and the fields, one of the alternatives, that each needs. */
const RAILS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  sepa: [['iban']],
  sepaInstant: [['iban']],
  fasterPayments: [['sortCode', 'accountNumber']],
  elixir: [['accountNumber']],
  euDomesticNonEuro: [['iban'], ['bban']],
  euDomesticNonEuroInstant: [['iban'], ['bban']],
  bankgiro: [['bankgiroNumber']],
  plusgiro: [['plusgiroNumber']],
  token: [['accountId']],
  virtualAccount: [['id', 'localInstrument']],
};

/** Reads the one body that a token request has. @throws ShapeError naming the wrong field. */
export function readRequestBody(hub: Hub, payload: Shape): RequestBody {
  const names = ['transferBody', 'standingOrderBody', 'accessBody'].filter((name) => payload.has(name));
  if (names.length !== 1) {
    throw new ShapeError(payload.at('transferBody'), 'or standingOrderBody or accessBody: exactly one must be there');
  }
  if (payload.has('transferBody')) {
    return readTransfer(hub, payload, payload.object('transferBody'));
  }
  return payload.has('standingOrderBody')
    ? readStandingOrder(hub, payload, payload.object('standingOrderBody'))
    : readAccess(hub, payload, payload.object('accessBody'));
}

function readTransfer(hub: Hub, payload: Shape, body: Shape): TransferRequest {
  const date = body.optionalText('executionDate');
  if (date !== undefined && !isDate(date)) {
    throw new ShapeError(body.at('executionDate'), 'must be YYYY-MM-DD');
  }
  return {
    kind: 'transfer',
    amount: readAmount(body, 'lifetimeAmount'),
    ...readMoney(payload, body),
    // A day that is over is taken as today, as the example of the documentation needs.
    executionDate: date !== undefined && date > hub.today() ? date : undefined,
    confirmFunds: body.has('confirmFunds') && body.boolean('confirmFunds'),
  };
}

function readStandingOrder(hub: Hub, payload: Shape, body: Shape): StandingOrderRequest {
  return {
    kind: 'standingOrder',
    amount: readAmount(body, 'amount'),
    ...readMoney(payload, body),
    frequency: body.optionalChoice('frequency', FREQUENCIES) ?? 'MNTH',
    startDate: readDay(body, 'startDate') ?? hub.today(),
    endDate: readDay(body, 'endDate'),
  };
}

/** `YYYY-MM-DD` or `YYYYMMDD`. */
function readDay(body: Shape, name: string): string | undefined {
  const text = body.optionalText(name)?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  if (text !== undefined && !isDate(text)) {
    throw new ShapeError(body.at(name), 'must be YYYY-MM-DD');
  }
  return text;
}

function readMoney(
  payload: Shape,
  body: Shape,
): Omit<TransferRequest, 'kind' | 'amount' | 'executionDate' | 'confirmFunds'> {
  const instructions = body.object('instructions');
  const destinations = instructions.list('transferDestinations', (item, path) => Shape.of(item, path));
  const first = destinations[0];
  if (!first) {
    throw new ShapeError(instructions.at('transferDestinations'), 'must have at least one item');
  }
  const rail = Object.keys(RAILS).find((name) => first.has(name));
  if (rail === undefined) {
    throw new ShapeError(first.at('sepa'), `is missing, or another rail: ${Object.keys(RAILS).join(', ')}`);
  }
  const source = instructions.optionalObject('source');
  return {
    currency: body.text('currency', { pattern: /^[A-Z]{3}$/, expected: 'a currency code' }),
    creditorName: readName(first, rail),
    creditorAccount: readDestination(first.object(rail), rail),
    rail,
    remittance:
      body.optionalText('remittanceReference') ?? payload.optionalText('description') ?? payload.text('refId'),
    debtorAccount: readSource(source),
    returnRefundAccount: body.has('returnRefundAccount') && body.boolean('returnRefundAccount'),
  };
}

/** A list of names by the schema, one name by the documentation's example: both are taken. */
function readName(destination: Shape, rail: string): string {
  if (rail === 'virtualAccount' && !destination.has('customerData')) {
    return 'Settlement account';
  }
  const customer = destination.object('customerData');
  const names = customer.raw('legalNames');
  return checkText(Array.isArray(names) ? names.join(', ') : names, customer.at('legalNames'), { max: 300 });
}

function readDestination(account: Shape, rail: string): string {
  const alternatives = RAILS[rail] ?? [];
  const fields = alternatives.find((candidate) => candidate.every((field) => account.has(field))) ?? alternatives[0];
  return (fields ?? []).map((field) => account.text(field, { max: 100 })).join('-');
}

/** The debtor's account: one wrapped identifier. */
function readSource(source: Shape | undefined): string | undefined {
  const identifier = source?.optionalObject('accountIdentifier');
  const wrapped = identifier?.names[0];
  if (!identifier || wrapped === undefined) {
    return undefined;
  }
  const account = identifier.object(wrapped);
  return wrapped === 'gbDomestic'
    ? `${account.text('sortCode')}-${account.text('accountNumber')}`
    : account.text(account.names[0] ?? wrapped, { max: 100 });
}

function readAccess(hub: Hub, payload: Shape, body: Shape): AccessRequest {
  const list = body.object('resourceTypeList');
  const resources = list.list('resources', (item, path) => {
    const resource = RESOURCES.find((known) => known === item);
    if (resource === undefined) {
      throw new ShapeError(path, `must be one of ${RESOURCES.join(', ')}`);
    }
    return resource;
  });
  if (resources.length === 0) {
    throw new ShapeError(list.at('resources'), 'must have at least one item');
  }
  return {
    kind: 'access',
    resources,
    historyDays: body.optionalNumber('transactionHistoryDays', 1, 100_000),
    debtorAccount: readSource(list.optionalObject('source')),
    expiresAtMs: readExpiration(hub, payload),
  };
}

/** Seconds or milliseconds; what is over is not honoured. */
function readExpiration(hub: Hub, payload: Shape): number | undefined {
  const text = payload.optionalText('tokenExpiration', { pattern: /^\d{9,14}$/, expected: 'an instant as a number' });
  const number = Number(text ?? 0);
  const instant = number < 1e11 ? number * 1000 : number;
  return instant > hub.nowMs() ? instant : undefined;
}

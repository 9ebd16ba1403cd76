import { isDate } from '../../kit/clock.js';
import { isObject, type Answer } from '../answer.js';
import { askBank, BankFailure, refusalFor } from '../bridge/call-bank.js';
import {
  accountFromBank,
  balanceFromBank,
  listFromBank,
  textFromBank,
  transactionFromBank,
} from '../bridge/from-bank.js';
import { given } from '../bridge/to-bank.js';
import type { Json } from '../answer.js';
import type { Refusal } from '../refusal.js';
import type { BankWebhook } from '../vocabulary.js';
import { inconsistent, notFound, type TppCall } from './call.js';
import type { Endpoint } from './endpoint.js';

export const accountEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/accounts',
    operation: 'accounts.list',
    security: 'consent',
    scope: 'accounts',
    async handle(call) {
      const answer = await read(call, 'v2_accounts', undefined);
      return { status: 200, body: { accounts: listFromBank(answer, 'accounts').map(accountFromBank) } };
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId',
    operation: 'accounts.get',
    security: 'consent',
    scope: 'accounts',
    async handle(call) {
      const answer = await read(call, 'v2_account', { account_id: call.param('accountId') });
      return { status: 200, body: { account: accountFromBank(answer['account']) } };
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId/balances',
    operation: 'balances.list',
    security: 'consent',
    scope: 'accounts.balances',
    async handle(call) {
      const answer = await read(call, 'v2_account_balances', { account_id: call.param('accountId') });
      return { status: 200, body: { balances: listFromBank(answer, 'balances').map(balanceFromBank) } };
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId/transactions',
    operation: 'transactions.list',
    security: 'consent',
    scope: 'accounts.transactions',
    handle: listTransactions,
  },
];

/** A read at the bank; that the account is not known there is not known here either. */
async function read(
  call: TppCall,
  name: BankWebhook,
  body: Json | undefined,
  refusals: Readonly<Record<string, Refusal>> = {},
): Promise<Json> {
  const { hub, bank, consent } = call;
  try {
    return await askBank(hub, bank, { name, body, accessToken: consent.accessToken });
  } catch (error) {
    if (!(error instanceof BankFailure)) {
      throw error;
    }
    const unknown: Record<string, Refusal> = body === undefined ? {} : { RESOURCE_UNKNOWN: notFound('Account') };
    throw refusalFor(error, hub, { ...unknown, ...refusals });
  }
}

async function listTransactions(call: TppCall): Promise<Answer> {
  const { query, body } = readFilters(call);
  const refusals: Record<string, Refusal> =
    body['page_key'] === undefined ? {} : { FORMAT_ERROR: inconsistent('pageKey', 'is not known') };
  const answer = await read(call, 'v2_account_transactions', body, refusals);
  const { transactions } = answer;
  if (!isObject(transactions)) {
    throw new BankFailure(200, undefined, 'transactions is no object');
  }
  const lists = given({
    booked: transactions['booked'] && listFromBank(transactions, 'booked').map(transactionFromBank),
    pending: transactions['pending'] && listFromBank(transactions, 'pending').map(transactionFromBank),
  });
  const key = answer['page_key'];
  const links =
    key === undefined || key === null || key === '' ? {} : nextLink(call, query, textFromBank(answer, 'page_key'));
  return { status: 200, body: { transactions: lists, ...links } };
}

function readFilters(call: TppCall): { query: URLSearchParams; body: Json } {
  const bookingStatus = call.query('bookingStatus');
  if (bookingStatus === undefined || !['booked', 'pending', 'both'].includes(bookingStatus)) {
    throw inconsistent('bookingStatus', 'must be booked, pending or both');
  }
  const size = call.query('pageSize') ?? '100';
  const { maxPageSize } = call.hub.settings;
  if (!/^\d{1,6}$/.test(size) || Number(size) < 1 || Number(size) > maxPageSize) {
    throw inconsistent('pageSize', `must be a whole number from 1 to ${maxPageSize}`);
  }
  const [dateFrom, dateTo] = ['dateFrom', 'dateTo'].map((name) => {
    const date = call.query(name);
    if (date !== undefined && !isDate(date)) {
      throw inconsistent(name, 'must be a date written YYYY-MM-DD');
    }
    return date;
  });
  if (dateFrom !== undefined && dateTo !== undefined && dateFrom > dateTo) {
    throw inconsistent('dateFrom', 'must not be after dateTo');
  }
  const query = new URLSearchParams({ bookingStatus, pageSize: size });
  for (const [name, value] of Object.entries({ dateFrom, dateTo })) {
    if (value !== undefined) {
      query.set(name, value);
    }
  }
  const body = given({
    account_id: call.param('accountId'),
    booking_status: bookingStatus,
    page_key: call.query('pageKey'),
    page_size: Number(size),
    date_from: dateFrom,
    date_to: dateTo,
  });
  return { query, body };
}

/** The hub makes a link of the bank's key, with the same filters. */
function nextLink(call: TppCall, query: URLSearchParams, pageKey: string): Json {
  query.set('pageKey', pageKey);
  const path = `/tpp/v2/accounts/${encodeURIComponent(call.param('accountId'))}/transactions?${query.toString()}`;
  return { _links: { next: { href: linkTo(call, path) } } };
}

/** A link by path, which is good from the host's root, or with the host. */
export function linkTo({ hub }: Pick<TppCall, 'hub'>, path: string): string {
  return (hub.settings.nextLinks === 'absolute' ? hub.address : new URL(hub.address).pathname) + path;
}

import { Big } from 'big.js';
import { isObject, type Json } from '../answer.js';
import type { BankMessage } from '../bank-message/open-message.js';
import { given } from '../bridge/to-bank.js';
import { amountText } from '../money.js';
import { Refusal, formatError, invalidField } from '../refusal.js';
import type { BankWebhook } from '../vocabulary.js';
import type { BankToken, BuiltInBank } from './bank.js';
import { availableOn, isMeant, type Account } from './customer.js';
import { initiatePayment } from './initiate.js';
import { readAmount, readIdentifiers } from './read-order.js';
import { listEntries } from './statement.js';
import { accountOf, tokenOf } from './token-check.js';

interface Handler {
  /** Changes something, so a repeated request id is answered as before. */
  moves?: boolean;
  handle(bank: BuiltInBank, message: BankMessage, body: Json): Json;
}

/** What the bank does with each webhook. */
export const HANDLERS: Readonly<Record<BankWebhook, Handler>> = {
  v2_accounts: {
    handle(bank, message) {
      const token = tokenOf(bank, message, 'accounts');
      return { accounts: token.accounts.map((account) => accountView(bank, account)) };
    },
  },
  v2_account: {
    handle(bank, message, body) {
      const token = tokenOf(bank, message, 'accounts');
      return { account: accountView(bank, accountOf(bank, token, body['account_id'])) };
    },
  },
  v2_account_balances: {
    handle(bank, message, body) {
      const account = accountOf(bank, tokenOf(bank, message, 'accounts.balances'), body['account_id']);
      const { currency, booked } = account;
      const balance = (amount: Big, type: string) => ({
        balance_amount: { amount: amountText(amount, currency), currency },
        balance_type: type,
      });
      return { balances: [balance(booked, 'interimBooked'), balance(availableOn(account), 'interimAvailable')] };
    },
  },
  v2_account_transactions: {
    handle(bank, message, body) {
      const account = accountOf(bank, tokenOf(bank, message, 'accounts.transactions'), body['account_id']);
      return listEntries(bank, account, body);
    },
  },
  v2_funds_confirmations: {
    handle(bank, message, body) {
      const token = tokenOf(bank, message, 'funds_confirmations');
      const amount = readAmount(body, 'instructed_amount', 'instructedAmount');
      const account = pickAccount(token, body['account'], amount.currency);
      const { fundsBalance } = bank.hub.settings;
      const balance = fundsBalance === 'interimAvailable' ? availableOn(account) : account.booked;
      return { funds_available: amount.amount.lte(balance) };
    },
  },
  v2_payment_single: {
    moves: true,
    handle: (bank, message, body) =>
      initiatePayment(bank, 'single', tokenOf(bank, message, 'payments.single'), body, message),
  },
  v2_payment_bulk: {
    moves: true,
    handle: (bank, message, body) =>
      initiatePayment(bank, 'bulk', tokenOf(bank, message, 'payments.bulk'), body, message),
  },
  v2_payment_direct_single: {
    moves: true,
    handle: (bank, message, body) => initiatePayment(bank, 'direct', undefined, body, message),
  },
  v2_payment_single_status: { handle: (bank, message, body) => statusView(bank, message, body, ['single', 'direct']) },
  v2_payment_bulk_status: { handle: (bank, message, body) => statusView(bank, message, body, ['bulk']) },
};

/** The wire's account: numbers are integers, so leading zeros are lost, unless the hub says texts. */
export function accountView(bank: BuiltInBank, account: Account): Json {
  const asNumber = (text: string | undefined) =>
    text === undefined || bank.hub.settings.numbers === 'texts' ? text : Number(text);
  return given({
    resource_id: account.id,
    iban: account.iban,
    account_number: asNumber(account.accountNumber),
    sort_code: asNumber(account.sortCode),
    currency: account.currency,
    name: account.name,
    payment_schemes: account.schemes,
  });
}

/** One of several currencies under one IBAN is picked by the amount's. */
function pickAccount(token: BankToken, value: unknown, currency: string): Account {
  if (!isObject(value)) {
    throw formatError(invalidField('account', 'is missing'));
  }
  const meant = token.accounts.filter((account) => isMeant(account, readIdentifiers(value)));
  if (meant.length === 0) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'The account is not known');
  }
  const account = meant.find((candidate) => candidate.currency === currency);
  if (!account) {
    throw formatError(invalidField('instructed_amount', `is not in the currency of the account`));
  }
  return account;
}

/** A payment with a consent is shown to its own token only; a direct one needs none. */
function statusView(bank: BuiltInBank, message: BankMessage, body: Json, kinds: readonly string[]): Json {
  const id = body['payment_id'];
  if (typeof id !== 'string' || id === '') {
    throw formatError(invalidField('payment_id', 'is missing'));
  }
  const payment = bank.payments.get(id);
  const value = message.headers['x-auth-token'];
  if (payment?.accessToken !== undefined) {
    tokenOf(bank, message, payment.kind === 'bulk' ? 'payments.bulk' : 'payments.single');
  }
  if (!payment || !kinds.includes(payment.kind) || payment.accessToken !== value) {
    throw new Refusal(404, 'RESOURCE_UNKNOWN', 'The payment is not known');
  }
  return { transaction_status: payment.status };
}

import { randomUUID } from 'node:crypto';
import { Big } from 'big.js';
import { isDate } from '../kit/clock.js';
import { Shape, ShapeError } from '../kit/shape.js';
import { CURRENCY, checkCurrency, readIban } from './account-reference.js';
import type { Bank } from './bank.js';
import type { Account, Customer, ScaMethod, Transaction } from './customer.js';
import { APPROACH_SETTINGS } from './profile.js';
import { bankCodeOf, newAccount } from './seed.js';
import { germanIban } from './statement.js';
import { TppError } from './tpp-error.js';

/** Makes a customer without accounts; username is unique over the bank. */
export function createCustomer(bank: Bank, shape: Shape): Customer {
  const username = shape.text('username', { max: 60, pattern: /^\S+$/, expected: 'without blanks' });
  if (bank.customers.named(username)) {
    throw new TppError(409, 'STATUS_INVALID', 'This username is taken', 'username');
  }
  const customer: Customer = {
    id: randomUUID(),
    username,
    password: shape.text('password', { max: 200 }),
    additionalPassword: shape.optionalText('additionalPassword', { max: 200 }) ?? `${username}-2`,
    fullName: shape.text('fullName', { max: 70 }),
    approach: shape.optionalChoice('approach', APPROACH_SETTINGS) ?? 'wish',
    methods: [],
    accounts: [],
    cards: [],
    trustedBeneficiaries: [],
  };
  for (const name of ['address', 'city', 'zip', 'countryCode', 'msisdn'] as const) {
    const value = shape.optionalText(name, { max: 70 });
    if (value !== undefined) {
      customer[name] = value;
    }
  }
  bank.customers.add(customer);
  return customer;
}

/** Adds an SCA method; one that is not decoupled needs its fixed `code`. */
export function addMethod(customer: Customer, shape: Shape): ScaMethod {
  const decoupled = shape.has('decoupled') ? shape.boolean('decoupled') : false;
  const method: ScaMethod = {
    id: shape.optionalText('authenticationMethodId', { max: 35 }) ?? randomUUID().slice(0, 13),
    type: shape.text('authenticationType', { max: 35 }),
    name: shape.text('name', { max: 70 }),
    decoupled,
    code: decoupled ? '' : shape.text('code', { max: 20 }),
  };
  if (customer.methods.some(({ id }) => id === method.id)) {
    throw new TppError(409, 'STATUS_INVALID', 'The customer has a method with this id', 'authenticationMethodId');
  }
  customer.methods.push(method);
  return method;
}

/** Opens an account; without an IBAN the bank gives one. `balance` is its opening balance. */
export function openAccount(bank: Bank, customer: Customer, shape: Shape): Account {
  const given = shape.has('iban') ? readIban(shape, 'iban') : undefined;
  if (given !== undefined && bank.customers.account(given)) {
    throw new TppError(409, 'STATUS_INVALID', 'This IBAN is taken', 'iban');
  }
  const currency = shape.optionalText('currency', CURRENCY) ?? 'EUR';
  const account: Account = {
    ...newAccount(customer, given ?? freeIban(bank), checkCurrency(currency, 'currency'), bank.now()),
    name: shape.optionalText('name', { max: 70 }) ?? 'Account',
    type: shape.optionalText('type', { max: 4 }) ?? 'CACC',
    status: shape.optionalChoice('status', ['enabled', 'deleted', 'blocked'] as const) ?? 'enabled',
    booked: shape.has('balance') ? readSigned(shape, 'balance') : new Big(0),
  };
  account.bic = shape.optionalText('bic', { max: 11 }) ?? account.bic;
  bank.customers.addAccount(account);
  return account;
}

/** Books an entry, in MockBank's field names; `amount` is signed. Without bookingDate it is pending. */
export function addTransaction(bank: Bank, customer: Customer, shape: Shape): Transaction {
  const accountId = shape.text('accountId', { max: 60 });
  const account = customer.accounts.find(({ id }) => id === accountId);
  if (!account) {
    throw new TppError(404, 'RESOURCE_UNKNOWN', 'The customer has no such account', 'accountId');
  }
  const amount = readSigned(shape, 'amount');
  const debit = amount.lt(0);
  const other = shape.optionalObject(debit ? 'creditorAccount' : 'debtorAccount');
  const bookingDate = readDate(shape, 'bookingDate');
  const fields = {
    counterpartyName: shape.optionalText(debit ? 'creditorName' : 'debtorName', { max: 70 }),
    counterpartyIban: other && readIban(other, 'iban'),
    endToEndId: shape.optionalText('endToEndId', { max: 35 }),
    creditorId: shape.optionalText('creditorId', { max: 35 }),
    purposeCode: shape.optionalText('purposeCode', { max: 4 }),
    unstructured: shape.optionalText('remittanceInformationUnstructured', { max: 140 }),
    structured: shape.optionalText('remittanceInformationStructured', { max: 140 }),
    proprietaryBankTransactionCode: shape.optionalText('proprietaryBankTransactionCode', { max: 35 }),
    bookingDate,
  };
  const id = shape.optionalText('operationId', { max: 60 }) ?? randomUUID();
  const transaction: Transaction = {
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    id,
    entryReference: shape.optionalText('entryReference', { max: 35 }) ?? id.slice(0, 35),
    valueDate: readDate(shape, 'valueDate') ?? bookingDate ?? bank.today(),
    amount,
    currency: account.currency,
    bankTransactionCode:
      shape.optionalText('bankTransactionCode', { max: 35 }) ?? (debit ? 'PMNT-ICDT-ESCT' : 'PMNT-RCDT-ESCT'),
  };
  if (bookingDate === undefined) {
    account.pending.push(transaction);
    account.reserved = debit ? account.reserved.minus(amount) : account.reserved;
  } else {
    bank.book(account, transaction);
  }
  return transaction;
}

function readSigned(shape: Shape, name: string): Big {
  const raw = shape.raw(name);
  const text = typeof raw === 'number' ? String(raw) : shape.text(name, { max: 20 });
  if (!/^-?[0-9]{1,14}(\.[0-9]{1,3})?$/.test(text)) {
    throw new ShapeError(shape.at(name), 'must be a decimal such as -12.34');
  }
  return new Big(text);
}

function readDate(shape: Shape, name: string): string | undefined {
  const date = shape.optionalText(name, { max: 10 });
  if (date !== undefined && !isDate(date)) {
    throw new ShapeError(shape.at(name), 'must be a date of the calendar, YYYY-MM-DD');
  }
  return date;
}

function freeIban(bank: Bank): string {
  for (let number = bank.customers.list().length; ; number += 1) {
    const iban = germanIban(bankCodeOf(bank.name), String(5_000_000_000 + number));
    if (!bank.customers.account(iban)) {
      return iban;
    }
  }
}

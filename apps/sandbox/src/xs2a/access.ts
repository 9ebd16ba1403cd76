import { Shape, ShapeError, checkText } from '../kit/shape.js';
import { readAccountReference, refersTo, refersToCard, type AccountReference } from './account-reference.js';
import type { CardAccount } from './cards/card-account.js';
import type { Account, Customer } from './customer.js';

const GLOBAL_SHAPES = ['allPsd2', 'availableAccounts', 'availableAccountsWithBalance'] as const;
const LISTS = ['accounts', 'balances', 'transactions'] as const;
const GLOBAL_VALUES = ['allAccounts', 'allAccountsWithOwnerName'] as const;

type List = (typeof LISTS)[number];

/** The `access` object of a consent, by its shape. */
export interface AccountAccess {
  shape: (typeof GLOBAL_SHAPES)[number] | 'dedicated' | 'bankOffered';
  /** With a global shape: `allAccounts` or `allAccountsWithOwnerName`. */
  scope?: (typeof GLOBAL_VALUES)[number] | undefined;
  lists: Partial<Record<List, AccountReference[]>>;
  ownerNames: boolean;
  /** `additionalInformation` as asked. */
  additional?: Record<string, unknown> | undefined;
  beneficiaries: boolean;
  restrictedTo?: string[] | undefined;
}

/** What a TPP may see of the PSU's accounts. */
export interface Rights {
  accounts: readonly Account[];
  balances: readonly Account[];
  transactions: readonly Account[];
  ownerNames: boolean;
  /** The trusted beneficiaries of the PSU. */
  beneficiaries: boolean;
  cards: Record<List, readonly CardAccount[]>;
  /** Only the list of accounts, never a single one (`availableAccounts...`). */
  listOnly: boolean;
}

/** @throws ShapeError naming the wrong field. */
export function readAccess(shape: Shape): AccountAccess {
  const restrictedTo = shape.optionalList('restrictedTo', (item, path) => checkText(item, path, { max: 4 }));
  for (const name of GLOBAL_SHAPES) {
    const scope = shape.optionalChoice(name, GLOBAL_VALUES);
    if (scope !== undefined) {
      const ownerNames = scope === 'allAccountsWithOwnerName';
      return { shape: name, scope, lists: {}, ownerNames, beneficiaries: name === 'allPsd2', restrictedTo };
    }
  }
  const lists: AccountAccess['lists'] = {};
  for (const name of LISTS) {
    const references = shape.optionalList(name, readAccountReference);
    if (references) {
      lists[name] = references;
    }
  }
  const given = Object.values(lists);
  if (given.length === 0) {
    throw new ShapeError(shape.at(''), `must have one of ${[...LISTS, ...GLOBAL_SHAPES].join(', ')}`);
  }
  const empty = given.filter((references) => references.length === 0).length;
  if (empty > 0 && empty < given.length) {
    throw new ShapeError(shape.at('accounts'), 'must be empty in all lists or in none');
  }
  const additional = shape.optionalObject('additionalInformation');
  const beneficiaries = additional?.optionalList('trustedBeneficiaries', readAccountReference) !== undefined;
  const ownerNames = additional?.optionalList('ownerName', readAccountReference) !== undefined;
  if (empty === 0 && restrictedTo !== undefined) {
    throw new ShapeError(shape.at('restrictedTo'), 'must not stand next to named accounts');
  }
  return {
    shape: empty > 0 ? 'bankOffered' : 'dedicated',
    lists,
    ownerNames,
    beneficiaries,
    additional: additional?.plain(),
    restrictedTo,
  };
}

/** The rights that this access gives over the customer's accounts; `chosen` is the PSU's choice for bank-offered access. */
export function rightsOf(access: AccountAccess, customer: Customer, chosen: readonly Account[]): Rights {
  const all = customer.accounts.filter(
    (account) => account.status !== 'deleted' && (access.restrictedTo?.includes(account.type) ?? true),
  );
  const { ownerNames, beneficiaries } = access;
  const cards = cardRights(access, customer);
  const pick = (name: List) =>
    all.filter((account) => access.lists[name]?.some((reference) => refersTo(reference, account)));
  switch (access.shape) {
    case 'allPsd2':
      return { accounts: all, balances: all, transactions: all, cards, ownerNames, beneficiaries, listOnly: false };
    case 'availableAccounts':
      return { accounts: all, balances: [], transactions: [], cards, ownerNames, beneficiaries, listOnly: true };
    case 'availableAccountsWithBalance':
      return { accounts: all, balances: all, transactions: [], cards, ownerNames, beneficiaries, listOnly: true };
    case 'bankOffered': {
      const offered = (name: List) => (access.lists[name] ? chosen : []);
      return {
        accounts: chosen,
        balances: offered('balances'),
        transactions: offered('transactions'),
        cards,
        ownerNames,
        beneficiaries,
        listOnly: false,
      };
    }
    case 'dedicated': {
      const [balances, transactions] = [pick('balances'), pick('transactions')];
      const accounts = [...new Set([...pick('accounts'), ...balances, ...transactions])];
      return { accounts, balances, transactions, cards, ownerNames, beneficiaries, listOnly: false };
    }
  }
}

/** The same for card accounts; where the PSU chooses at the bank, accounts only are offered. */
function cardRights(access: AccountAccess, customer: Customer): Rights['cards'] {
  const all = customer.cards.filter(
    ({ status }) => status !== 'deleted' && (access.restrictedTo?.includes('CARD') ?? true),
  );
  const pick = (name: List) =>
    all.filter((card) => access.lists[name]?.some((reference) => refersToCard(reference, card)));
  switch (access.shape) {
    case 'allPsd2':
      return { accounts: all, balances: all, transactions: all };
    case 'availableAccounts':
      return { accounts: all, balances: [], transactions: [] };
    case 'availableAccountsWithBalance':
      return { accounts: all, balances: all, transactions: [] };
    case 'bankOffered':
      return { accounts: [], balances: [], transactions: [] };
    case 'dedicated': {
      const [balances, transactions] = [pick('balances'), pick('transactions')];
      const accounts = [...new Set([...pick('accounts'), ...balances, ...transactions])];
      return { accounts, balances, transactions };
    }
  }
}

/** The `access` object as the consent resource shows it: what was asked, and after the SCA what was granted. */
export function accessView(access: AccountAccess, rights: Rights | undefined): Record<string, unknown> {
  const restricted = access.restrictedTo ? { restrictedTo: access.restrictedTo } : {};
  if (access.scope !== undefined) {
    return { [access.shape]: access.scope, ...restricted };
  }
  const view: Record<string, unknown> = {};
  for (const name of LISTS) {
    const asked = access.lists[name];
    if (asked) {
      view[name] = rights
        ? [
            ...rights[name].map(({ iban, currency }) => ({ iban, currency })),
            ...rights.cards[name].map(({ maskedPan, currency }) => ({ maskedPan, currency })),
          ]
        : asked.map(({ wire }) => wire);
    }
  }
  const additional = access.additional ? { additionalInformation: access.additional } : {};
  return { ...view, ...additional, ...restricted };
}

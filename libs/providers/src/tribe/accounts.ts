import { MalformedAnswer } from '../kit/json.js';
import { readRows, UnreadableError } from '../kit/rows.js';
import type { AccountInformation, AccountWithContinuation, ProviderDeps } from '../port/index.js';
import type { TribeClient } from './client.js';
import { consentStateOf } from './consents.js';
import { identifiersOf, moneyOf, sameIdentifier } from './identifiers.js';
import type { TppSettings } from './tpp-settings.js';
import { createTransactions } from './transactions.js';
import { account, accountAnswer, accountList, balance, balanceList, type WireAccount } from './wire.js';

/** Accounts, balances and transactions (TPP API v2, "Accounts"). */
export function createAccounts(
  settings: TppSettings,
  deps: ProviderDeps,
  client: TribeClient,
): Pick<AccountInformation, 'listAccounts' | 'readAccount' | 'readBalances' | 'readTransactions'> {
  return {
    async listAccounts(consent, context) {
      const spec = { operation: 'listAccounts', method: 'GET', path: ['accounts'], tokens: consent.tokens } as const;
      const { value } = await client.call(spec, context, accountList);
      const { rows, unreadable } = readRows(value.accounts, account, accountSnapshot);
      const { accounts: wanted } = consentStateOf(consent);
      if (wanted === undefined) return { rows, unreadable };
      const asked = rows.filter(({ identifiers }) =>
        identifiers.some((own) => wanted.some((one) => sameIdentifier(own, one))),
      );
      return { rows: asked, unreadable };
    },

    async readAccount(consent, { reference }, context) {
      const spec = {
        operation: 'readAccount',
        method: 'GET',
        path: ['accounts', reference],
        tokens: consent.tokens,
        account: reference,
      } as const;
      const { value } = await client.call(spec, context, (answer, path) => {
        const { account: wire } = accountAnswer(answer, path);
        if (wire.resourceId !== reference) throw new MalformedAnswer('account.resourceId', 'the account asked for');
        if (!isCurrency(wire.currency)) throw new MalformedAnswer('account.currency', 'an ISO 4217 code');
        return accountSnapshot(wire, answer);
      });
      return value;
    },

    async readBalances(consent, { reference }, context) {
      const spec = {
        operation: 'readBalances',
        method: 'GET',
        path: ['accounts', reference, 'balances'],
        tokens: consent.tokens,
        account: reference,
      } as const;
      const { value } = await client.call(spec, context, balanceList);
      return readRows(value.balances, balance, ({ balanceAmount, balanceType }, raw) => {
        const { minor, currency } = moneyOf(balanceAmount);
        const debit = minor < 0n;
        const amount = { minor: debit ? -minor : minor, currency };
        // The answer has no day: it is as of now.
        return { type: balanceType, amount, creditDebit: debit ? 'debit' : 'credit', asOf: undefined, raw } as const;
      });
    },

    ...createTransactions(settings, deps, client),
  };
}

/** Several currencies under one IBAN come as one entry each. There is no type, status, owner or product. */
function accountSnapshot(wire: WireAccount, raw: unknown): AccountWithContinuation {
  if (!isCurrency(wire.currency)) throw new UnreadableError('currency is not an ISO 4217 code');
  return {
    reference: wire.resourceId,
    identifiers: identifiersOf(wire),
    currency: wire.currency,
    name: wire.name,
    status: 'enabled',
    raw,
    continuation: null,
  };
}

const isCurrency = (text: string): boolean => /^[A-Z]{3}$/.test(text);

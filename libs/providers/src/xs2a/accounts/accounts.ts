import type { AccessKind, BalanceSnapshot } from '@tributary/domain';
import type {
  AccountInformation,
  AccountWithContinuation,
  CallContext,
  HeldAccount,
  HeldConsent,
  ProviderDeps,
} from '../../port/index.js';
import { identifiersOf, moneyOf } from './account-reference.js';
import type { Caller, Xs2aClient } from '../client.js';
import { kept, resourceOf } from '../sca/conversation.js';
import { type Links, readLinks } from '../links.js';
import { known } from '../precondition.js';
import { readRows, UnreadableError } from '../../kit/rows.js';
import type { Xs2aSettings } from '../settings.js';
import { account, accountList, balance, balanceList, type WireAccount, type WireBalance } from '../wire.js';

type Accounts = Pick<AccountInformation, 'listAccounts' | 'readBalances'>;

/** Accounts and their balances (Implementation Guidelines 1.3, section 6.5). */
export function createAccounts(settings: Xs2aSettings, deps: ProviderDeps, client: Xs2aClient): Accounts {
  async function accountRows(consent: HeldConsent, withBalance: boolean, context: CallContext) {
    const url = client.url('v1', 'accounts');
    if (withBalance) url.searchParams.set('withBalance', 'true');
    const spec = { operation: 'listAccounts', service: 'ais', method: 'GET', url } as const;
    const answered = await client.call(spec, accountCaller(consent, spec.operation, context), context, accountList);
    return { rows: answered.value.accounts, url: answered.url };
  }

  function linksOf({ _links: wire }: WireAccount, url: URL): Links {
    const { links, refused } = readLinks(wire, url, settings);
    if (refused.length > 0) {
      deps.warn({ operation: 'listAccounts', message: `links to foreign hosts left out: ${refused.join(', ')}` });
    }
    return links;
  }

  return {
    async listAccounts(consent, context) {
      const { rows, url } = await accountRows(consent, false, context);
      return readRows(rows, account, (wire, raw) => accountSnapshot(wire, raw, linksOf(wire, url)));
    },

    async readBalances(consent, held, context) {
      if (resourceOf(consent.continuation).accessShape === 'availableAccountsWithBalance') {
        // Such a consent opens the list and nothing below it.
        const { rows } = await accountRows(consent, true, context);
        const own = readRows(rows, account, (wire) => wire).rows.find(
          ({ resourceId }) => resourceId === held.reference,
        );
        return readRows(own?.balances ?? [], balance, balanceSnapshot);
      }
      const url = accountUrl(client, held, 'balances');
      const spec = { operation: 'readBalances', service: 'ais', method: 'GET', url } as const;
      const answered = await client.call(spec, accountCaller(consent, spec.operation, context), context, balanceList);
      return readRows(answered.value.balances, balance, balanceSnapshot);
    },
  };
}

export function accountCaller(consent: HeldConsent, operation: string, context: CallContext): Caller {
  const consentReference = known(consent.reference, operation, context);
  return { psu: consent.psu, tokens: consent.tokens, consentReference };
}

/** The account's own link for a kind of data; the framework's path where the bank sends no links. */
export function accountUrl(client: Xs2aClient, held: HeldAccount, kind: 'balances' | 'transactions'): URL {
  const link = resourceOf(held.continuation).links[kind];
  return link === undefined ? client.url('v1', 'accounts', held.reference, kind) : new URL(link);
}

function accountSnapshot(wire: WireAccount, raw: unknown, links: Links): AccountWithContinuation {
  if (!/^[A-Z]{3}$/.test(wire.currency)) throw new UnreadableError('currency is not an ISO 4217 code');
  return {
    reference: wire.resourceId,
    identifiers: identifiersOf(wire),
    currency: wire.currency,
    name: wire.displayName ?? wire.name ?? wire.product,
    product: wire.product,
    type: wire.cashAccountType,
    usage: usageOf(wire.usage),
    ownerName: wire.ownerName,
    bic: wire.bic,
    // By the framework (schema accountStatus), an account without the member is enabled.
    status: wire.status ?? 'enabled',
    raw,
    access: accessByLinks(links),
    continuation: kept({ ...resourceOf(null), links }),
  };
}

/** Rights by account: a missing link is a missing right, unless the bank sends no such links at all. */
function accessByLinks(links: Links): readonly AccessKind[] | undefined {
  const kinds = (['balances', 'transactions'] as const).filter((kind) => links[kind] !== undefined);
  return kinds.length === 0 ? undefined : ['accounts', ...kinds];
}

function usageOf(word: string | undefined): 'private' | 'business' | undefined {
  if (word === 'PRIV') return 'private';
  return word === 'ORGA' ? 'business' : undefined;
}

export function balanceSnapshot(wire: WireBalance, raw: unknown): BalanceSnapshot {
  const { minor, currency } = moneyOf(wire.balanceAmount);
  return {
    type: wire.balanceType,
    amount: { minor: minor < 0n ? -minor : minor, currency },
    creditDebit: minor < 0n ? 'debit' : 'credit',
    asOf: wire.lastChangeDateTime ?? wire.referenceDate,
    raw,
  };
}
